#include "app/node_log.hpp"

#include "storage/kafka_log.hpp"
#include "storage/rocksdb_log.hpp"

namespace signalbox {

result<node_log> open_node_log(rocksdb_database::pointer database,
                               const node_log_options& options) {
  if (!options.kafka && !options.writes)
    return failure{errc::bad_request,
                   "a replica needs a ledger on Kafka: this directory holds "
                   "the only log of its own"};
  if (!options.kafka) {
    auto log = rocksdb_log::open(std::move(database));
    if (!log)
      return log.error();
    return node_log{std::move(*log)};
  }
  auto log = kafka_log::open({.settings = *options.kafka,
                              .database = std::move(database),
                              .writes = options.writes,
                              .warn = options.warn});
  if (!log)
    return log.error();
  auto read =
      options.is_server ? (*log)->meet() : (*log)->catch_up(options.progress);
  if (!read) {
    const bool goes_on = options.is_server &&
                         (read.error().code == errc::unavailable ||
                          read.error().code == errc::forbidden) &&
                         to_integer((*log)->kept()) > 0;
    if (!goes_on)
      return read.error();
    if (options.warn)
      options.warn("serving what was copied before: " + read.error().message);
  }
  auto* shared = log->get();
  return node_log{std::move(*log), shared};
}

} // namespace signalbox
