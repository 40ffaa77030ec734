#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "app/ledger_topics.hpp"
#include "app/log_source.hpp"
#include "storage/rocksdb_database.hpp"

namespace signalbox {

/// A log that another one is copied into, entry by entry with its time. Nobody
/// decides in it before it is opened for that.
class copy_target {
 public:
  virtual ~copy_target() = default;

  /// Adds the entries of the source that are not here yet, up to and without
  /// `until`, and makes them durable. Errors: `conflict` (what is here already
  /// is of another log), and those of both engines.
  virtual result<void> add(const event_log& source, std::uint64_t until,
                           const log_progress& progress) = 0;

  /// What was written, read back.
  virtual const event_log& log() const = 0;

  /// From here on decisions can be added. Errors: those of the engine.
  virtual result<void> open_for_decisions() = 0;
};

/// How a copy that was begun before is met.
enum class earlier_copy {
  resume, ///< goes on where it broke off; one that takes decisions is refused
  finish  ///< the source is closed: it must be there, or even be whole
};

/// A new database. Errors: those of rocksdb_log::open.
result<std::unique_ptr<copy_target>>
copy_to_database(rocksdb_database::pointer database);

/// A topic, made if need be; the database gets the node's copy of it, as read
/// back. Errors: `conflict` (the topic takes decisions already, or holds other
/// records), `not_found` (to be finished, and not there), and those of
/// kafka_topics and kafka_log.
result<std::unique_ptr<copy_target>>
copy_to_kafka(rocksdb_database::pointer database, const topic_plan& plan,
              earlier_copy earlier);

} // namespace signalbox
