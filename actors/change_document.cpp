#include "actors/change_document.hpp"

#include <variant>

#include <boost/json/object.hpp>

#include "events/envelope.hpp"
#include "events/record.hpp"
#include "projections/change_filter.hpp"
#include "projections/part_source.hpp"

namespace signalbox {

namespace {

// Places of the parts, as schemas/events/signalbox.fbs fixes them.
constexpr std::size_t changelog_of_release = 2;
constexpr std::size_t changelog_of_revert = 0;

/// What the log says of a change, beside the fold.
struct told {
  std::string publisher;
  std::string schema_ref, version, policy_set_id, policy_version;
  std::optional<std::string> changelog; ///< nothing: redacted
};

result<void> read_entry(const event_log& log, std::uint64_t index,
                        const std::function<void(const log_entry_view&)>& use) {
  bool found = false;
  auto read = log.read(log_index{index}, [&](const log_entry_view& x) {
    found = to_integer(x.index) == index;
    if (found)
      use(x);
    return false;
  });
  if (!read)
    return read.error();
  if (!found)
    return failure{errc::log_corrupt,
                   "entry " + std::to_string(index) + " is missing"};
  return {};
}

/// Who changed the channel, and why.
result<void> read_change(const event_log& log, const channel_change& x,
                         told& out) {
  const auto part =
      x.reverted != 0 ? changelog_of_revert : changelog_of_release;
  std::optional<failure> problem;
  auto read = read_entry(log, x.index, [&](const log_entry_view& entry) {
    if (auto command = decode_envelope(envelope_of(entry.record)))
      out.publisher = command->principal.hex();
    auto text = checked_part(entry.record, part);
    if (text)
      out.changelog = std::move(*text);
    else if (text.error().code != errc::not_found)
      problem = text.error();
  });
  if (!read || !problem)
    return read;
  return *problem;
}

/// What was released with the artifact.
result<void> read_release(const event_log& log, std::uint64_t index,
                          told& out) {
  return read_entry(log, index, [&](const log_entry_view& entry) {
    auto command = decode_envelope(envelope_of(entry.record));
    auto* x = command ? std::get_if<event::artifact_published>(&command->body)
                      : nullptr;
    if (x == nullptr)
      return;
    out.schema_ref = x->schema_ref;
    out.version = x->version;
    out.policy_set_id = x->policy_set_id;
    out.policy_version = x->policy_version;
  });
}

result<told> read_told(const event_log& log, const view& seen,
                       const channel_change& x) {
  told out;
  auto release = x.index;
  if (x.reverted != 0) {
    auto found = seen.past->changes.find_release(
        x.artifact, [&](auto& y) { return y.artifact == x.artifact; });
    release = found ? seen.past->changes[*found].index : release;
  }
  if (auto read = read_release(log, release, out); !read)
    return read.error();
  if (auto read = read_change(log, x, out); !read)
    return read.error();
  return out;
}

std::string_view reload_of(const view& seen, std::string_view client_id) {
  auto* family = seen.documents->find_family(client_id);
  return to_string(family != nullptr && family->descriptor
                       ? family->descriptor->reload
                       : reload_kind::unknown);
}

json::object to_json(const view& seen, const channel_change& x,
                     const channel_name& name, told from_log) {
  json::object out{
      {"type", x.reverted != 0 ? "reverted" : "published"},
      {"client_id", name.client_id},
      {"profile", name.profile},
      {"major", std::stoul(std::string{name.major})},
      {"artifact_id", to_content_id(x.artifact)},
      {"version", from_log.version},
      {"schema_ref", from_log.schema_ref},
      {"channel_version", x.version},
      {"index", x.index},
      {"changed_at", to_rfc3339(timestamp{seen.past->marks[x.index].log_time})},
      {"changelog", nullptr},
      {"publisher_id", from_log.publisher},
      {"policy_set_id", from_log.policy_set_id},
      {"policy_version", from_log.policy_version},
      {"reload", reload_of(seen, name.client_id)}};
  if (from_log.changelog)
    out["changelog"] = std::move(*from_log.changelog);
  return out;
}

} // namespace

consistency_token token_after(const view& seen, std::uint64_t place) {
  const auto index = seen.past->changes[place].index;
  return seen.token_at(log_index{index});
}

result<json::object> describe_change(const event_log& log, const view& seen,
                                     std::uint64_t place) {
  auto& change = seen.past->changes[place];
  const auto name = channel_name::of(seen.past->channel_keys[change.channel]);
  auto from_log = read_told(log, seen, change);
  if (!from_log)
    return from_log.error();
  auto out = to_json(seen, change, name, std::move(*from_log));
  out["token"] = to_string(token_after(seen, place));
  return out;
}

} // namespace signalbox
