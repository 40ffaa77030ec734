#include "api/family_removal.hpp"

#include "events/aggregate.hpp"
#include "events/artifact.hpp"

#include <algorithm>

namespace signalbox::write_operations {

namespace {

failure in_use(const std::string& what, const std::string& where) {
  return {errc::validation_failed,
          what + " is in use in the profile " + where +
              ": publish under another schema first, or keep it listed",
          "/descriptor/schemas"};
}

/// The schema of a channel's current artifact; empty if it was redacted, and
/// could be any.
result<std::string> current_schema(const operation_world& world,
                                   const channel_view& channel) {
  auto core = world.answers.read_core(channel.row.artifact_index);
  if (!core && core.error().code == errc::not_found)
    return std::string{};
  if (!core)
    return core.error();
  auto document = parse_json(*core, artifact_limits);
  if (!document || !document->is_object())
    return std::string{};
  return std::string{std::string_view{document->at("schema_ref").as_string()}};
}

/// Looks through one profile for uses of a schema that is to go.
class removal_check {
 public:
  removal_check(const operation_world& world, const view& seen,
                const catalog_profile& profile, const family& next)
      : world_{world}, seen_{seen}, profile_{profile}, next_{next} {}

  result<void> check(const catalog_schema& gone, kept_versions& kept) const {
    auto& name = profile_.profile;
    auto channel = seen_.find_channel(profile_.client_id, name, gone.major);
    kept.emplace_back(channel_aggregate(profile_.client_id, name, gone.major),
                      channel ? channel->row.version : 0);
    bool keeps_major =
        std::any_of(next_.schemas.begin(), next_.schemas.end(),
                    [&](auto& x) { return x.major == gone.major; });
    if (!keeps_major && profile_.row.default_major == gone.major)
      return in_use("the major " + std::to_string(gone.major), name);
    if (channel == nullptr)
      return {};
    auto current = current_schema(world_, *channel);
    if (!current)
      return current.error();
    if (current->empty() || *current == gone.schema_ref)
      return in_use(gone.schema_ref, name);
    return {};
  }

 private:
  const operation_world& world_;
  const view& seen_;
  const catalog_profile& profile_;
  const family& next_;
};

} // namespace

result<kept_versions> check_removal(const operation_world& world,
                                    const view& seen, const catalog_family& old,
                                    const family& next) {
  kept_versions out;
  for (auto& listed : old.row.schemas) {
    auto i = old.schemas.find(listed.schema_ref);
    if (next.find_schema(listed.schema_ref) || i == old.schemas.end())
      continue;
    for (auto& [key, profile] : seen.documents->profiles) {
      if (profile->client_id != old.client_id)
        continue;
      removal_check one{world, seen, *profile, next};
      if (auto checked = one.check(*i->second, out); !checked)
        return checked.error();
    }
  }
  return out;
}

} // namespace signalbox::write_operations
