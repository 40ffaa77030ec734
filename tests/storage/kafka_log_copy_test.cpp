#include "storage/kafka_log_copy.hpp"

#include "storage/defaults.hpp"
#include "tests/storage/faulty_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

constexpr std::chrono::milliseconds at_most{10'000};

/// The copy of a topic that is as the tests tell it, on a disk that may fail.
struct copying : faulty_engine {
  std::vector<std::shared_ptr<std::string>> bytes; // outlive the copy
  std::uint64_t next_offset = 0;
  std::atomic<int> woken{0};
  std::vector<std::string> warnings; // of the copy's thread
  std::unique_ptr<kafka_log_copy> copy;

  copying() { open(); }

  void open() {
    copy = kafka_log_copy::open(
               engine.database(),
               {.wake = [this] { ++woken; },
                .warn = [this](auto x) { warnings.push_back(std::move(x)); }})
               .value();
  }

  /// Closes all, and opens it again.
  void reopen() {
    copy.reset();
    engine.reopen();
    open();
  }

  void add(const std::vector<std::string>& texts) {
    auto group = std::make_shared<kafka_records>();
    for (const auto& x : texts) {
      bytes.push_back(std::make_shared<std::string>(x));
      group->entries.push_back({next_offset++, noon, as_bytes(*bytes.back())});
      group->bytes += x.size();
    }
    copy->add(std::move(group));
  }

  std::vector<std::string> texts(std::uint64_t from = 0) const {
    std::vector<std::string> out;
    const auto read = copy->read(log_index{from}, [&](const auto& x) {
      BOOST_REQUIRE_EQUAL(to_integer(x.index), from + out.size());
      out.emplace_back(as_text(x.record));
      return true;
    });
    BOOST_REQUIRE(read);
    return out;
  }

  bool finish() { return copy->finish(at_most); }
};

std::string large(char c, std::size_t size = large_batch_bytes / 2) {
  return std::string(size, c);
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_log_copy_suite)

BOOST_AUTO_TEST_CASE(what_was_added_is_read_before_it_is_written) {
  copying x;
  x.fs->fail_appends = true;
  x.add({"a", "b"});
  x.add({"c"});
  BOOST_TEST(!x.copy->finish(std::chrono::milliseconds{50}));
  BOOST_TEST(x.copy->size() == 3u);
  BOOST_TEST(x.copy->written() == 0u);
  check_same(x.texts(), {"a", "b", "c"});
  check_same(x.texts(1), {"b", "c"});
  check_same(x.texts(3), {});
}

BOOST_AUTO_TEST_CASE(it_is_written_though_nobody_waits_for_it) {
  copying x;
  x.add({"a"});
  while (x.woken == 0) // a copy that never does makes the test run out of time
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  BOOST_TEST(x.copy->written() == 1u);
  x.reopen();
  check_same(x.texts(), {"a"});
}

BOOST_AUTO_TEST_CASE(an_orderly_end_writes_what_is_left) {
  copying x;
  x.add({"a"});
  x.reopen();
  x.add({"b"});
  x.reopen();
  check_same(x.texts(), {"a", "b"});
  BOOST_TEST(x.copy->written() == 2u);
}

BOOST_AUTO_TEST_CASE(a_reader_goes_from_the_disk_to_memory_and_stops) {
  copying x;
  std::vector<std::string> wanted;
  for (char c = 'a'; c < 'e'; ++c) {
    wanted.push_back(large(c));
    x.add({wanted.back()});
    BOOST_TEST(x.finish()); // leaves no more than kafka_recent_bytes in memory
  }
  x.fs->fail_appends = true;
  wanted.push_back("e");
  x.add({"e"});
  BOOST_CHECK(x.texts() == wanted);
  for (const std::size_t most : {2u, 5u}) {
    std::size_t visited = 0;
    BOOST_REQUIRE(x.copy->read(
        log_index{0}, [&](const log_entry_view&) { return ++visited < most; }));
    BOOST_TEST(visited == most);
  }
}

/// On a disk that brokers share, their syncs wait for every write.
BOOST_AUTO_TEST_CASE(much_is_written_once_and_not_to_the_write_ahead_log) {
  copying x;
  x.add({"a"}); // with a note of its offset
  BOOST_TEST(x.finish());
  x.add({large('b'), large('c'), "d"});
  BOOST_TEST(x.finish());
  std::uintmax_t wal = 0;
  for (const auto& y : std::filesystem::directory_iterator(x.engine.path()))
    if (y.path().extension() == ".log")
      wal += y.file_size();
  BOOST_TEST(wal < large_batch_bytes / 2);
  x.reopen();
  BOOST_TEST(x.texts().size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_disk_that_fails_bounds_what_is_in_memory_and_recovers) {
  copying x;
  x.fs->fail_appends = true;
  std::vector<std::string> wanted;
  while (x.copy->has_room()) {
    wanted.push_back(large(static_cast<char>('a' + wanted.size())));
    x.add({wanted.back()});
    BOOST_REQUIRE(wanted.size() <=
                  kafka_unwritten_bytes / (large_batch_bytes / 2));
  }
  BOOST_CHECK(x.texts() == wanted);
  x.fs->fail_appends = false;
  BOOST_TEST(x.finish());
  BOOST_TEST(x.copy->has_room());
  x.add({"z"});
  wanted.push_back("z");
  x.reopen();
  BOOST_CHECK(x.texts() == wanted);
  BOOST_TEST(!x.warnings.empty());
}

/// Strangers' transactions leave holes in the offsets.
BOOST_AUTO_TEST_CASE(offsets_are_right_after_a_write_that_failed) {
  for (const bool lands : {false, true}) {
    copying x;
    x.fs->land_appends = lands;
    x.add({"a"});
    BOOST_TEST(x.finish());
    x.next_offset = 7;
    x.fs->fail_appends = true;
    x.add({"b"});
    BOOST_TEST(!x.copy->finish(std::chrono::milliseconds{50}));
    x.next_offset = 20;
    x.add({"c"});
    x.fs->fail_appends = false;
    BOOST_TEST(x.finish());
    for (int opened = 0; opened < 2; ++opened) {
      check_same(x.texts(), {"a", "b", "c"});
      BOOST_TEST(x.copy->offset_of(0) == 0u);
      BOOST_TEST(x.copy->offset_of(1) == 7u);
      BOOST_TEST(x.copy->offset_of(2) == 20u);
      BOOST_TEST(x.copy->index_of(20) == 2u);
      x.reopen();
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_written_yet_has_its_offset_too) {
  copying x;
  x.fs->fail_appends = true;
  x.next_offset = 7;
  x.add({"a", "b"});
  BOOST_TEST(x.copy->offset_of(1) == 8u);
  BOOST_TEST(x.copy->holds(1, as_bytes("b")).value());
  BOOST_TEST(!x.copy->holds(1, as_bytes("a")).value());
}

BOOST_AUTO_TEST_CASE(only_what_is_on_the_disk_leaves_the_memory) {
  kafka_recent x;
  for (std::uint64_t first = 0; first < 4; ++first) {
    auto group = std::make_shared<kafka_records>();
    group->first = first;
    group->entries.push_back({first, noon, {}});
    group->bytes = kafka_recent_bytes / 2;
    x.add(std::move(group));
  }
  BOOST_TEST(x.find(4) == nullptr);
  x.drop(0);
  BOOST_TEST(x.find(0) != nullptr);
  x.drop(2);
  BOOST_TEST(x.find(1) == nullptr);
  BOOST_TEST(x.find(2) != nullptr);
  x.drop(4);
  BOOST_TEST(x.find(2) == nullptr);
  BOOST_TEST(x.find(3) != nullptr); // as much as is kept
}

BOOST_AUTO_TEST_CASE(readers_see_every_entry_while_it_is_written_and_dropped) {
  copying x;
  std::atomic<bool> ends{false};
  std::thread reader{[&] {
    std::size_t read_once_more = 0;
    for (bool last = false; !last;) {
      last = ends;
      const auto end = x.copy->size();
      std::uint64_t next = 0;
      const auto read = x.copy->read(log_index{0}, [&](const auto& y) {
        if (to_integer(y.index) == next)
          ++next;
        return true;
      });
      read_once_more += read && next >= end ? 0 : 1;
    }
    BOOST_TEST(read_once_more == 0u);
  }};
  for (int i = 0; i < 60; ++i)
    x.add({large('x', 500'000), "y"});
  BOOST_TEST(x.finish());
  ends = true;
  reader.join();
  BOOST_TEST(x.texts().size() == 120u);
}

BOOST_AUTO_TEST_SUITE_END()
