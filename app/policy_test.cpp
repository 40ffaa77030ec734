#include "app/policy_test.hpp"

#include <map>
#include <memory>
#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/draft_report.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/seeds.hpp"
#include "app/table.hpp"
#include "policy/policy_set.hpp"
#include "policy/schema_validator.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// The built-in families, parsed when a sample names them.
class built_in_grounds {
 public:
  result<sample_grounds> find(const policy_sample& x) {
    auto client = family_of(x.client_id);
    if (!client)
      return client.error();
    auto* schema = choose(**client, x);
    if (schema == nullptr)
      return failure{errc::not_found,
                     "the client has no schema of this schema_ref"};
    auto validator = validator_of(x.client_id, *schema);
    if (!validator)
      return validator.error();
    return sample_grounds{**client, **validator, schema->ref};
  }

 private:
  static const family_schema* choose(const family& client,
                                     const policy_sample& x) {
    if (x.schema_ref)
      return client.find_schema(*x.schema_ref);
    const family_schema* out = nullptr;
    for (auto& one : client.schemas)
      if (one.major == client.default_major &&
          (out == nullptr ||
           precedence(schema_ref::parse(one.ref)->version,
                      schema_ref::parse(out->ref)->version) > 0))
        out = &one;
    return out;
  }

  result<const family*> family_of(const std::string& id) {
    auto& out = families_[id];
    if (!out) {
      auto parsed = parse_family(find_seed("families/" + id + "/family.json"));
      if (!parsed)
        return failure{errc::not_found,
                       "there is no built-in client family of this client_id: "
                       "--url asks a server, which may know it"};
      out = std::make_unique<const family>(std::move(*parsed));
    }
    return out.get();
  }

  result<const schema_validator*> validator_of(const std::string& id,
                                               const family_schema& x) {
    auto& out = validators_[x.ref];
    if (!out) {
      auto compiled =
          schema_validator::compile(find_seed("families/" + id + '/' + x.file));
      if (!compiled)
        return compiled.error();
      out = std::make_unique<const schema_validator>(std::move(*compiled));
    }
    return out.get();
  }

  std::map<std::string, std::unique_ptr<const family>> families_;
  std::map<std::string, std::unique_ptr<const schema_validator>> validators_;
};

/// {policy_set_id, version, valid, samples}, as PutPolicySet answers a dry run.
result<json::value> test_offline(const json::value& document,
                                 const json::value& more) {
  auto rules = parse_policy_set(to_canonical(document));
  if (!rules)
    return rules.error();
  auto samples = rules->samples;
  if (!more.is_null()) {
    auto beside = parse_samples(to_canonical(more));
    if (!beside)
      return beside.error();
    samples.insert(samples.end(), beside->begin(), beside->end());
  }
  built_in_grounds grounds;
  auto results =
      run_samples(*rules, samples, [&](auto& x) { return grounds.find(x); });
  return json::value{{"policy_set_id", rules->id},
                     {"version", to_string(rules->version)},
                     {"valid", all_pass(results)},
                     {"samples", to_json(results)}};
}

/// The server takes samples in the document only.
result<json::value> test_online(const command_options& options,
                                json::value document, const json::value& more) {
  auto* object = document.if_object();
  if (object != nullptr)
    for (auto& sample : elements(at(more, "samples"))) {
      auto& list = (*object)["samples"];
      if (!list.is_array())
        list = json::array{};
      list.get_array().push_back(sample);
    }
  auto server = make_client(options);
  if (!server)
    return server.error();
  auto answer =
      server->post("policies", json::object{{"document", std::move(document)},
                                            {"dry_run", true}});
  if (!answer)
    return answer.error();
  return json_of(*answer);
}

result<json::value> test_file(const command_options& options,
                              const std::string& file,
                              const json::value& more) {
  auto document = read_draft(file);
  if (!document)
    return document.error();
  auto out = options.has("url") ? test_online(options, *document, more)
                                : test_offline(*document, more);
  if (!out) {
    auto why = out.error();
    why.message = file + ": " + why.message;
    return why;
  }
  return out;
}

void print_result(std::ostream& out, const std::string& file,
                  const json::value& x) {
  out << file << ": " << text_at(x, "policy_set_id") << ' '
      << text_at(x, "version") << '\n';
  if (elements(at(x, "samples")).empty())
    out << "no samples\n";
  print_samples(out, at(x, "samples"));
}

} // namespace

void print_samples(std::ostream& out, const json::value& samples) {
  if (elements(samples).empty())
    return;
  table rows{{"RESULT", "SAMPLE", "EXPECTED", "VERDICT", "PROBLEM"}};
  for (auto& one : elements(samples))
    rows.add({at(one, "passed") == json::value(true) ? "ok" : "FAILED",
              text_at(one, "name"), text_at(one, "expected"),
              text_at(one, "verdict"), text_at(one, "problem")});
  rows.print(out);
}

exit_code run_policies_test(const invocation& x) {
  command_options options{
      "policies test", "FILE...",
      "Runs the samples that ship with policy sets, offline under the built-in "
      "client families, or\nwith --url under the server's (needs the role "
      "operator there; nothing is written). Exit code 4\nif a sample does not "
      "come to what it expects."};
  options.need_many("FILE");
  options.add()("samples", po::value<std::string>(),
                "file with further samples: {\"samples\": [...]}");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  json::value more;
  if (options.has("samples")) {
    auto read = read_draft(options.text("samples"));
    if (!read)
      return report(x, read.error());
    more = std::move(*read);
  }
  bool passed = true;
  for (auto& file : options.list("FILE")) {
    auto done = test_file(options, file, more);
    if (!done)
      return report(x, done.error());
    passed = passed && at(*done, "valid") == json::value(true);
    if (options.has("json"))
      x.out << to_canonical(*done) << '\n';
    else
      print_result(x.out, file, *done);
  }
  return passed ? exit_code::ok : exit_code::refused;
}

} // namespace signalbox
