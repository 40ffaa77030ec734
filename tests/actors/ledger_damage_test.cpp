#include <fstream>

#include "storage/head_file.hpp"
#include "tests/actors/keeper_world.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A node on the embedded log that wrote its head file and went down without a
/// stop: nothing but the write-ahead log holds its entries.
struct damaged_node : keeper_world {
  rocksdb_engine engine;
  temporary_directory dir;
  head_file head{dir.path() / "head"};

  damaged_node() {
    for (auto& x : facts.log) {
      byte_view record = x.envelope;
      engine.log().append({&record, 1}, x.append_time).value();
    }
    BOOST_REQUIRE(begin());
    keeper->finish();
    wal = engine.newest_wal();
    keeper.reset();
    engine.close();
  }

  result<void> begin() {
    auto x = config_over(engine.log());
    x.head = &head;
    return start(std::move(x));
  }

  /// As a node starts: the engine is told what the head file knows.
  result<void> restart() {
    engine.config().known_entry = head.read().value()->index;
    engine.open();
    return begin();
  }

  void check_refused(const result<void>& started) {
    BOOST_REQUIRE(!started);
    BOOST_CHECK_EQUAL(started.error().code, errc::log_corrupt);
    BOOST_CHECK(engine.log().health().state == log_health::mode::read_only);
    BOOST_CHECK(head.read().value()->index == log_index{facts.log.size() - 1});
    auto x = std::make_shared<proposal>();
    x->answer = in.door();
    BOOST_CHECK(!keeper->admit(x));
    BOOST_CHECK_EQUAL(in.refusal(), errc::unavailable);
  }

  std::filesystem::path wal;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_damage, damaged_node)

BOOST_AUTO_TEST_CASE(a_whole_write_ahead_log_starts) {
  BOOST_CHECK(restart());
  BOOST_CHECK_EQUAL(seen().size, facts.log.size());
}

BOOST_AUTO_TEST_CASE(a_write_ahead_log_cut_below_the_head_file_is_refused) {
  // In the midst of the last entry: to the engine a torn tail, nothing more.
  std::filesystem::resize_file(wal, std::filesystem::file_size(wal) - 10);
  check_refused(restart());
}

BOOST_AUTO_TEST_CASE(damage_that_looks_like_a_torn_tail_is_refused) {
  // The first length of the last block points beyond the file's end.
  constexpr std::uintmax_t block = 32 * 1024;
  const auto last = std::filesystem::file_size(wal) / block * block;
  constexpr std::uintmax_t high_byte_of_a_length = 5;
  {
    std::fstream file{wal, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(static_cast<std::streamoff>(last + high_byte_of_a_length));
    file.put('\x7f');
    BOOST_REQUIRE(file.flush());
  }
  check_refused(restart());
}

BOOST_AUTO_TEST_SUITE_END()
