#include "app/seed_events.hpp"

#include "app/seeds.hpp"
#include "events/hash.hpp"
#include "policy/family.hpp"
#include "policy/policy_set.hpp"

namespace signalbox {

namespace {

constexpr std::string_view baseline_path = "policies/baseline.json";
constexpr expectation must_be_new{expectation::kind::none, 0};

failure broken(std::string_view path, const std::string& why) {
  return {errc::bug, "the built-in " + std::string{path} + ": " + why};
}

proposal_draft put_policy_set(const policy_set& x, std::string_view text) {
  proposal_draft out;
  out.body = event::policy_set_put{
      out.keep(x.id), out.keep(to_string(x.version)), sha256(as_bytes(text))};
  out.expected = must_be_new;
  out.add_part(std::string{text});
  return out;
}

/// Part 0 is the descriptor, then come the schemas in its order.
result<proposal_draft> put_family(const family& x, std::string_view folder,
                                  std::string_view text) {
  proposal_draft out;
  event::family_put put;
  put.client_id = out.keep(x.client_id);
  put.default_major = static_cast<std::uint32_t>(x.default_major);
  put.document = sha256(as_bytes(text));
  out.add_part(std::string{text});
  for (auto& schema : x.schemas) {
    auto path = std::string{folder} + schema.file;
    auto document = find_seed(path);
    if (document.empty())
      return broken(path, "is missing");
    put.schemas.push_back({out.keep(schema.ref), out.keep(schema.version_range),
                           sha256(as_bytes(document))});
    out.add_part(std::string{document});
  }
  out.body = std::move(put);
  out.expected = must_be_new;
  return out;
}

proposal_draft put_profile(const family& x, const family_profile& profile) {
  proposal_draft out;
  event::profile_put put;
  put.client_id = out.keep(x.client_id);
  put.profile = out.keep(profile.name);
  put.default_major = static_cast<std::uint32_t>(x.default_major);
  for (auto& tag : profile.environment)
    put.environment.push_back(out.keep(tag));
  out.body = std::move(put);
  out.expected = must_be_new;
  return out;
}

proposal_draft bind_policy(const family& x, const family_profile& profile,
                           const policy_set& rules) {
  proposal_draft out;
  out.body = event::policy_bound{out.keep(x.client_id), out.keep(profile.name),
                                 out.keep(rules.id),
                                 out.keep(to_string(rules.version))};
  out.expected = must_be_new;
  return out;
}

result<void> add_family(std::vector<proposal_draft>& out, const seed_file& file,
                        const policy_set& rules) {
  auto parsed = parse_family(file.text);
  if (!parsed)
    return broken(file.path, parsed.error().message);
  auto folder = file.path.substr(0, file.path.rfind('/') + 1);
  auto put = put_family(*parsed, folder, file.text);
  if (!put)
    return put.error();
  out.push_back(std::move(*put));
  for (auto& profile : parsed->profiles) {
    out.push_back(put_profile(*parsed, profile));
    out.push_back(bind_policy(*parsed, profile, rules));
  }
  return {};
}

} // namespace

result<std::vector<proposal_draft>> make_seed_events() {
  auto text = find_seed(baseline_path);
  auto rules = parse_policy_set(text);
  if (!rules)
    return broken(baseline_path, rules.error().message);
  std::vector<proposal_draft> out;
  out.push_back(put_policy_set(*rules, text));
  for (auto& file : seed_files())
    if (file.path.ends_with("/family.json"))
      if (auto added = add_family(out, file, *rules); !added)
        return added.error();
  return out;
}

} // namespace signalbox
