#include "actors/client_reports.hpp"

#include <future>

#include "actors/activity_log.hpp"
#include "tests/kafka/kafka_stream_engine.hpp"
#include "tests/kafka/stranger.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

constexpr std::int64_t day = 24LL * 3'600'000;

std::int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

client_state state(int who, std::string_view artifact = "a") {
  client_state out;
  out.fingerprint = "host-" + std::to_string(who);
  out.client_id = "codex";
  out.profile = "default";
  out.artifact = sha256(as_bytes(artifact));
  out.result = report_result::applied;
  return out;
}

template <class F>
bool comes_true(F holds) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!holds() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  return holds();
}

/// A node of a ledger that takes and counts reports.
class reporting_node {
 public:
  explicit reporting_node(const stream_topic& topic)
      : stream_{topic, report_key} {
    start();
  }

  void start(std::int64_t ahead = 0) {
    reports_ = std::make_unique<client_reports>(client_reports_config{
        .stream = stream_.stream(),
        .shared = &stream_.stream(),
        .names = pseudonyms{byte_buffer(32, 1)},
        .node = {},
        .wall_clock = [ahead] { return timestamp{wall_clock_ms() + ahead}; },
        .warn = [](std::string) {},
        .keep = 30 * day,
        .window = day});
    reports_->start();
  }

  void stop() {
    reports_.reset();
    stream_.close();
  }

  void restart(std::int64_t ahead = 0) {
    reports_.reset();
    stream_.reopen();
    start(ahead);
  }

  void take(client_state x) {
    std::promise<result<report_receipt>> told;
    auto answer = told.get_future();
    reports_->take(std::move(x), [&](auto y) { told.set_value(std::move(y)); });
    const auto receipt = answer.get();
    BOOST_REQUIRE_MESSAGE(receipt, receipt.error().message);
  }

  /// Clients with this artifact.
  std::uint64_t clients(std::string_view artifact) const {
    std::uint64_t out = 0;
    for (auto& x : reports_->count(30 * day, {}))
      if (x.what.artifact == sha256(as_bytes(artifact)))
        out += x.clients.value_or(0);
    return out;
  }

  bool has(std::uint64_t a, std::uint64_t b) const {
    return comes_true([&] { return clients("a") == a && clients("b") == b; });
  }

  stream_node& stream() { return stream_; }

 private:
  stream_node stream_;
  std::unique_ptr<client_reports> reports_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_reports)

BOOST_AUTO_TEST_CASE(two_nodes_count_the_reports_of_both_fr15) {
  const stream_topic topic{default_report_partitions};
  reporting_node first{topic}, second{topic};
  for (int i = 0; i < 40; ++i)
    (i % 2 == 0 ? first : second).take(state(i));
  BOOST_TEST(first.has(40, 0));
  BOOST_TEST(second.has(40, 0));
  // Clients that go on with the other node are the same ones.
  for (int i = 0; i < 10; ++i)
    (i % 2 == 0 ? second : first).take(state(i, "b"));
  BOOST_TEST(first.has(30, 10));
  BOOST_TEST(second.has(30, 10));
}

BOOST_AUTO_TEST_CASE(counts_are_right_after_a_restart_fr15) {
  const stream_topic topic{default_report_partitions};
  reporting_node first{topic}, second{topic};
  for (int i = 0; i < 10; ++i)
    (i % 2 == 0 ? first : second).take(state(i));
  BOOST_TEST(second.has(10, 0));
  second.stop();
  for (int i = 5; i < 15; ++i)
    first.take(state(i, "b"));
  second.restart();
  BOOST_TEST(second.clients("a") == 5u); // at once: it has caught up
  BOOST_TEST(second.clients("b") == 10u);
  BOOST_TEST(first.has(5, 10));
}

BOOST_AUTO_TEST_CASE(counts_are_right_after_the_retention_nfr8) {
  const stream_topic topic{1};
  reporting_node first{topic};
  for (int i = 0; i < 4; ++i)
    first.take(state(i));
  // The topic has dropped three: who joins now counts one, and whoever had
  // read them counts them until its own retention is over.
  stranger{one_broker().bootstrap()}.drop_before(topic.name(), 0, 3);
  reporting_node second{topic};
  BOOST_TEST(second.has(1, 0));
  BOOST_TEST(first.has(4, 0));
  first.restart(31 * day);
  BOOST_TEST(comes_true([&] { return first.stream().stream().size() == 0; }));
  BOOST_TEST(first.clients("a") == 0u);
  second.take(state(9, "b"));
  BOOST_TEST(second.has(1, 1));
}

BOOST_AUTO_TEST_CASE(a_quick_answer_counts_where_it_was_given_fr14) {
  const stream_topic topic{default_report_partitions};
  reporting_node x{topic};
  for (int i = 0; i < 20; ++i) {
    x.take(state(i));
    BOOST_TEST(x.clients("a") == static_cast<std::uint64_t>(i) + 1);
  }
}

BOOST_AUTO_TEST_CASE(activity_is_the_same_on_both_nodes) {
  const stream_topic topic;
  stream_node first{topic}, second{topic};
  const auto config = [](stream_node& x) {
    return activity_log_config{
        .stream = x.stream(),
        .node = {},
        .wall_clock = [] { return timestamp{wall_clock_ms()}; },
        .warn = [](std::string) {},
        .keep = day,
        .shared = &x.stream(),
        .per_subject = 1000,
        .per_second = 1000};
  };
  activity_log one{config(first)}, two{config(second)};
  one.start();
  two.start();
  const auto who = principal_id::from(sha256(as_bytes("x")).view().first(16));
  for (int i = 0; i < 10; ++i) {
    one.note(access_denied{who, "Publish", "forbidden"}, who, {});
    two.note(access_denied{who, "Revert", "forbidden"}, who, {});
  }
  const auto rows = [](const activity_log& x) {
    std::vector<std::pair<std::uint64_t, std::string>> out;
    BOOST_REQUIRE(x.entries().read(0, [&](const stream_entry_view& y) {
      out.emplace_back(y.index, as_text(y.record));
      return true;
    }));
    return out;
  };
  BOOST_TEST(comes_true([&] { return rows(one).size() == 20; }));
  BOOST_TEST(comes_true([&] { return rows(two).size() == 20; }));
  BOOST_TEST((rows(one) == rows(two)));
}

BOOST_AUTO_TEST_SUITE_END()
