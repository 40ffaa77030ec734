#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/bytes.hpp"
#include "events/ids.hpp"
#include "events/outcome.hpp"
#include "policy/finding.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// What became of what an entry says (section 9, ReleaseRecord). Of a release
/// it changes with the channel; everything else stays as it was judged.
enum class audit_status : std::uint8_t {
  accepted,   ///< it took effect; no release
  current,    ///< its artifact is what the channel serves
  superseded, ///< a later publication took its place
  reverted,   ///< a revert took its place
  void_entry, ///< the fold refused it; `result` says why
  refused,    ///< a draft that never reached the log
  denied,     ///< a call that was not allowed
};

std::string_view to_string(audit_status x);

/// One entry as an auditor reads it (FR-12). Owns what it holds. Members that
/// the entry does not have are empty.
struct audit_record {
  log_index index{};
  std::string_view kind; ///< type of the event, or `unknown`
  outcome result = outcome::accepted;
  audit_status status = audit_status::accepted;
  timestamp log_time{};
  timestamp occurred_at{};
  event_id command;
  principal_id principal; ///< who asked for it; the publisher of a release
  principal_id node;      ///< who wrote it
  std::string client_id;
  std::string profile;
  std::optional<std::uint32_t> major;
  std::optional<std::uint64_t> channel_version; ///< of an accepted change
  std::optional<digest> artifact;
  std::string version;
  std::string policy_set_id;
  std::string policy_version;
  std::optional<digest> key;       ///< that sealed the artifact
  std::optional<std::string> text; ///< changelog or description
  bool forced = false;
  std::optional<log_index> winner; ///< that a void release lost to

  // -- of the activity stream alone
  bool in_activity = false;      ///< `index` counts there
  std::string operation;         ///< what was called
  std::string reason;            ///< code of the failure
  std::vector<finding> findings; ///< without messages
  std::uint32_t left_out = 0;    ///< further findings

  /// The entry that released the artifact, if that is another one: it has
  /// what this one leaves out. See complete().
  std::optional<log_index> release;
};

/// Reads an entry of the decisions stream under a view that covers it. Never
/// fails: what cannot be decoded has the kind `unknown`.
audit_record describe_entry(const view& seen, log_index index,
                            byte_view record);

/// Adds to a revert or a reseal what only the entry of the release says:
/// version and policy set.
void complete(audit_record& x, byte_view release_record);

/// The change of a channel that an entry made; nullptr if it made none.
/// O(log n) in all changes.
const channel_change* change_of(const view& seen, log_index index);

} // namespace signalbox
