#include "api/accepted_schema.hpp"

#include "events/artifact.hpp"
#include "policy/semver_range.hpp"

#include <algorithm>
#include <set>

namespace signalbox::read_operations {

namespace {

using ranges = std::vector<semver_range>;

result<ranges> read_ranges(const std::vector<std::string>& accept) {
  ranges out;
  for (auto& text : accept) {
    auto one =
        semver_range::parse(std::string_view{text}.substr(text.rfind('/') + 1));
    if (!one)
      return failure{errc::bad_request,
                     "accept must list majors or ranges of the schema's "
                     "versions, such as 1 or ^1.2 or >=1.0 <3",
                     "/accept"};
    out.push_back(std::move(*one));
  }
  return out;
}

/// The channels of a profile that have a release, the highest major first.
std::vector<std::shared_ptr<const channel_view>>
released(const view& seen, const catalog_profile& where) {
  std::set<std::uint32_t, std::greater<>> majors;
  if (auto* family = seen.documents->find_family(where.client_id))
    for (auto& [ref, schema] : family->schemas)
      majors.insert(schema->major);
  std::vector<std::shared_ptr<const channel_view>> out;
  for (auto major : majors)
    if (auto x = seen.find_channel(where.client_id, where.profile, major))
      out.push_back(std::move(x));
  return out;
}

/// The schema of what is current in a channel.
result<std::string> current_schema(const operation_world& world,
                                   const channel_view& x) {
  auto core = world.answers.read_core(x.row.artifact_index);
  if (!core)
    return core.error();
  auto document = parse_json(*core, artifact_limits);
  if (!document || !document->is_object())
    return failure{errc::log_corrupt, "the stored artifact cannot be read"};
  return std::string{
      std::string_view{document->get_object()["schema_ref"].as_string()}};
}

result<bool> accepts(const operation_world& world, const ranges& accepted,
                     const channel_view& x) {
  bool meets = false;
  for (auto& range : accepted) {
    if (range.holds_major(x.row.major))
      return true;
    meets = meets || range.meets_major(x.row.major);
  }
  if (!meets)
    return false;
  auto ref = current_schema(world, x);
  if (!ref)
    return ref.error();
  auto version =
      semver::parse(std::string_view{*ref}.substr(ref->find('/') + 1));
  return version && std::any_of(accepted.begin(), accepted.end(),
                                [&](auto& y) { return y.contains(*version); });
}

operation_answer
refuse(const operation_world& world,
       const std::vector<std::shared_ptr<const channel_view>>& there) {
  if (there.empty())
    return answer_failure(
        {errc::not_found, "nothing is released in this profile yet"});
  json::array available;
  std::string names;
  for (auto& x : there)
    if (auto ref = current_schema(world, *x)) {
      names += (names.empty() ? "" : ", ") + *ref;
      available.push_back({{"schema_ref", *ref}, {"major", x->row.major}});
    }
  return answer_failure({errc::not_found,
                         "nothing that is current in this profile has a schema "
                         "that the caller accepts; there is " +
                             names,
                         "/accept"},
                        {{"available", std::move(available)}});
}

} // namespace

channel_choice choose_accepted(const operation_world& world, const view& seen,
                               const catalog_profile& where,
                               const std::vector<std::string>& accept) {
  auto accepted = read_ranges(accept);
  if (!accepted)
    return {nullptr, answer_failure(accepted.error())};
  auto there = released(seen, where);
  for (auto& x : there) {
    auto fits = accepts(world, *accepted, *x);
    if (!fits)
      return {nullptr, answer_failure(fits.error())};
    if (*fits)
      return {x, {}};
  }
  return {nullptr, refuse(world, there)};
}

} // namespace signalbox::read_operations
