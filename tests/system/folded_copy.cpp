#include "tests/system/folded_copy.hpp"

#include <stdexcept>

#include "app/kafka_file.hpp"
#include "app/node_database.hpp"
#include "app/node_log.hpp"
#include "events/record.hpp"
#include "projections/fold.hpp"
#include "storage/rocksdb_log.hpp"

namespace signalbox::test {

namespace {

template <class T>
T must(result<T> x) {
  if (!x)
    throw std::runtime_error{"the log: " + x.error().message};
  return std::move(*x);
}

} // namespace

void read_folded(
    const std::filesystem::path& data,
    const std::function<void(const log_entry_view&, outcome)>& visit) {
  rocksdb_config config;
  config.directory = data / "db";
  const auto log =
      must(rocksdb_log::open(must(rocksdb_database::open_read_only(config))));
  ledger_state state;
  const auto read = log->read(log_index{0}, [&](const log_entry_view& entry) {
    const auto judged = must(
        step(state, entry.index, entry.append_time, envelope_of(entry.record)));
    visit(entry, judged.result);
    return true;
  });
  if (!read)
    throw std::runtime_error{"the log: " + read.error().message};
}

void complete_copy(const std::filesystem::path& data) {
  node_log_options options;
  options.kafka = must(read_kafka_file(data));
  options.writes = false;
  if (options.kafka)
    must(open_node_log(
        must(open_node_database(data, database_use::copy)).database, options));
}

} // namespace signalbox::test
