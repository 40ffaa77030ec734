#include "storage/defaults.hpp"
#include "storage/unsynced_loss_fs.hpp"
#include "tests/storage/faulty_engine.hpp"

// A log that copies another one (storage/kafka_mirror).

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct copying : faulty_engine {
  std::unique_ptr<rocksdb_log> log =
      std::move(rocksdb_log::open(engine.database()).value());

  /// Copies these records as the next entries.
  result<void> copy(const std::vector<std::string>& records) {
    std::vector<log_entry_view> entries;
    for (auto next = to_integer(log->end()); auto& x : records)
      entries.push_back({log_index{next++}, noon, as_bytes(x)});
    return log->copy(entries, {});
  }

  std::uintmax_t wal() const {
    std::uintmax_t out = 0;
    for (const auto& x : std::filesystem::directory_iterator(engine.path()))
      if (x.path().extension() == ".log")
        out += x.file_size();
    return out;
  }
};

/// More than what goes to the write-ahead log.
std::vector<std::string> many(char c) {
  return {std::string(large_batch_bytes / 2, c),
          std::string(large_batch_bytes / 2, c), std::string(1, c)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_copy)

BOOST_AUTO_TEST_CASE(large_and_small_copies_follow_one_another) {
  copying x;
  std::vector<std::string> wanted;
  for (auto& some : {std::vector<std::string>{"a"},
                     many('b'),
                     {"c"},
                     many('d'),
                     many('e'),
                     {"f"}}) {
    BOOST_REQUIRE(x.copy(some));
    wanted.insert(wanted.end(), some.begin(), some.end());
    BOOST_TEST(to_integer(x.log->end()) == wanted.size());
  }
  BOOST_CHECK(read_texts(*x.log) == wanted);
  BOOST_TEST(x.wal() < large_batch_bytes);
  x.log.reset();
  x.engine.reopen();
  BOOST_CHECK(read_texts(x.engine.log()) == wanted);
  BOOST_TEST(to_integer(append(x.engine.log(), {"g"})) == wanted.size());
}

BOOST_AUTO_TEST_CASE(a_large_copy_that_fails_is_made_again) {
  for (auto fault : {&failing_fs::fail_appends, &failing_fs::fail_syncs,
                     &failing_fs::fail_creations}) {
    copying x;
    BOOST_REQUIRE(x.copy({"a"}));
    (*x.fs).*fault = true;
    const auto failed = x.copy(many('b'));
    BOOST_REQUIRE(!failed);
    BOOST_CHECK(failed.error().code == errc::pending);
    check_same(read_texts(*x.log), {"a"});
    (*x.fs).*fault = false;
    BOOST_REQUIRE(x.copy({})); // reopens
    BOOST_TEST(!std::filesystem::exists(x.engine.path() / "added.table"));
    BOOST_REQUIRE(x.copy(many('b')));
    BOOST_TEST(to_integer(x.log->end()) == 4u);
    BOOST_TEST(read_texts(*x.log).back() == "b");
  }
}

/// A kill in the middle of an adding leaves its file beside the table that it
/// became, as two names of one file.
BOOST_AUTO_TEST_CASE(what_a_kill_leaves_of_a_large_copy_harms_no_later_one) {
  copying x;
  BOOST_REQUIRE(x.copy(many('a')));
  std::filesystem::create_hard_link(x.engine.newest(".sst"),
                                    x.engine.path() / "added.table");
  BOOST_REQUIRE(x.copy(many('b')));
  x.log.reset();
  x.engine.reopen();
  auto wanted = many('a');
  for (auto& y : many('b'))
    wanted.push_back(y);
  BOOST_CHECK(read_texts(x.engine.log()) == wanted);
}

/// What lies before a table must not be gone where the table is there.
BOOST_AUTO_TEST_CASE(a_power_failure_leaves_no_hole_before_a_large_copy) {
  copying x;
  x.log.reset();
  x.engine.close();
  x.engine.config().file_system = make_unsynced_loss_fs(sync_mode::honest);
  x.engine.open();
  x.log = std::move(rocksdb_log::open(x.engine.database()).value());
  BOOST_REQUIRE(x.copy({"a"}));
  BOOST_REQUIRE(x.copy(many('b')));
  BOOST_REQUIRE(x.copy({"c"}));
  x.log.reset();
  x.engine.close(); // what was not synced is gone
  x.engine.config().file_system = make_unsynced_loss_fs(sync_mode::honest);
  x.engine.open();
  auto wanted = many('b');
  wanted.insert(wanted.begin(), "a");
  BOOST_CHECK(read_texts(x.engine.log()) == wanted);
}

BOOST_AUTO_TEST_CASE(entries_that_are_there_are_left_out) {
  copying x;
  BOOST_REQUIRE(x.copy({"a"}));
  const std::vector<log_entry_view> both{{log_index{0}, noon, as_bytes("a")},
                                         {log_index{1}, noon, as_bytes("b")}};
  BOOST_REQUIRE(x.log->copy(both, {}));
  check_same(read_texts(*x.log), {"a", "b"});
}

BOOST_AUTO_TEST_CASE(entries_out_of_their_order_are_not_copied) {
  copying x;
  const std::vector<log_entry_view> behind_a_gap{
      {log_index{1}, noon, as_bytes("b")}};
  const auto refused = x.log->copy(behind_a_gap, {});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::bug);
  BOOST_TEST(to_integer(x.log->end()) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
