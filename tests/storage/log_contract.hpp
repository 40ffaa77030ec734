#pragma once

#include <atomic>
#include <thread>

#include "events/envelope.hpp"
#include "tests/storage/log_steps.hpp"

/// What every engine must do. An engine is a class with `event_log& log()`,
/// and `void reopen()` where it outlives the process. Engines with one writer
/// do more: SIGNALBOX_OWN_LOG_CONTRACT. In a test program:
///
///     BOOST_AUTO_TEST_SUITE(memory_log_contract)
///     SIGNALBOX_LOG_CONTRACT(memory_engine)
///     BOOST_AUTO_TEST_SUITE_END()
namespace signalbox::test::log_contract {

using texts = std::vector<std::string>;

template <class Engine>
void an_empty_log_ends_at_zero_and_reads_nothing(Engine& x) {
  BOOST_TEST(to_integer(x.log().end()) == 0u);
  BOOST_TEST(read_texts(x.log()).empty());
  BOOST_CHECK(x.log().health().state == log_health::mode::writable);
}

template <class Engine>
void indexes_are_dense_from_zero_over_groups(Engine& x) {
  BOOST_TEST(to_integer(append(x.log(), {"a"})) == 0u);
  BOOST_TEST(to_integer(append(x.log(), {"b", "c", "d"})) == 1u);
  BOOST_TEST(to_integer(append(x.log(), {"e"})) == 4u);
  BOOST_TEST(to_integer(x.log().end()) == 5u);
  const auto all = read_from(x.log(), 0);
  BOOST_REQUIRE(all.end.has_value());
  BOOST_REQUIRE_EQUAL(all.entries.size(), 5u);
  for (std::size_t i = 0; i < all.entries.size(); ++i)
    BOOST_TEST(all.entries[i].index == i);
}

template <class Engine>
void records_come_back_in_order_and_bit_for_bit(Engine& x) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i)
    every_byte += static_cast<char>(i);
  const texts wanted{"first", every_byte, "third"};
  append(x.log(), wanted);
  check_same(read_texts(x.log()), wanted);
}

template <class Engine>
void the_append_time_is_kept_per_group(Engine& x) {
  append(x.log(), {"a"}, timestamp{1});
  append(x.log(), {"b", "c"}, timestamp{1'900'000'000'123});
  append(x.log(), {"d"}, timestamp{1'000});
  const auto all = read_from(x.log(), 0).entries;
  BOOST_REQUIRE_EQUAL(all.size(), 4u);
  BOOST_TEST(to_integer(all[0].time) == 1);
  BOOST_TEST(to_integer(all[1].time) == 1'900'000'000'123);
  BOOST_TEST(to_integer(all[2].time) == 1'900'000'000'123);
  BOOST_TEST(to_integer(all[3].time) == 1'000);
}

template <class Engine>
void a_time_before_the_epoch_is_kept(Engine& x) {
  append(x.log(), {"a"}, timestamp{-5});
  BOOST_TEST(to_integer(read_from(x.log(), 0).entries.at(0).time) == -5);
}

template <class Engine>
void an_empty_record_takes_an_index(Engine& x) {
  append(x.log(), {"", "b", ""});
  check_same(read_texts(x.log()), {"", "b", ""});
}

template <class Engine>
void an_empty_group_appends_nothing(Engine& x) {
  append(x.log(), {"a"});
  BOOST_TEST(to_integer(append(x.log(), {})) == 1u);
  BOOST_TEST(to_integer(x.log().end()) == 1u);
}

template <class Engine>
void the_largest_record_is_taken(Engine& x) {
  const std::string largest(max_record_bytes, 'x');
  append(x.log(), {largest});
  BOOST_CHECK(read_texts(x.log()) == texts{largest});
}

template <class Engine>
void a_group_with_a_record_that_is_too_large_is_refused_whole(Engine& x) {
  append(x.log(), {"before"});
  const std::string large(max_record_bytes + 1, 'x');
  const std::string small = "small";
  const std::vector<byte_view> group{as_bytes(small), as_bytes(large)};
  const auto answer = x.log().append(group, noon);
  BOOST_REQUIRE(!answer);
  BOOST_CHECK(answer.error().code == errc::too_large);
  check_same(read_texts(x.log()), {"before"});
  BOOST_TEST(to_integer(append(x.log(), {"after"})) == 1u);
}

template <class Engine>
void reading_starts_anywhere(Engine& x) {
  append(x.log(), {"a", "b", "c", "d"});
  check_same(read_texts(x.log(), 2), {"c", "d"});
  check_same(read_texts(x.log(), 3), {"d"});
  check_same(read_texts(x.log(), 4), {});
  check_same(read_texts(x.log(), 1000), {});
}

template <class Engine>
void the_visitor_stops_the_reading(Engine& x) {
  append(x.log(), {"a", "b", "c", "d"});
  int visits = 0;
  const auto end = x.log().read(
      log_index{1}, [&](const log_entry_view&) { return ++visits < 2; });
  BOOST_TEST(end.has_value());
  BOOST_TEST(visits == 2);
}

template <class Engine>
void a_thousand_groups_of_mixed_sizes_are_read_back(Engine& x) {
  texts wanted;
  for (int i = 0; i < 1000; ++i) {
    texts group;
    for (int j = 0; j < 1 + i % 7; ++j)
      group.push_back(std::to_string(i) + "/" + std::to_string(j) +
                      std::string(static_cast<std::size_t>(i % 100), '.'));
    BOOST_REQUIRE(to_integer(append(x.log(), group)) == wanted.size());
    wanted.insert(wanted.end(), group.begin(), group.end());
  }
  BOOST_CHECK(read_texts(x.log()) == wanted);
}

template <class Engine>
void readers_on_another_thread_see_whole_prefixes(Engine& x) {
  constexpr std::size_t groups = 300;
  constexpr std::size_t group_size = 5;
  std::atomic<bool> failed{false};
  std::size_t last_seen = 0;
  std::thread reader{[&] {
    while (last_seen < groups * group_size && !failed) {
      const auto end = to_integer(x.log().end());
      const auto all = read_from(x.log(), 0);
      bool good = all.end.has_value() && end <= all.entries.size() &&
                  last_seen <= all.entries.size() &&
                  all.entries.size() % group_size == 0;
      for (std::size_t i = 0; i < all.entries.size(); ++i)
        good = good && all.entries[i].index == i &&
               all.entries[i].text == std::to_string(i);
      last_seen = all.entries.size();
      failed = !good;
    }
  }};
  for (std::size_t i = 0; i < groups && !failed; ++i) {
    texts group;
    for (std::size_t j = 0; j < group_size; ++j)
      group.push_back(std::to_string(i * group_size + j));
    const std::vector<byte_view> views = [&] {
      std::vector<byte_view> out;
      for (const auto& text : group)
        out.push_back(as_bytes(text));
      return out;
    }();
    if (!x.log().append(views, noon))
      failed = true;
  }
  reader.join();
  BOOST_TEST(!failed);
  BOOST_TEST(last_seen == groups * group_size);
}

template <class Engine>
void what_was_acknowledged_is_there_after_a_reopen(Engine& x) {
  append(x.log(), {"a", "b"}, timestamp{7});
  const auto time = read_from(x.log(), 1).entries.at(0).time;
  x.reopen();
  BOOST_TEST(to_integer(x.log().end()) == 2u);
  check_same(read_texts(x.log()), {"a", "b"});
  BOOST_CHECK(read_from(x.log(), 1).entries.at(0).time == time);
  BOOST_TEST(to_integer(append(x.log(), {"c"})) == 2u);
  x.reopen();
  check_same(read_texts(x.log()), {"a", "b", "c"});
}

} // namespace signalbox::test::log_contract

#define SIGNALBOX_CONTRACT_CASE(engine, name)                                  \
  BOOST_AUTO_TEST_CASE(name) {                                                 \
    engine under_test;                                                         \
    ::signalbox::test::log_contract::name(under_test);                         \
  }

#define SIGNALBOX_LOG_CONTRACT(engine)                                         \
  SIGNALBOX_CONTRACT_CASE(engine, an_empty_log_ends_at_zero_and_reads_nothing) \
  SIGNALBOX_CONTRACT_CASE(engine, indexes_are_dense_from_zero_over_groups)     \
  SIGNALBOX_CONTRACT_CASE(engine, records_come_back_in_order_and_bit_for_bit)  \
  SIGNALBOX_CONTRACT_CASE(engine, an_empty_record_takes_an_index)              \
  SIGNALBOX_CONTRACT_CASE(engine, an_empty_group_appends_nothing)              \
  SIGNALBOX_CONTRACT_CASE(engine, the_largest_record_is_taken)                 \
  SIGNALBOX_CONTRACT_CASE(                                                     \
      engine, a_group_with_a_record_that_is_too_large_is_refused_whole)        \
  SIGNALBOX_CONTRACT_CASE(engine, reading_starts_anywhere)                     \
  SIGNALBOX_CONTRACT_CASE(engine, the_visitor_stops_the_reading)               \
  SIGNALBOX_CONTRACT_CASE(engine,                                              \
                          a_thousand_groups_of_mixed_sizes_are_read_back)

/// For engines with one writer, which stamps its groups itself and lands each
/// as a whole.
#define SIGNALBOX_OWN_LOG_CONTRACT(engine)                                     \
  SIGNALBOX_CONTRACT_CASE(engine, the_append_time_is_kept_per_group)           \
  SIGNALBOX_CONTRACT_CASE(engine, a_time_before_the_epoch_is_kept)             \
  SIGNALBOX_CONTRACT_CASE(engine, readers_on_another_thread_see_whole_prefixes)

/// For engines that outlive the process, besides the above.
#define SIGNALBOX_DURABLE_LOG_CONTRACT(engine)                                 \
  SIGNALBOX_CONTRACT_CASE(engine, what_was_acknowledged_is_there_after_a_reopen)
