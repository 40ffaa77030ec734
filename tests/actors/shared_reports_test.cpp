#include "actors/client_reports.hpp"

#include <chrono>
#include <future>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"
#include "tests/actors/shared_memory_stream.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

constexpr std::int64_t day = 24LL * 3'600'000;
constexpr std::int64_t start_time = 1'800'000'000'000;

client_state state(const std::string& who, std::string_view artifact = "a") {
  client_state out;
  out.fingerprint = who;
  out.client_id = "codex";
  out.profile = "default";
  out.artifact = sha256(as_bytes(artifact));
  out.result = report_result::applied;
  return out;
}

/// One of several nodes that count the reports of all.
struct reporting_node {
  explicit reporting_node(stream_broker& broker, std::uint8_t key = 1,
                          bool is_new_key = false)
      : stream{broker} {
    stream.serve([](auto&) { return true; });
    std::optional<pseudonyms> names;
    if (key != 0)
      names.emplace(byte_buffer(32, key));
    reports = std::make_unique<client_reports>(client_reports_config{
        .stream = stream,
        .shared = &stream,
        .names = names,
        .node = {},
        .wall_clock = [this] { return timestamp{now.load()}; },
        .warn =
            [this](std::string x) {
              const std::lock_guard lock{mutex};
              warnings += x + '\n';
            },
        .keep = 30 * day,
        .window = day,
        .is_new_key = is_new_key});
    reports->start();
  }

  result<report_receipt> take(client_state x) {
    std::promise<result<report_receipt>> told;
    auto answer = told.get_future();
    reports->take(std::move(x), [&](auto y) { told.set_value(std::move(y)); });
    return answer.get();
  }

  std::uint64_t clients(std::int64_t window = day) const {
    std::uint64_t out = 0;
    for (auto& x : reports->count(window, {}))
      out += x.clients.value_or(0);
    return out;
  }

  std::string warned() {
    const std::lock_guard lock{mutex};
    return warnings;
  }

  stream_member stream;
  std::atomic<std::int64_t> now{start_time};
  std::mutex mutex;
  std::string warnings; // under mutex
  std::unique_ptr<client_reports> reports;
};

template <class F>
bool comes_true(F holds) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!holds() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  return holds();
}

struct two_nodes {
  two_nodes() { broker.set_time(timestamp{start_time}); }

  stream_broker broker;
  reporting_node first{broker};
  reporting_node second{broker};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shared_reports, two_nodes)

BOOST_AUTO_TEST_CASE(each_node_counts_what_all_of_them_took_fr15) {
  BOOST_REQUIRE(first.take(state("host-1")));
  BOOST_REQUIRE(second.take(state("host-2")));
  BOOST_REQUIRE(second.take(state("host-3", "b")));
  BOOST_TEST(comes_true([&] { return first.clients() == 3; }));
  BOOST_TEST(comes_true([&] { return second.clients() == 3; }));
  BOOST_TEST(first.reports->count(day, {}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_client_that_moves_to_another_node_counts_once_fr15) {
  BOOST_REQUIRE(first.take(state("host-1", "a")));
  BOOST_REQUIRE(second.take(state("host-1", "b")));
  const auto is_b = [](const reporting_node& x) {
    const auto all = x.reports->count(day, {});
    return all.size() == 1 && all[0].clients.value_or(0) == 1 &&
           all[0].what.artifact == sha256(as_bytes("b"));
  };
  BOOST_TEST(comes_true([&] { return is_b(first); }));
  BOOST_TEST(comes_true([&] { return is_b(second); }));
}

BOOST_AUTO_TEST_CASE(a_receipt_does_not_wait_for_the_reading_fr14) {
  broker.hold(true);
  const auto receipt = first.take(state("host-1"));
  BOOST_REQUIRE(receipt);
  BOOST_TEST(receipt->counted);
  BOOST_TEST(first.clients() == 1u); // who reports here reads it here
  BOOST_TEST(second.clients() == 0u);
  broker.hold(false);
  BOOST_TEST(comes_true([&] { return second.clients() == 1; }));
}

BOOST_AUTO_TEST_CASE(the_order_of_the_stream_has_the_last_word_fr15) {
  broker.hold(true);
  BOOST_REQUIRE(second.take(state("host-1", "b")));
  BOOST_REQUIRE(first.take(state("host-1", "a")));
  BOOST_REQUIRE(second.take(state("host-2", "b")));
  broker.hold(false);
  // Counted at its receipt, b was the second node's word; a is the stream's.
  const auto same = [&] {
    const auto x = second.reports->count(day, {});
    return x.size() == 2 && x[0].clients == 1u && x[1].clients == 1u;
  };
  BOOST_TEST(comes_true(same));
  BOOST_TEST(comes_true([&] { return first.clients() == 2; }));
  BOOST_TEST(first.reports->count(day, {}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_node_that_joins_later_counts_the_same_fr15) {
  BOOST_REQUIRE(first.take(state("host-1")));
  BOOST_REQUIRE(second.take(state("host-2")));
  reporting_node third{broker};
  BOOST_TEST(third.clients() == 2u);
  BOOST_TEST(third.warned().empty());
}

BOOST_AUTO_TEST_CASE(times_are_the_streams_and_not_the_nodes_fr15) {
  broker.set_time(timestamp{start_time - 2 * day});
  BOOST_REQUIRE(first.take(state("host-1")));
  BOOST_TEST(comes_true([&] { return second.clients(3 * day) == 1; }));
  BOOST_TEST(second.clients(day) == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_with_another_key_takes_no_reports_and_says_so) {
  BOOST_REQUIRE(first.take(state("host-1")));
  reporting_node stranger{broker, 2};
  BOOST_TEST(stranger.clients() == 1u); // counting needs no key
  const auto refused = stranger.take(state("host-1"));
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::unavailable);
  BOOST_TEST(refused.error().message.find("pseudonym.key") !=
             std::string::npos);
  BOOST_TEST(stranger.warned().find("pseudonym.key") != std::string::npos);
  BOOST_TEST(stranger.clients() == 1u);
  BOOST_REQUIRE(first.take(state("host-2"))); // the others go on
}

BOOST_AUTO_TEST_CASE(keys_that_differ_are_noticed_while_running_too) {
  reporting_node stranger{broker, 2};
  BOOST_REQUIRE(first.take(state("host-1")));
  BOOST_TEST(comes_true([&] { return stranger.clients() == 1; }));
  BOOST_TEST(!stranger.take(state("host-1")));
  BOOST_TEST(!stranger.warned().empty());
}

BOOST_AUTO_TEST_CASE(a_key_that_is_changed_on_purpose_is_taken_by_all) {
  BOOST_REQUIRE(first.take(state("host-1")));
  reporting_node changed{broker, 2, true};
  BOOST_REQUIRE(changed.take(state("host-1")));
  // The nodes that were forgotten notice; those that have it need no more.
  BOOST_TEST(comes_true([&] { return !first.warned().empty(); }));
  BOOST_TEST(!first.take(state("host-2")));
  reporting_node next{broker, 2};
  BOOST_REQUIRE(next.take(state("host-2")));
}

BOOST_AUTO_TEST_CASE(a_node_without_a_key_counts_and_takes_none) {
  reporting_node bare{broker, 0};
  BOOST_REQUIRE(first.take(state("host-1")));
  BOOST_TEST(comes_true([&] { return bare.clients() == 1; }));
  const auto refused = bare.take(state("host-2"));
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::unavailable);
}

BOOST_AUTO_TEST_CASE(the_key_of_the_order_is_the_pseudonym) {
  const pseudonyms names{byte_buffer(32, 1)};
  client_reported x;
  x.client = names.of("codex", "default", "host-1");
  x.client_id = "codex";
  x.profile = "default";
  const auto record = encode_stream_record({x, timestamp{1}, {}, {}});
  BOOST_TEST(report_key(record) == x.client.hex());
  BOOST_TEST(report_key(as_bytes("damaged")).empty());
}

BOOST_AUTO_TEST_SUITE_END()
