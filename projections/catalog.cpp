#include "projections/catalog.hpp"

#include "events/aggregate.hpp"
#include "events/hash.hpp"
#include "policy/semver.hpp"

#include <algorithm>

namespace signalbox {

namespace {

/// Part 0 of a family_put is the descriptor; schema i follows at part i + 1.
constexpr std::size_t descriptor_part = 0;
constexpr std::size_t first_schema_part = 1;
constexpr std::size_t policy_part = 0;
constexpr std::size_t template_part = 0;

std::uint32_t major_of(std::string_view schema_ref) {
  auto version = semver::parse(schema_ref.substr(schema_ref.find('/') + 1));
  return version ? static_cast<std::uint32_t>(version->major) : 0;
}

class builder {
 public:
  builder(const ledger_state& state, const catalog* before,
          const part_source& parts, std::vector<std::string>& warnings,
          const std::set<std::string>* touched)
      : state_{state}, before_{before}, parts_{parts}, warnings_{warnings},
        touched_{touched} {}

  std::shared_ptr<const catalog> build() {
    auto out = std::make_shared<catalog>();
    state_.families.for_each([&](auto& id, auto& row) {
      out->families[id] = build_family(id, row);
    });
    state_.policy_sets.for_each([&](auto& key, auto& row) {
      out->policy_sets[key] = build_policy_set(key, row);
    });
    state_.templates.for_each([&](auto& key, auto& row) {
      out->templates[key] = build_template(key, row);
    });
    out->profiles = build_profiles(*out);
    return out;
  }

 private:
  template <class T>
  bool take(result<T>&& from, T& to, std::string_view what) {
    if (from) {
      to = std::move(*from);
      return true;
    }
    warnings_.push_back(std::string{what} + ": " + from.error().message);
    return false;
  }

  std::shared_ptr<const catalog_family> build_family(const std::string& id,
                                                     const family_row& row) {
    auto version = state_.version_of(family_aggregate(id));
    auto* old = before_ ? before_->find_family(id) : nullptr;
    if (old != nullptr && old->version == version && old->complete)
      return before_->families.find(id)->second;
    auto out = std::make_shared<catalog_family>();
    out->client_id = id;
    out->version = version;
    out->row = row;
    out->complete = take(parts_(row.index, descriptor_part), out->text, id);
    if (out->complete) {
      if (family parsed; take(parse_family(out->text), parsed, id))
        out->descriptor = std::make_shared<const family>(std::move(parsed));
    }
    if (old != nullptr)
      out->schemas = old->schemas;
    add_schemas(*out);
    return out;
  }

  /// Adds every schema of the family that is not there yet, older puts
  /// included.
  void add_schemas(catalog_family& out) {
    state_.schemas.for_each([&](const std::string& ref, auto& row) {
      if (!ref.starts_with(out.client_id + '/') || out.schemas.contains(ref))
        return;
      auto schema = std::make_shared<catalog_schema>();
      schema->schema_ref = ref;
      schema->major = major_of(ref);
      schema->document = row.document;
      if (read_schema(row, out, *schema))
        out.schemas[ref] = std::move(schema);
    });
    for (auto& listed : out.row.schemas)
      if (auto i = out.schemas.find(listed.schema_ref);
          i != out.schemas.end() &&
          i->second->version_range != listed.version_range) {
        auto copy = std::make_shared<catalog_schema>(*i->second);
        copy->version_range = listed.version_range;
        i->second = std::move(copy);
      }
  }

  /// Finds the part by its digest: the row names the entry, not the place.
  bool read_schema(const document_row& row, catalog_family& family,
                   catalog_schema& out) {
    for (auto part = first_schema_part;; ++part) {
      auto text = parts_(row.index, part);
      if (!text) {
        warnings_.push_back(out.schema_ref + ": " + text.error().message);
        family.complete = false;
        return false;
      }
      if (sha256(as_bytes(*text)) != row.document)
        continue;
      out.text = std::move(*text);
      break;
    }
    auto compiled = schema_validator::compile(out.text);
    if (!compiled) {
      warnings_.push_back(out.schema_ref + ": " + compiled.error().message);
      return false;
    }
    out.validator =
        std::make_shared<const schema_validator>(std::move(*compiled));
    return true;
  }

  std::shared_ptr<const catalog_policy_set>
  build_policy_set(const std::string& key, const document_row& row) {
    if (before_ != nullptr)
      if (auto i = before_->policy_sets.find(key);
          i != before_->policy_sets.end() && i->second->complete)
        return i->second;
    auto out = std::make_shared<catalog_policy_set>();
    out->policy_set_id = key.substr(0, key.find('/'));
    out->version = key.substr(key.find('/') + 1);
    out->document = row.document;
    out->complete = take(parts_(row.index, policy_part), out->text, key);
    if (out->complete) {
      if (policy_set parsed; take(parse_policy_set(out->text), parsed, key))
        out->rules = std::make_shared<const policy_set>(std::move(parsed));
    }
    return out;
  }

  /// There may be very many: only those that changed are made anew. A policy
  /// set that could not be read before is another object now.
  shared_map<catalog_profile> build_profiles(const catalog& made) {
    if (before_ != nullptr && touched_ != nullptr && before_->is_complete()) {
      auto out = before_->profiles;
      for (auto& key : *touched_)
        if (auto* row = state_.profiles.find(key))
          out.put(key, build_profile(key, *row, made));
      return out;
    }
    std::map<std::string, std::shared_ptr<const catalog_profile>> all;
    state_.profiles.for_each([&](auto& key, auto& row) {
      all[key] = build_profile(key, row, made);
    });
    return shared_map<catalog_profile>{all};
  }

  std::shared_ptr<const catalog_template>
  build_template(const std::string& key, const document_row& row) {
    if (before_ != nullptr)
      if (auto i = before_->templates.find(key);
          i != before_->templates.end() && i->second->complete)
        return i->second;
    auto out = std::make_shared<catalog_template>();
    auto first = key.find('/');
    auto second = key.find('/', first + 1);
    out->client_id = key.substr(0, first);
    out->template_id = key.substr(first + 1, second - first - 1);
    out->version = key.substr(second + 1);
    out->document = row.document;
    out->complete = take(parts_(row.index, template_part), out->text, key);
    if (out->complete) {
      if (draft_template parsed; take(parse_template(out->text), parsed, key))
        out->content =
            std::make_shared<const draft_template>(std::move(parsed));
    }
    return out;
  }

  std::shared_ptr<const catalog_profile> build_profile(const std::string& key,
                                                       const profile_row& row,
                                                       const catalog& catalog) {
    auto out = std::make_shared<catalog_profile>();
    out->client_id = key.substr(0, key.find('/'));
    out->profile = key.substr(key.find('/') + 1);
    out->row = row;
    out->version =
        state_.version_of(profile_aggregate(out->client_id, out->profile));
    out->binding_version =
        state_.version_of(binding_aggregate(out->client_id, out->profile));
    if (auto* bound = state_.bindings.find(key))
      if (auto i = catalog.policy_sets.find(bound->policy_set_id + '/' +
                                            bound->version);
          i != catalog.policy_sets.end())
        out->policy = i->second;
    return out;
  }

  const ledger_state& state_;
  const catalog* before_;
  const part_source& parts_;
  std::vector<std::string>& warnings_;
  const std::set<std::string>* touched_;
};

} // namespace

const catalog_schema* catalog_family::newest(std::uint32_t major) const {
  const catalog_schema* out = nullptr;
  for (auto& listed : row.schemas) {
    auto i = schemas.find(listed.schema_ref);
    if (i == schemas.end() || i->second->major != major)
      continue;
    auto version_in = [](const catalog_schema& x) {
      return *semver::parse(
          std::string_view{x.schema_ref}.substr(x.schema_ref.find('/') + 1));
    };
    if (out == nullptr ||
        precedence(version_in(*i->second), version_in(*out)) > 0)
      out = i->second.get();
  }
  return out;
}

bool catalog::is_complete() const {
  auto complete = [](auto& x) { return x.second->complete; };
  return std::all_of(families.begin(), families.end(), complete) &&
         std::all_of(policy_sets.begin(), policy_sets.end(), complete) &&
         std::all_of(templates.begin(), templates.end(), complete);
}

const catalog_family* catalog::find_family(std::string_view client_id) const {
  auto i = families.find(client_id);
  return i == families.end() ? nullptr : i->second.get();
}

const catalog_profile* catalog::find_profile(std::string_view client_id,
                                             std::string_view profile) const {
  std::string key{client_id};
  key += '/';
  key += profile;
  auto i = profiles.find(key);
  return i == profiles.end() ? nullptr : i->second.get();
}

const catalog_policy_set*
catalog::find_policy_set(std::string_view id, std::string_view version) const {
  std::string key{id};
  key += '/';
  key += version;
  auto i = policy_sets.find(key);
  return i == policy_sets.end() ? nullptr : i->second.get();
}

const catalog_policy_set*
catalog::newest_policy_set(std::string_view id) const {
  const catalog_policy_set* out = nullptr;
  for (auto& [key, x] : policy_sets)
    if (x->policy_set_id == id && x->rules &&
        (out == nullptr ||
         precedence(x->rules->version, out->rules->version) > 0))
      out = x.get();
  return out;
}

const catalog_template*
catalog::find_template(std::string_view client_id, std::string_view template_id,
                       const std::optional<std::string>& version) const {
  std::string prefix{client_id};
  prefix.append("/").append(template_id).append("/");
  const catalog_template* out = nullptr;
  for (auto i = templates.lower_bound(prefix);
       i != templates.end() && i->first.starts_with(prefix); ++i) {
    auto& x = *i->second;
    if (version
            ? x.version == *version
            : out == nullptr || precedence(*semver::parse(x.version),
                                           *semver::parse(out->version)) > 0)
      out = &x;
  }
  return out;
}

std::shared_ptr<const catalog>
build_catalog(const ledger_state& state, const catalog* before,
              const part_source& parts, std::vector<std::string>& warnings,
              const std::set<std::string>* touched) {
  return builder{state, before, parts, warnings, touched}.build();
}

} // namespace signalbox
