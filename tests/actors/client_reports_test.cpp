#include "actors/client_reports.hpp"

#include <future>

#include <boost/test/unit_test.hpp>

#include "actors/activity_log.hpp"
#include "events/hash.hpp"
#include "storage/memory_stream.hpp"

using namespace signalbox;

namespace {

constexpr std::int64_t day = 24LL * 3'600'000;

/// Reports over a stream in memory, by a clock that the test moves.
struct reports_world {
  memory_stream stream;
  std::atomic<std::int64_t> now{1'800'000'000'000};
  std::vector<std::string> warnings;
  std::unique_ptr<client_reports> reports;

  reports_world() { start(); }

  void start(std::uint64_t floor = 0, double per_second = 1000) {
    reports = std::make_unique<client_reports>(client_reports_config{
        .stream = stream,
        .names = pseudonyms{byte_buffer(32, 1)},
        .node = {},
        .wall_clock = [this] { return timestamp{now.load()}; },
        .warn = [this](std::string x) { warnings.push_back(std::move(x)); },
        .keep = 30 * day,
        .window = day,
        .floor = floor,
        .per_second = per_second});
    reports->start();
  }

  void restart() {
    reports->stop();
    start();
  }

  static client_state state(const std::string& who,
                            std::string_view artifact = "a") {
    client_state out;
    out.fingerprint = who;
    out.client_id = "codex";
    out.profile = "default";
    out.artifact = sha256(as_bytes(artifact));
    out.result = report_result::applied;
    return out;
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
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_reporting, reports_world)

BOOST_AUTO_TEST_CASE(a_report_is_durable_and_counted_when_it_is_told_fr14) {
  const auto receipt = take(state("host-1"));
  BOOST_REQUIRE(receipt);
  BOOST_TEST(!receipt->repeated);
  BOOST_TEST(receipt->counted);
  BOOST_TEST(stream.end() == 1u);
  BOOST_TEST(clients() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_report_within_a_minute_writes_nothing_fr14) {
  BOOST_REQUIRE(take(state("host-1")));
  now += 59'000;
  BOOST_TEST(take(state("host-1"))->repeated);
  BOOST_TEST(stream.end() == 1u);
  BOOST_TEST(!take(state("host-1", "b"))->repeated);
  now += 61'000;
  BOOST_TEST(!take(state("host-1", "b"))->repeated);
  BOOST_TEST(stream.end() == 3u);
  BOOST_TEST(clients() == 1u);
}

BOOST_AUTO_TEST_CASE(a_restart_counts_what_the_stream_holds_fr15) {
  BOOST_REQUIRE(take(state("host-1")));
  BOOST_REQUIRE(take(state("host-2")));
  BOOST_REQUIRE(take(state("host-2", "b")));
  restart();
  BOOST_TEST(clients() == 2u);
  BOOST_TEST(reports->count(day, {}).size() == 2u);
  BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_client_leaves_the_counts_after_the_window_fr15) {
  BOOST_REQUIRE(take(state("host-1")));
  now += day + 1000;
  BOOST_TEST(clients() == 0u);
  BOOST_TEST(clients(2 * day) == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_older_than_its_retention_is_dropped_nfr8) {
  BOOST_REQUIRE(take(state("host-1")));
  now += 31 * day;
  restart(); // trims at once, before it writes
  BOOST_REQUIRE(take(state("host-2")));
  BOOST_TEST(stream.begin() == 1u);
  BOOST_TEST(clients(30 * day) == 1u);
  BOOST_TEST(reports->counts().clients == 1u);
}

BOOST_AUTO_TEST_CASE(a_stream_that_takes_nothing_is_told_and_not_counted) {
  stream.refuse_appends("the disk is full");
  const auto refused = take(state("host-1"));
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::read_only);
  BOOST_TEST(refused.error().message == "the disk is full");
  BOOST_TEST(clients() == 0u);
  BOOST_TEST(reports->counts().writer.failed == 1u);
  stream.refuse_appends("");
  BOOST_TEST(static_cast<bool>(take(state("host-1"))));
}

BOOST_AUTO_TEST_CASE(too_many_reports_are_refused_and_counted) {
  reports->stop();
  start(0, 0.001);
  const auto refused = take(state("host-1"));
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::overloaded);
  BOOST_TEST(reports->counts().limited == 1u);
}

BOOST_AUTO_TEST_CASE(a_report_after_the_stop_is_answered) {
  reports->stop();
  BOOST_TEST(!take(state("host-1")));
}

BOOST_AUTO_TEST_CASE(the_fingerprint_is_not_in_what_is_written_nfr8) {
  BOOST_REQUIRE(take(state("very-own-host-name")));
  std::string all;
  BOOST_REQUIRE(stream.read(0, [&](const stream_entry_view& x) {
    all += as_text(x.record);
    return true;
  }));
  BOOST_TEST(!all.empty());
  BOOST_TEST(all.find("very-own") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(small_groups_are_not_shown_under_a_floor_nfr8) {
  reports->stop();
  start(3);
  for (auto* who : {"a", "b"})
    BOOST_REQUIRE(take(state(who)));
  BOOST_TEST(!reports->count(day, {}).front().clients.has_value());
  for (auto* who : {"c", "d"})
    BOOST_REQUIRE(take(state(who)));
  BOOST_TEST(reports->count(day, {}).front().clients.value() == 3u);
}

BOOST_AUTO_TEST_CASE(
    a_repetition_is_written_like_any_other_under_a_floor_nfr8) {
  reports->stop();
  start(2);
  BOOST_REQUIRE(take(state("host-1")));
  const auto second = take(state("host-1"));
  BOOST_REQUIRE(second);
  BOOST_TEST(!second->repeated);
  BOOST_TEST(stream.end() == 2u);
  BOOST_TEST(reports->counts().repeated == 0u);
}

BOOST_AUTO_TEST_CASE(activity_is_limited_for_each_principal) {
  memory_stream entries;
  activity_log log{{.stream = entries,
                    .node = {},
                    .wall_clock = [this] { return timestamp{now.load()}; },
                    .warn = [](std::string) {},
                    .keep = day,
                    .per_subject = 2,
                    .per_second = 1000}};
  log.start();
  const auto noisy = principal_id::from(sha256(as_bytes("x")).view().first(16));
  for (int i = 0; i < 50; ++i)
    log.note(access_denied{noisy, "Publish", "forbidden"}, noisy, {});
  log.note(access_denied{{}, "Publish", "unauthenticated"}, {}, {});
  log.stop();
  BOOST_TEST(entries.end() >= 5u);
  BOOST_TEST(entries.end() < 20u);
  BOOST_TEST(entries.end() + log.counts().limited == 51u);
}

BOOST_AUTO_TEST_CASE(strangers_share_one_small_limit) {
  memory_stream entries;
  activity_log log{{.stream = entries,
                    .node = {},
                    .wall_clock = [this] { return timestamp{now.load()}; },
                    .warn = [](std::string) {},
                    .keep = day,
                    .per_stranger = 0.001,
                    .stranger_burst = 5}};
  log.start();
  for (int i = 0; i < 50; ++i)
    log.note(access_denied{{}, "Publish", "unauthenticated"}, {}, {});
  const auto known = principal_id::from(sha256(as_bytes("x")).view().first(16));
  log.note(access_denied{known, "Publish", "forbidden"}, known, {});
  log.stop();
  BOOST_TEST(entries.end() == 6u);
  BOOST_TEST(log.counts().limited == 45u);
}

BOOST_AUTO_TEST_SUITE_END()
