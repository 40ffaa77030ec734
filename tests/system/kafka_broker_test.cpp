#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/system/engines.hpp"
#include "tests/system/kafka_client.hpp"
#include "tests/system/kafka_cluster.hpp"

namespace signalbox::test {

namespace {

const std::string topic = "decisions";
const kafka_client::settings two_of_three{{"min.insync.replicas", "2"}};

/// `count` records, told apart by `word`.
std::vector<std::string> some(const std::string& word, int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i)
    out.push_back(word + ' ' + std::to_string(i));
  return out;
}

std::vector<std::string> both(std::vector<std::string> x,
                              const std::vector<std::string>& y) {
  x.insert(x.end(), y.begin(), y.end());
  return x;
}

void check_records(const kafka_client& client,
                   const std::vector<std::string>& wanted) {
  const auto found = client.read(topic);
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), wanted.begin(),
                                wanted.end());
}

/// A cluster of three with a topic that needs two replicas in sync.
struct three_brokers {
  three_brokers() {
    client.create_topic(topic, 3, two_of_three);
    cluster.await_in_sync(topic);
  }

  /// A broker that does not lead.
  int follower() const { return client.leader(topic) % 3 + 1; }

  kafka_cluster cluster{3};
  kafka_client client{cluster.bootstrap()};
};

/// Starts a cluster with a line for the shell, kills the shell and waits for
/// every process that has to do with the cluster's folder to end.
void check_ends_with_shell(const std::string& before,
                           const std::string& after) {
  const temporary_directory place;
  const auto data = place / "data";
  write_text(place / "out", "");
  child_process shell{
      {{"sh", "-c",
        before + kafka_cluster::tool.string() + " start --grace 0 --data " +
            data.string() + after}},
      place / "out",
      place / "err"};
  while (!read_text(place / "out").ends_with('\n'))
    BOOST_REQUIRE(!shell.ended_within(std::chrono::milliseconds{10}));
  const auto someone_left = [&] {
    return run({{"pgrep", "-f", data.string()}}).status == 0;
  };
  BOOST_CHECK(someone_left());
  shell.signal(SIGKILL);
  shell.wait();
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  while (someone_left())
    BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_broker, *of_one_engine())

BOOST_AUTO_TEST_CASE(a_killed_broker_has_its_records_after_a_restart) {
  const kafka_cluster cluster;
  const kafka_client client{cluster.bootstrap()};
  client.create_topic(topic, 1);
  client.produce(topic, some("before", 100));
  cluster.kill(1);
  cluster.restart(1);
  check_records(client, some("before", 100));
  client.produce(topic, some("after", 100));
  check_records(client, both(some("before", 100), some("after", 100)));
}

BOOST_AUTO_TEST_CASE(a_cluster_started_again_keeps_ports_and_records) {
  kafka_cluster cluster;
  const auto bootstrap = cluster.bootstrap();
  const kafka_client client{bootstrap};
  client.create_topic(topic, 1);
  client.produce(topic, some("before", 10));
  cluster.end();
  cluster.start();
  BOOST_CHECK_EQUAL(cluster.bootstrap(), bootstrap);
  check_records(client, some("before", 10));
}

BOOST_FIXTURE_TEST_CASE(acks_of_all_come_while_one_of_three_is_dead,
                        three_brokers) {
  client.produce(topic, some("before", 100));
  const int dead = client.leader(topic);
  cluster.kill(dead);
  client.produce(topic, some("without", 100));
  check_records(client, both(some("before", 100), some("without", 100)));
  cluster.restart(dead);
  cluster.await_in_sync(topic);
  check_records(client, both(some("before", 100), some("without", 100)));
}

BOOST_FIXTURE_TEST_CASE(a_leader_moves_where_it_is_told, three_brokers) {
  const int next = follower();
  cluster.lead(topic, 0, next);
  BOOST_CHECK_EQUAL(client.leader(topic), next);
  client.produce(topic, some("moved", 10));
  check_records(client, some("moved", 10));
}

BOOST_FIXTURE_TEST_CASE(a_paused_leader_is_replaced_and_comes_back,
                        three_brokers) {
  const int slow = client.leader(topic);
  cluster.pause(slow);
  client.produce(topic, some("without", 10));
  cluster.resume(slow);
  cluster.await_in_sync(topic);
  check_records(client, some("without", 10));
}

BOOST_AUTO_TEST_CASE(brokers_end_when_the_tool_is_killed) {
  check_ends_with_shell("exec ", "");
}

BOOST_AUTO_TEST_CASE(brokers_end_when_the_parent_of_the_tool_is_killed) {
  check_ends_with_shell("", " & wait");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_said) {
  const kafka_cluster cluster;
  const auto says = [](const std::string& text) {
    return [text](const std::exception& x) {
      return std::string{x.what()}.find(text) != std::string::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(cluster.kill(2), std::runtime_error,
                        says("there is no broker 2"));
  BOOST_CHECK_EXCEPTION(cluster.lead("none", 0, 1), std::runtime_error,
                        says("the topic none"));
  cluster.kill(1);
  BOOST_CHECK_EXCEPTION(cluster.pause(1), std::runtime_error,
                        says("broker 1 does not run"));
  BOOST_CHECK_EXCEPTION(kafka_cluster(1, {"--set", "process.roles=nothing"}),
                        std::runtime_error, says("formatting failed"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
