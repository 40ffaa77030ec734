#include "tests/system/folded_copy.hpp"

#include <stdexcept>

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

} // namespace signalbox::test
