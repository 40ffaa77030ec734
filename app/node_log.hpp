#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "storage/kafka_settings.hpp"
#include "storage/rocksdb_database.hpp"
#include "storage/shared_log.hpp"

namespace signalbox {

/// The log of a data directory, whichever engine holds it.
struct node_log {
  std::unique_ptr<event_log> log;
  shared_log* shared = nullptr; ///< the log, if other processes write to it
};

struct node_log_options {
  /// Nullopt: the log is in the database itself.
  std::optional<kafka_settings> kafka;
  std::function<void(std::string)> warn = nullptr; ///< any thread
  std::function<void(std::uint64_t, std::uint64_t)> progress = nullptr;
  /// A server serves what the node has copied before where no broker answers,
  /// and leaves what it lacks to the start of its ledger. Else all is copied.
  bool is_server = false;
  bool writes = true; ///< false: a replica
};

/// Opens the log. Errors: those of rocksdb_log::open, and of kafka_log::meet or
/// kafka_log::catch_up.
result<node_log> open_node_log(rocksdb_database::pointer database,
                               const node_log_options& options);

} // namespace signalbox
