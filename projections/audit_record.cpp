#include "projections/audit_record.hpp"

#include "events/aggregate.hpp"
#include "events/envelope.hpp"
#include "events/record.hpp"
#include "projections/part_source.hpp"

namespace signalbox {

namespace {

template <class T>
std::optional<T> present(T x) {
  return x;
}

/// Takes the members that the event has, whatever its type: an event that is
/// added later shows without a line here.
template <class Event>
void take_members(const Event& x, audit_record& out) {
  if constexpr (requires { x.client_id; })
    out.client_id = x.client_id;
  if constexpr (requires { x.profile; })
    out.profile = x.profile;
  if constexpr (requires { x.major; })
    out.major = x.major;
  if constexpr (requires { x.artifact; })
    out.artifact = x.artifact;
  if constexpr (requires { x.policy_version; })
    out.policy_version = x.policy_version;
  if constexpr (requires { x.policy_set_id; })
    out.policy_set_id = x.policy_set_id;
  // A version is the artifact's, the policy set's, or another thing's own.
  if constexpr (requires { x.version; x.artifact; })
    out.version = x.version;
  else if constexpr (requires { x.version; x.policy_set_id; })
    out.policy_version = x.version;
  if constexpr (requires { x.key; })
    out.key = x.key;
  if constexpr (requires { x.forced; })
    out.forced = x.forced;
}

/// The part that holds what people wrote about the entry, as
/// schemas/events/signalbox.fbs fixes it.
std::optional<std::size_t> text_part(const event::body& x) {
  if (std::holds_alternative<event::artifact_published>(x))
    return 2;
  if (std::holds_alternative<event::channel_reverted>(x) ||
      std::holds_alternative<event::principal_put>(x) ||
      std::holds_alternative<event::ledger_moved>(x) ||
      std::holds_alternative<event::token_issued>(x))
    return 0;
  return std::nullopt;
}

std::optional<std::string> text_of(const event::body& body, byte_view record) {
  auto part = text_part(body);
  if (!part)
    return std::nullopt;
  auto text = checked_part(record, *part);
  return text ? present(std::move(*text)) : std::nullopt;
}

/// The change that followed in the channel; nullptr if none did.
const channel_change* next_change(const view& seen, const channel_view& channel,
                                  const channel_change& x) {
  if (channel.row.version <= x.version)
    return nullptr;
  return seen.past->changes.back_from(
      channel.row.last_change,
      [&](const channel_change& y) { return y.version > x.version + 1; });
}

void describe_release(const view& seen, audit_record& out) {
  auto* change = change_of(seen, out.index);
  auto channel =
      seen.find_channel(out.client_id, out.profile, out.major.value_or(0));
  if (change == nullptr || channel == nullptr)
    return;
  out.channel_version = change->version;
  out.key = change->key;
  auto* next = next_change(seen, *channel, *change);
  if (channel->row.artifact == change->artifact)
    out.status = audit_status::current;
  else if (next != nullptr && next->reverted != 0)
    out.status = audit_status::reverted;
  else
    out.status = audit_status::superseded;
}

/// The entry that a void one lost to, as far as the channel's past tells.
std::optional<log_index> winner_of(const view& seen, const audit_record& x) {
  auto channel = seen.find_channel(x.client_id, x.profile, x.major.value_or(0));
  if (channel == nullptr)
    return std::nullopt;
  const channel_change* found = nullptr;
  if (x.result == outcome::conflict || x.result == outcome::unchanged ||
      x.result == outcome::version_not_greater)
    found = seen.change_at(*channel, x.index);
  else if (x.result == outcome::already_released)
    found = seen.find_release(*channel, *x.artifact);
  if (found == nullptr || found->index > to_integer(x.index))
    return std::nullopt;
  return log_index{found->index};
}

/// Where the release lies that a revert or a reseal is about.
std::optional<log_index> release_of(const view& seen, const audit_record& x) {
  auto channel = seen.find_channel(x.client_id, x.profile, x.major.value_or(0));
  auto* release =
      channel == nullptr ? nullptr : seen.find_release(*channel, *x.artifact);
  if (release == nullptr || release->index >= to_integer(x.index))
    return std::nullopt;
  return log_index{release->index};
}

bool changes_channel(const event::body& x) {
  return std::holds_alternative<event::artifact_published>(x) ||
         std::holds_alternative<event::channel_reverted>(x);
}

} // namespace

std::string_view to_string(audit_status x) {
  switch (x) {
  case audit_status::accepted:
    return "accepted";
  case audit_status::current:
    return "current";
  case audit_status::superseded:
    return "superseded";
  case audit_status::reverted:
    return "reverted";
  case audit_status::void_entry:
    return "void";
  case audit_status::refused:
    return "refused";
  case audit_status::denied:
    return "denied";
  }
  return "unknown";
}

const channel_change* change_of(const view& seen, log_index index) {
  std::uint64_t low = 0;
  std::uint64_t high = seen.changes;
  while (low < high) {
    auto middle = (low + high) / 2;
    if (seen.past->changes[middle].index < to_integer(index))
      low = middle + 1;
    else
      high = middle;
  }
  if (low == seen.changes || seen.past->changes[low].index != to_integer(index))
    return nullptr;
  return &seen.past->changes[low];
}

audit_record describe_entry(const view& seen, log_index index,
                            byte_view record) {
  audit_record out;
  out.index = index;
  out.result = seen.past->outcomes[to_integer(index)];
  out.log_time = timestamp{seen.past->marks[to_integer(index)].log_time};
  const bool accepted = out.result == outcome::accepted;
  if (!accepted)
    out.status = audit_status::void_entry;
  auto command = decode_envelope(envelope_of(record));
  if (!command) {
    out.kind = "unknown";
    return out;
  }
  auto& body = command->body;
  out.kind = event::type_name(event::type_number(body));
  out.command = command->id;
  out.occurred_at = command->occurred_at;
  out.principal = command->principal;
  out.node = command->node;
  std::visit([&](auto& x) { take_members(x, out); }, body);
  out.text = text_of(body, record);
  if (!out.artifact)
    return out;
  if (!accepted)
    out.winner = winner_of(seen, out);
  else if (changes_channel(body))
    describe_release(seen, out);
  out.release = release_of(seen, out);
  return out;
}

void complete(audit_record& x, byte_view release_record) {
  auto command = decode_envelope(envelope_of(release_record));
  auto* release = command
                      ? std::get_if<event::artifact_published>(&command->body)
                      : nullptr;
  if (release == nullptr || x.artifact != release->artifact)
    return;
  x.version = release->version;
  x.policy_set_id = release->policy_set_id;
  x.policy_version = release->policy_version;
}

} // namespace signalbox
