#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "actors/encode.hpp"
#include "actors/ledger_keeper.hpp"
#include "app/ledger_file.hpp"
#include "app/node_log.hpp"
#include "events/dsse.hpp"
#include "events/events.hpp"
#include "storage/data_dir.hpp"
#include "storage/rocksdb_state_store.hpp"

namespace signalbox {

/// The ledger of a data directory that no server uses, opened by a command.
/// What it writes goes through the same log, fold and checks as a server's.
class offline_ledger {
 public:
  using pointer = std::unique_ptr<offline_ledger>;

  /// Makes the log with its entry 0: in a new directory or, given `kafka`, on
  /// the topic that is there for it. Errors: of storage and fold.
  static result<pointer>
  make(const std::filesystem::path& data, const event::ledger_created& first,
       const std::optional<kafka_settings>& kafka = std::nullopt);

  /// Reads the ledger that is on Kafka already into a new directory, for this
  /// node. Errors: of storage and fold; `not_found` (no topic, no ledger in
  /// it).
  static result<pointer> copy(const std::filesystem::path& data,
                              const node_log_options& from,
                              const principal_id& node);

  /// Errors: `not_found`, `unavailable` (in use), and those of storage and
  /// fold.
  static result<pointer> open(const std::filesystem::path& data);

  ~offline_ledger();

  const view& seen() const { return *view_.load()->data; }
  const ledger_state& state() const { return keeper_->state(); }
  const event_log& log() const { return *log_.log; }
  const principal_id& node() const { return node_; }

  /// Calls of say() whose answer may still come: none, between calls.
  std::uint64_t waiting() const { return status_.in_flight; }

  /// Appends the event as an administrator's and waits for the fold.
  /// Errors: what the fold voided it for, or the log's.
  result<void> say(proposal_draft draft);

  /// The keyset in force, as the roots signed it.
  /// Errors: `not_found` (there is none yet), and those of reading.
  result<dsse_envelope> current_keyset() const;

  /// Saves state and head file. Errors: `io`.
  result<void> save();

 private:
  offline_ledger(data_dir data, std::shared_ptr<rocksdb_database> database,
                 node_log log);

  static result<pointer> lay_out(const std::filesystem::path& data,
                                 const node_log_options& options);
  result<void> start(const principal_id& node);
  result<void> conclude(const command_answer& x, const event::body& what) const;

  data_dir data_;
  head_file head_;
  std::shared_ptr<rocksdb_database> database_;
  node_log log_;
  rocksdb_state_store store_;
  published_view view_;
  node_status status_;
  principal_id node_;
  std::unique_ptr<ledger_keeper> keeper_;
};

} // namespace signalbox
