#include <atomic>
#include <thread>

#include "app/kafka_file.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/kafka_stream_topic.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/metric.hpp"
#include "tests/system/two_nodes.hpp"

// Reports of clients while the brokers that keep them fail.

namespace signalbox::test {

namespace {

struct three_brokers {
  kafka_cluster cluster{3};
};

/// Clients that report at one node, one after the other. Each tells again until
/// it is told that its report was taken: before that its fate is open.
class crowd {
 public:
  crowd(const node_process& at, std::string name, std::string artifact)
      : at_{at}, name_{std::move(name)}, artifact_{std::move(artifact)},
        thread_{[this] { run(); }} {}
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;
  ~crowd() { rest(); }

  void rest() {
    stop_ = true;
    if (thread_.joinable())
      thread_.join();
  }

  /// How many clients were told.
  int told() const { return told_; }
  bool gave_up() const { return gave_up_; }

  /// Its node takes reports.
  void check_goes_on() const {
    for (const auto wanted = told() + 50; told() < wanted && !gave_up();)
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    BOOST_REQUIRE(!gave_up());
  }

  /// Whether the node takes the report of the client with this number.
  bool tell(const node_process& at, int number) const try {
    return at.post("clients/claude-code/profiles/default/reports",
                   json::object{{"client_fingerprint",
                                 name_ + '-' + std::to_string(number)},
                                {"artifact_id", artifact_},
                                {"result", "applied"}},
                   {})
               .status == 200u;
  } catch (const std::exception&) {
    return false; // no answer in time
  }

 private:
  void run() {
    while (!stop_ && !gave_up_) {
      const auto deadline =
          std::chrono::steady_clock::now() + child_process::patience;
      while (!gave_up_ && !tell(at_, told_))
        gave_up_ = std::chrono::steady_clock::now() > deadline;
      told_ += gave_up_ ? 0 : 1;
    }
  }

  const node_process& at_;
  std::string name_;
  std::string artifact_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> gave_up_{false};
  std::atomic<int> told_{0};
  std::thread thread_;
};

/// Two nodes of a ledger on three brokers, and clients at both.
struct reported : three_brokers, two_nodes {
  reported() : two_nodes{program, cluster.bootstrap(), 3} {
    const auto made = publish(one, "running");
    BOOST_REQUIRE_EQUAL(made.status, 201u);
    get_at(*two, draft_client, made.header("Signalbox-Token"));
    at_one.emplace(one, "one", made.text("/artifact_id"));
    at_two.emplace(*two, "two", made.text("/artifact_id"));
  }

  int told() const { return at_one->told() + at_two->told(); }

  /// Both nodes take reports.
  void check_goes_on() const {
    for (auto* x : {&*at_one, &*at_two})
      x->check_goes_on();
  }

  std::string reports_topic() const {
    return kafka_topic(read_kafka_file(ledger.data()).value().value(),
                       reports_stream);
  }

  std::optional<crowd> at_one, at_two;
};

void check_count(const node_process& at, int wanted) {
  const auto x = await([&] { return at.get("deployments"); },
                       [&](auto& y) { return y.at("/clients") == wanted; });
  BOOST_TEST(x.at("/complete") == true);
}

/// How many records its copy of the topic holds.
std::uint64_t kept(const node_process& at) {
  return metric(at, "signalbox_reports_kept");
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_reports, *of_one_engine())

BOOST_FIXTURE_TEST_CASE(all_nodes_count_each_client_while_leaders_move_fr15,
                        reported) {
  const auto topic = reports_topic();
  check_goes_on();
  for (const int leader : {1, 2})
    cluster.lead(topic, 0, leader);
  check_goes_on();
  cluster.kill(2);
  check_goes_on();
  // A node that comes meanwhile reads what there is.
  const test_ledger later{joining{ledger}};
  add_node(later);
  give_keys(later);
  node_process three{later};
  crowd at_three{three, "three",
                 one.get(config_path(draft_client)).text("/artifact_id")};
  cluster.restart(2);
  cluster.await_in_sync(topic);
  cluster.lead(topic, 0, 2);
  check_goes_on();
  at_three.check_goes_on();
  for (auto* x : {&*at_one, &*at_two, &at_three}) {
    x->rest();
    BOOST_TEST(!x->gave_up());
  }
  const auto all = told() + at_three.told();
  for (const auto* node : {&one, &*two, &three})
    check_count(*node, all);
  // Others know them by the same pseudonyms.
  for (const int number : {0, at_one->told() / 2, at_one->told() - 1})
    BOOST_TEST(at_one->tell(three, number));
  BOOST_TEST(at_three.tell(*two, 0));
  // And all hold the same records.
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  while (kept(one) != kept(*two) || kept(one) != kept(three))
    BOOST_REQUIRE((std::chrono::steady_clock::now() < deadline));
  for (const auto* node : {&one, &*two, &three})
    check_count(*node, all);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
