#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "events/envelope.hpp"
#include "storage/stream.hpp"

/// What every engine of streams must do. An engine is a class with
/// `event_stream& stream()`, and `void reopen()` where it outlives the process.
/// Engines with one writer, which stamps its groups itself, do more:
/// SIGNALBOX_OWN_STREAM_CONTRACT.
namespace signalbox::test::stream_contract {

using texts = std::vector<std::string>;

inline std::uint64_t append(event_stream& to, const texts& records,
                            std::int64_t time = 1000) {
  std::vector<byte_view> views;
  for (auto& x : records)
    views.push_back(as_bytes(x));
  auto out = to.append(views, timestamp{time});
  BOOST_REQUIRE_MESSAGE(out, out.error().message);
  return *out;
}

inline texts read(const event_stream& from, std::uint64_t first = 0) {
  texts out;
  auto next = std::max(first, from.begin());
  BOOST_REQUIRE(from.read(first, [&](const stream_entry_view& x) {
    BOOST_TEST(x.index == next++);
    out.emplace_back(as_text(x.record));
    return true;
  }));
  return out;
}

inline texts read_back(const event_stream& from, std::uint64_t before) {
  texts out;
  auto next = std::min(before, from.end());
  BOOST_REQUIRE(from.read_back(before, [&](const stream_entry_view& x) {
    BOOST_TEST(x.index == --next);
    out.emplace_back(as_text(x.record));
    return true;
  }));
  return out;
}

template <class Engine>
void an_empty_stream_begins_and_ends_at_zero(Engine& x) {
  BOOST_TEST(x.stream().begin() == 0u);
  BOOST_TEST(x.stream().end() == 0u);
  BOOST_TEST(read(x.stream()).empty());
  BOOST_TEST(read_back(x.stream(), 5).empty());
  BOOST_TEST(append(x.stream(), {}) == 0u);
}

template <class Engine>
void indexes_are_dense_over_groups(Engine& x) {
  BOOST_TEST(append(x.stream(), {"a"}) == 0u);
  BOOST_TEST(append(x.stream(), {"b", "c"}) == 1u);
  BOOST_TEST(x.stream().end() == 3u);
  BOOST_TEST((read(x.stream()) == texts{"a", "b", "c"}));
  BOOST_TEST((read(x.stream(), 1) == texts{"b", "c"}));
  BOOST_TEST((read_back(x.stream(), 2) == texts{"b", "a"}));
  BOOST_TEST((read_back(x.stream(), 99) == texts{"c", "b", "a"}));
}

template <class Engine>
void a_reader_stops_where_it_wants(Engine& x) {
  append(x.stream(), {"a", "b", "c"});
  int seen = 0;
  const auto once = [&](const stream_entry_view&) { return ++seen < 1; };
  BOOST_REQUIRE(x.stream().read(0, once));
  BOOST_TEST(seen == 1);
  seen = 0;
  BOOST_REQUIRE(x.stream().read_back(3, once));
  BOOST_TEST(seen == 1);
}

template <class Engine>
void times_do_not_go_back(Engine& x) {
  append(x.stream(), {"a"}, 2000);
  append(x.stream(), {"b"}, 1000);
  std::vector<std::int64_t> times;
  BOOST_REQUIRE(x.stream().read(0, [&](const stream_entry_view& y) {
    times.push_back(to_integer(y.append_time));
    return true;
  }));
  BOOST_TEST((times == std::vector<std::int64_t>{2000, 2000}));
}

template <class Engine>
void trimming_drops_what_is_older_and_keeps_the_indexes_nfr8(Engine& x) {
  append(x.stream(), {"a", "b"}, 1000);
  append(x.stream(), {"c"}, 2000);
  BOOST_REQUIRE(x.stream().trim(timestamp{1000}));
  BOOST_TEST(x.stream().begin() == 0u);
  BOOST_REQUIRE(x.stream().trim(timestamp{1001}));
  BOOST_TEST(x.stream().begin() == 2u);
  BOOST_TEST((read(x.stream()) == texts{"c"}));
  BOOST_TEST((read_back(x.stream(), 99) == texts{"c"}));
  BOOST_REQUIRE(x.stream().trim(timestamp{3000}));
  BOOST_TEST(x.stream().begin() == 3u);
  BOOST_TEST(read(x.stream()).empty());
  BOOST_TEST(append(x.stream(), {"d"}, 4000) == 3u);
  BOOST_TEST((read(x.stream()) == texts{"d"}));
}

template <class Engine>
void a_record_above_the_limit_is_refused_with_its_group(Engine& x) {
  const std::string large(max_record_bytes + 1, 'x');
  const std::vector<byte_view> group{as_bytes("a"), as_bytes(large)};
  auto refused = x.stream().append(group, timestamp{1});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::too_large);
  BOOST_TEST(x.stream().end() == 0u);
}

template <class Engine>
void readers_read_while_one_appends_and_trims(Engine& x) {
  std::atomic<bool> done{false};
  std::atomic<int> failed{0}, torn{0}; // assertions are for one thread
  std::thread reader{[&] {
    while (!done) {
      std::uint64_t next = 0;
      bool first = true, dense = true;
      auto read = x.stream().read(0, [&](const stream_entry_view& y) {
        dense = dense && (first || y.index == next);
        first = false;
        next = y.index + 1;
        return true;
      });
      failed += read ? 0 : 1;
      torn += dense ? 0 : 1;
    }
  }};
  for (std::int64_t i = 0; i < 200; ++i) {
    append(x.stream(), {"a", "b"}, i);
    if (i % 10 == 9)
      BOOST_TEST(static_cast<bool>(x.stream().trim(timestamp{i - 5})));
  }
  done = true;
  reader.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(torn == 0);
}

} // namespace signalbox::test::stream_contract

#define SIGNALBOX_STREAM_CASE(engine, name)                                    \
  BOOST_AUTO_TEST_CASE(name) {                                                 \
    engine x;                                                                  \
    signalbox::test::stream_contract::name(x);                                 \
  }

#define SIGNALBOX_STREAM_CONTRACT(engine)                                      \
  SIGNALBOX_STREAM_CASE(engine, an_empty_stream_begins_and_ends_at_zero)       \
  SIGNALBOX_STREAM_CASE(engine, indexes_are_dense_over_groups)                 \
  SIGNALBOX_STREAM_CASE(engine, a_reader_stops_where_it_wants)                 \
  SIGNALBOX_STREAM_CASE(engine,                                                \
                        a_record_above_the_limit_is_refused_with_its_group)

#define SIGNALBOX_OWN_STREAM_CONTRACT(engine)                                  \
  SIGNALBOX_STREAM_CASE(engine, times_do_not_go_back)                          \
  SIGNALBOX_STREAM_CASE(                                                       \
      engine, trimming_drops_what_is_older_and_keeps_the_indexes_nfr8)         \
  SIGNALBOX_STREAM_CASE(engine, readers_read_while_one_appends_and_trims)
