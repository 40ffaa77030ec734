#include "policy/family_package.hpp"

#include <algorithm>

#include "policy/defaults.hpp"
#include "policy/draft.hpp"
#include "policy/secret_scanner.hpp"

namespace signalbox {

namespace {

constexpr std::string_view newest = "";

/// The rule of a literal value of a sensitive name. Descriptors and schemas
/// speak of keys and tokens all the time, and hold none.
constexpr std::string_view by_its_name = "secret/named-secret";

/// Findings of one sample that a report repeats.
constexpr std::size_t max_per_sample = 3;

std::string parent_of(const std::string& pointer) {
  auto slash = pointer.rfind('/');
  return slash == std::string::npos ? "" : pointer.substr(0, slash);
}

/// Validators differ in where they report a member: at it, at its parent, or
/// below it.
bool is_at(const std::string& found, const std::string& stated) {
  return found == stated || found == parent_of(stated) ||
         found.starts_with(stated + '/');
}

const family_schema& newest_schema(const family& x) {
  return *std::max_element(
      x.schemas.begin(), x.schemas.end(), [](auto& a, auto& b) {
        return precedence(schema_ref::parse(a.ref)->version,
                          schema_ref::parse(b.ref)->version) < 0;
      });
}

class package_checker {
 public:
  package_checker(const family_package& x, const known_schema& known,
                  const policy_set& rules)
      : package_{x}, known_{known}, rules_{rules} {}

  checked_package run() {
    out.descriptor = to_canonical(package_.descriptor);
    auto parsed = parse_family(out.descriptor);
    if (!parsed) {
      add("family", "/descriptor" + parsed.error().pointer,
          parsed.error().message);
      return std::move(out);
    }
    out.client = std::move(*parsed);
    find_secrets(package_.descriptor, "/descriptor");
    for (auto& x : out.client->schemas)
      check_schema(x);
    find_strays();
    check_samples();
    return std::move(out);
  }

 private:
  bool is_full() const {
    return out.findings.size() >= policy_defaults::max_findings;
  }

  void add(std::string rule, std::string pointer, std::string message) {
    if (!is_full())
      out.findings.push_back({std::move(rule), without_secrets(pointer),
                              severity::error, std::move(message)});
  }

  void find_secrets(const json::value& document, const std::string& at) {
    for (auto& x : scan_secrets(json_nodes{document}, {}))
      if (x.rule != by_its_name)
        add(x.rule, at + x.pointer, x.message);
  }

  void check_schema(const family_schema& listed) {
    packed_schema packed{
        listed.ref, listed.version_range, listed.file, {}, true};
    auto at = append_pointer("/schemas", listed.file);
    auto* before = known_(listed.ref);
    packed.fresh = before == nullptr;
    auto given = package_.schemas.find(listed.file);
    if (given != package_.schemas.end()) {
      packed.text = to_canonical(given->second);
      if (packed.fresh)
        find_secrets(given->second, at);
      else if (!is_same(*before, *packed.text))
        add("schema-ref", at,
            "What a schema_ref names never changes: give the new schema a new "
            "version");
    } else if (packed.fresh) {
      add("schema", at, "Is missing, and this schema_ref is not known yet");
    }
    const std::string* text = packed.text ? &*packed.text : before;
    if (text != nullptr)
      compile(listed.ref, *text, at);
    out.schemas.push_back(std::move(packed));
  }

  static bool is_same(const std::string& before, const std::string& canonical) {
    auto old = parse_json(before, {policy_defaults::max_schema, 64});
    return old && to_canonical(*old) == canonical;
  }

  void compile(const std::string& ref, const std::string& text,
               const std::string& at) {
    auto compiled = schema_validator::compile(text);
    if (compiled)
      validators_.emplace(ref, std::move(*compiled));
    else
      add("schema", at + compiled.error().pointer, compiled.error().message);
  }

  void find_strays() {
    auto& listed = out.client->schemas;
    for (auto& [file, text] : package_.schemas)
      if (std::none_of(listed.begin(), listed.end(),
                       [&](auto& x) { return x.file == file; }))
        add("schema", append_pointer("/schemas", file),
            "The descriptor lists no schema of this file");
  }

  std::string ref_of(const std::string& version) const {
    return version == newest ? newest_schema(*out.client).ref
                             : out.client->client_id + '/' + version;
  }

  void check_samples() {
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    for (auto& [version, samples] : package_.samples) {
      auto at = version == newest ? std::string{"/samples"}
                                  : append_pointer("/samples", version);
      auto ref = ref_of(version);
      if (!out.client->find_schema(ref)) {
        add("sample", at, "The descriptor lists no schema of this version");
        continue;
      }
      counts[ref].first += samples.valid.size();
      counts[ref].second += samples.invalid.size();
      check_valid(ref, samples, at + "/valid");
      check_invalid(ref, samples, at + "/invalid");
    }
    for (auto& x : out.schemas)
      if (x.fresh && (counts[x.ref].first == 0 || counts[x.ref].second == 0))
        add("sample", "/samples",
            "The new schema " + x.ref +
                " needs a valid and an invalid sample at least");
  }

  void check_valid(const std::string& ref, const family_samples& samples,
                   const std::string& at) {
    for (auto& [name, payload] : samples.valid) {
      auto i = validators_.find(ref);
      if (i == validators_.end() || is_full())
        return;
      ++out.valid;
      std::size_t told = 0;
      for (auto& x : findings_of(ref, i->second, payload))
        if (x.level == severity::error && told++ < max_per_sample)
          add("sample", append_pointer(at, name) + x.pointer,
              "A valid sample is refused by the rule " + x.rule + ": " +
                  x.message);
    }
  }

  void check_invalid(const std::string& ref, const family_samples& samples,
                     const std::string& at) {
    for (auto& [name, sample] : samples.invalid) {
      auto i = validators_.find(ref);
      if (i == validators_.end() || is_full())
        return;
      auto where = append_pointer(at, name);
      auto* object = sample.if_object();
      auto* payload = object ? object->if_contains("payload") : nullptr;
      auto* stated = object ? object->if_contains("pointer") : nullptr;
      if (!payload || !stated || !stated->is_string()) {
        add("sample", where, "An invalid sample is {why, pointer, payload}");
        continue;
      }
      ++out.invalid;
      if (!is_refused_at(ref, i->second, *payload,
                         std::string{stated->get_string()}))
        add("sample", where,
            "Nothing refuses this invalid sample at its pointer");
    }
  }

  bool is_refused_at(const std::string& ref, const schema_validator& validator,
                     const json::value& payload, const std::string& stated) {
    auto found = findings_of(ref, validator, payload);
    return std::any_of(found.begin(), found.end(), [&](auto& x) {
      return x.level == severity::error && is_at(x.pointer, stated);
    });
  }

  std::vector<finding> findings_of(const std::string& ref,
                                   const schema_validator& validator,
                                   const json::value& payload) {
    return check_draft(*out.client, validator, ref, rules_,
                       to_canonical(payload))
        .findings;
  }

  const family_package& package_;
  const known_schema& known_;
  const policy_set& rules_;
  std::map<std::string, schema_validator> validators_;
  checked_package out;
};

using documents = std::map<std::string, json::value>;

result<documents> read_documents(const json::object& from, std::string_view key,
                                 const std::string& at) {
  documents out;
  auto* x = from.if_contains(key);
  if (x == nullptr)
    return out;
  if (!x->is_object())
    return failure{errc::bad_request, "must map names to documents",
                   append_pointer(at, key)};
  for (auto& [name, value] : x->get_object())
    out.emplace(name, value);
  return out;
}

result<family_samples> read_samples(const json::object& from,
                                    const std::string& at) {
  family_samples out;
  auto valid = read_documents(from, "valid", at);
  auto invalid = read_documents(from, "invalid", at);
  if (!valid || !invalid)
    return valid ? invalid.error() : valid.error();
  out.valid = std::move(*valid);
  out.invalid = std::move(*invalid);
  return out;
}

} // namespace

result<family_package> read_package(const json::object& from) {
  family_package out;
  auto* descriptor = from.if_contains("descriptor");
  if (descriptor == nullptr || !descriptor->is_object())
    return failure{errc::bad_request, "descriptor: must be an object",
                   "/descriptor"};
  out.descriptor = *descriptor;
  auto schemas = read_documents(from, "schemas", "");
  if (!schemas)
    return schemas.error();
  out.schemas = std::move(*schemas);
  auto* samples = from.if_contains("samples");
  if (samples == nullptr)
    return out;
  if (!samples->is_object())
    return failure{errc::bad_request, "samples: must be an object", "/samples"};
  auto& all = samples->get_object();
  auto first = read_samples(all, "/samples");
  if (!first)
    return first.error();
  out.samples.emplace(newest, std::move(*first));
  for (auto& [version, value] : all) {
    if (version == "valid" || version == "invalid")
      continue;
    auto at = append_pointer("/samples", version);
    if (!semver::parse(version) || !value.is_object())
      return failure{errc::bad_request,
                     "samples are valid, invalid, or those of a schema's "
                     "version",
                     at};
    auto more = read_samples(value.get_object(), at);
    if (!more)
      return more.error();
    out.samples.emplace(version, std::move(*more));
  }
  return out;
}

checked_package check_package(const family_package& x,
                              const known_schema& known,
                              const policy_set& rules) {
  return package_checker{x, known, rules}.run();
}

json::object to_report(const checked_package& x) {
  json::array errors;
  json::array warnings;
  for (auto& found : x.findings)
    (found.level == severity::error ? errors : warnings)
        .push_back(to_json(found));
  return {{"valid", errors.empty()},
          {"client_id", x.client ? x.client->client_id : std::string{}},
          {"samples", {{"valid", x.valid}, {"invalid", x.invalid}}},
          {"errors", std::move(errors)},
          {"warnings", std::move(warnings)}};
}

} // namespace signalbox
