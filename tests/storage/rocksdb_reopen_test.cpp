#include <atomic>
#include <thread>

#include "storage/rocksdb_handle.hpp"
#include "tests/storage/faulty_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct faulty : faulty_engine {
  event_log& log() { return engine.log(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_reopen)

BOOST_AUTO_TEST_CASE(a_failed_append_is_pending_and_the_next_one_reopens) {
  faulty x;
  append(x.log(), {"a"});
  x.fs->fail_appends = true;
  BOOST_CHECK(refusal(x.log(), "lost").code == errc::pending);
  BOOST_TEST(to_integer(x.log().end()) == 1u);
  x.fs->fail_appends = false;
  BOOST_TEST(to_integer(append(x.log(), {"b"})) == 1u);
  check_same(read_texts(x.log()), {"a", "b"});
}

BOOST_AUTO_TEST_CASE(a_failed_sync_hides_the_group_until_its_fate_is_known) {
  faulty x;
  append(x.log(), {"a"});
  x.fs->fail_syncs = true;
  BOOST_CHECK(refusal(x.log(), "maybe").code == errc::pending);
  BOOST_TEST(to_integer(x.log().end()) == 1u);
  check_same(read_texts(x.log()), {"a"});
  x.fs->fail_syncs = false;
  // It had reached the write-ahead log, so the reopening makes it durable.
  append(x.log(), {});
  check_same(read_texts(x.log()), {"a", "maybe"});
  BOOST_TEST(to_integer(append(x.log(), {"b"})) == 2u);
  x.engine.reopen();
  check_same(read_texts(x.log()), {"a", "maybe", "b"});
}

BOOST_AUTO_TEST_CASE(a_reopening_that_fails_leaves_reads_without_the_lost) {
  faulty x;
  append(x.log(), {"a"});
  x.fs->fail_syncs = true;
  BOOST_CHECK(refusal(x.log(), "maybe").code == errc::pending);
  x.fs->error = "While open: Read-only file system";
  x.fs->fail_creations = true;
  const auto refused = refusal(x.log(), "b");
  BOOST_CHECK(refused.code == errc::read_only);
  BOOST_TEST(refused.message.find("is read-only") != std::string::npos);
  BOOST_TEST(x.log().health().reason == refused.message);
  check_same(read_texts(x.log()), {"a"});
  x.fs->fail_creations = false;
  x.fs->fail_syncs = false;
  append(x.log(), {"c"});
  check_same(read_texts(x.log()), {"a", "maybe", "c"});
}

BOOST_AUTO_TEST_CASE(attempts_to_write_again_are_rate_limited) {
  temporary_directory dir;
  rocksdb_config config;
  auto fs = std::make_shared<failing_fs>();
  config.directory = dir.path() / "db";
  config.file_system = fs;
  config.retry_after = std::chrono::hours{1};
  auto database = rocksdb_database::create(config);
  BOOST_REQUIRE(database.has_value());
  auto log = rocksdb_log::open(*database);
  BOOST_REQUIRE(log.has_value());
  fs->fail_appends = fs->fail_creations = true;
  BOOST_CHECK(refusal(**log, "a").code == errc::pending);
  BOOST_CHECK(refusal(**log, "b").code == errc::read_only);
  fs->fail_appends = fs->fail_creations = false;
  // The first attempt just failed; the next one is due in an hour.
  BOOST_CHECK(refusal(**log, "c").code == errc::read_only);
  BOOST_TEST((*database)->generation() == 1u);
}

BOOST_AUTO_TEST_CASE(readers_survive_a_reopening_between_two_entries) {
  faulty x;
  std::vector<std::string> wanted;
  for (int i = 0; i < 5000; ++i)
    wanted.push_back(std::to_string(i));
  append(x.log(), wanted);
  const std::weak_ptr<rocksdb_handle> old = x.engine.database()->acquire();
  std::atomic<bool> half_way{false};
  std::vector<std::string> got;
  result<void> end;
  std::thread reader{[&] {
    end = x.log().read(log_index{0}, [&](const log_entry_view& entry) {
      got.emplace_back(as_text(entry.record));
      if (got.size() == 2500) {
        half_way = true;
        half_way.notify_one();
        while (!old.lock()->retired) // until the writer waits for this reader
          std::this_thread::yield();
      }
      return true;
    });
  }};
  half_way.wait(false);
  x.fs->fail_appends = true;
  const auto lost = refusal(x.log(), "lost");
  x.fs->fail_appends = false;
  const auto next = x.log().append({}, noon);
  reader.join();
  BOOST_CHECK(lost.code == errc::pending);
  BOOST_REQUIRE(next.has_value());
  BOOST_TEST(old.expired());
  BOOST_TEST(end.has_value());
  BOOST_CHECK(got == wanted);
}

BOOST_AUTO_TEST_CASE(a_visitor_that_never_returns_does_not_hang_the_writer) {
  rocksdb_config config;
  auto fs = std::make_shared<failing_fs>();
  config.file_system = fs;
  config.patience = std::chrono::milliseconds{20};
  rocksdb_engine x{config};
  append(x.log(), {"a", "b"});
  const auto end = x.log().read(log_index{0}, [&](const log_entry_view&) {
    // Stands for a reader that is stuck: the writer runs inside of its visit.
    fs->fail_appends = true;
    BOOST_CHECK(refusal(x.log(), "lost").code == errc::pending);
    fs->fail_appends = false;
    const auto refused = refusal(x.log(), "c");
    BOOST_CHECK(refused.code == errc::read_only);
    BOOST_TEST(refused.message.find("a reader holds") != std::string::npos);
    check_same(read_texts(x.log()), {"a", "b"});
    return false;
  });
  BOOST_TEST(end.has_value());
  BOOST_TEST(to_integer(append(x.log(), {"c"})) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
