#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "actors/node_keys.hpp"
#include "actors/publish.hpp"
#include "api/http_message.hpp"
#include "events/errors.hpp"
#include "events/head.hpp"
#include "projections/view.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// GetConfig's answer for a channel, ready to be written: made at the first
/// read, kept with the channel's view, good until the period or the keyset
/// turns.
struct prepared_config {
  std::int64_t period = 0;
  std::uint64_t keyset_version = 0;
  std::string etag;
  std::string token; ///< of the channel's last change: what a reader has seen
  std::shared_ptr<const std::string> wire; ///< with signature and head
  std::string changelog;
  std::shared_ptr<const prepared_response> ok;
  std::shared_ptr<const prepared_response> not_modified;
};

/// An artifact as it was sealed, with the head's changelog.
struct stored_artifact {
  std::string core;
  std::string signature_json;
  std::string changelog;
};

/// Which entries hold an artifact that is or was current.
struct artifact_place {
  log_index artifact{}; ///< core
  log_index seal{};     ///< signature: the same entry, or a reseal
  log_index change{};   ///< changelog: the same entry, or a revert
  digest key;           ///< that made the signature
};

/// Makes answers from channels: reads the log and signs heads, so it is called
/// on a pool's thread or an actor's, never on a socket's. Any thread.
class config_answers {
 public:
  config_answers(const event_log& log, std::shared_ptr<const node_keys> keys,
                 std::int64_t head_life);

  const event_log& log() const { return log_; }

  /// The channel's answer if it is prepared and still good; never blocks.
  std::shared_ptr<const prepared_config> ready(const view& seen,
                                               const channel_view& x) const;

  /// The channel's answer, made now if need be.
  /// Errors: `key_revoked`, `not_found` (redacted), `log_corrupt`, `io`.
  result<std::shared_ptr<const prepared_config>>
  prepare(const view& seen, const channel_view& x) const;

  /// The same for who sealed the current artifact a moment ago with this
  /// node's key and still has it at hand: the log need not be read.
  /// Errors: `key_revoked`.
  result<std::shared_ptr<const prepared_config>>
  prepare(const view& seen, const channel_view& x,
          const stored_artifact& current) const;

  /// What `read` would give for an artifact that this node has just sealed.
  stored_artifact just_sealed(sealed_artifact x) const;

  /// The sealed core in the entry that released an artifact, whatever became of
  /// its key. Errors: `not_found` (redacted), `log_corrupt`, `io`.
  result<std::string> read_core(log_index artifact) const;

  /// An artifact that is or was current, without a head.
  result<stored_artifact> read(const view& seen, const artifact_place& x) const;

  /// A keyset as a DSSE envelope, from the entry that put it.
  result<std::string> read_keyset(log_index index) const;

 private:
  result<std::vector<std::string>>
  parts_of(log_index index, std::initializer_list<std::size_t> wanted) const;
  std::string sign_head(const view& seen, const channel_row& row,
                        const std::string& changelog, std::string& etag) const;

  const event_log& log_;
  std::shared_ptr<const node_keys> keys_;
  std::int64_t head_life_;
};

/// The signed head within the wire form, a DSSE envelope as JSON; empty if
/// there is none.
std::string_view head_of_wire(std::string_view wire);

/// Whether an If-None-Match field names this entity (weak comparison,
/// RFC 9110 section 13.1.2).
bool matches_etag(std::string_view if_none_match, std::string_view etag);

/// The artifact as a standard DSSE envelope (`form=envelope`).
result<std::string> to_envelope(std::string_view wire);

} // namespace signalbox
