#include "storage/kafka_log.hpp"

#include "storage/rocksdb_state_store.hpp"
#include "tests/actors/machine.hpp"
#include "tests/kafka/kafka_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;

namespace {

/// Two nodes on one topic.
struct two_nodes {
  kafka_engine here;
  kafka_engine there{here};
  rocksdb_state_store here_store{here.database()};
  rocksdb_state_store there_store{there.database()};
  machine first{here.log(), here_store};
  machine second{there.log(), there_store, first};

  void start() {
    first.start();
    BOOST_REQUIRE(there.log().meet()); // as a start does
    second.start();
  }

  bool agree() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      auto a = first.node->view().load()->data;
      auto b = second.node->view().load()->data;
      if (a->size == b->size)
        return a->chain == b->chain;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_node)

BOOST_AUTO_TEST_CASE(two_nodes_answer_the_same_commands_alike_and_agree) {
  constexpr std::size_t n = 200;
  two_nodes x;
  x.start();
  std::thread other{[&] { x.second.submit_many(n); }};
  x.first.submit_many(n);
  other.join();
  BOOST_REQUIRE(x.first.answers.wait_for(n));
  BOOST_REQUIRE(x.second.answers.wait_for(n));
  BOOST_TEST(x.agree());
  auto mine = x.first.answers.all(), theirs = x.second.answers.all();
  auto logged = x.first.logged();
  for (auto& [key, told] : mine) {
    BOOST_REQUIRE_EQUAL(told.size(), 1u);
    BOOST_TEST(is_accepted(told[0]));
    BOOST_TEST(is_accepted(theirs[key].at(0)));
    BOOST_CHECK(told[0].index == theirs[key][0].index);
    BOOST_TEST(logged[x.first.id_of(key)] >= 1);
  }
}

BOOST_AUTO_TEST_CASE(a_broker_killed_in_between_loses_nothing_acknowledged) {
  constexpr std::size_t n = 300;
  two_nodes x;
  x.start();
  std::thread writers{[&] { x.first.submit_many(n); }};
  BOOST_REQUIRE(x.first.answers.wait_for(20)); // in the midst of it
  one_broker().kill(1);
  one_broker().restart(1);
  writers.join();
  BOOST_REQUIRE(x.first.answers.wait_for(n));
  // Whatever was told holds on both nodes, once all of it is read.
  x.second.submit("last");
  BOOST_REQUIRE(x.second.answers.wait_for(1));
  BOOST_TEST(x.agree());
  std::size_t accepted = 0;
  for (auto& [key, told] : x.first.answers.all()) {
    BOOST_REQUIRE_EQUAL(told.size(), 1u);
    if (!is_accepted(told[0]))
      continue;
    ++accepted;
    BOOST_TEST(is_accepted(x.second.find(key)));
  }
  BOOST_TEST(accepted >= 20u);
}

BOOST_AUTO_TEST_CASE(a_node_that_comes_back_reads_what_it_missed) {
  two_nodes x;
  x.start();
  x.second.node->stop();
  x.first.submit_many(50);
  BOOST_REQUIRE(x.first.answers.wait_for(50));
  x.second.start();
  BOOST_TEST(x.agree());
}

BOOST_AUTO_TEST_SUITE_END()
