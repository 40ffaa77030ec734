#include "actors/shared_appender.hpp"

#include <set>

#include "storage/memory_state_store.hpp"
#include "tests/actors/machine.hpp"
#include "tests/actors/shared_memory.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

bool waits_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(1ms);
  return holds();
}

std::uint64_t folded(const machine& x) {
  return x.node->view().load()->data->size;
}

/// Two nodes of one ledger; each has a copy of the log of its own.
struct two_nodes {
  memory_broker broker;
  memory_member first_log{broker}, second_log{broker};
  memory_state_store first_store, second_store;
  machine first{first_log, first_store};
  machine second{second_log, second_store, first};

  void start() {
    second_log.serve(); // what a start reads before it folds
    first.start();
    second.start();
    // Each start writes a tick, which the other node reads when it comes.
    BOOST_REQUIRE(waits_until([&] { return folded(first) == folded(second); }));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(shared_appender_suite)

BOOST_AUTO_TEST_CASE(two_writers_are_each_answered_once_and_agree) {
  constexpr std::size_t n = 100;
  two_nodes x;
  x.start();
  std::thread other{[&] { x.second.submit_many(n); }}; // the same commands
  x.first.submit_many(n);
  other.join();
  BOOST_REQUIRE(x.first.answers.wait_for(n));
  BOOST_REQUIRE(x.second.answers.wait_for(n));
  BOOST_TEST(waits_until([&] { return folded(x.first) == folded(x.second); }));
  auto mine = x.first.answers.all(), theirs = x.second.answers.all();
  for (auto& [key, told] : mine) {
    BOOST_REQUIRE_EQUAL(told.size(), 1u);
    BOOST_REQUIRE_EQUAL(theirs[key].size(), 1u);
    // One of the two did it; the other is told the same outcome.
    BOOST_TEST(is_accepted(told[0]));
    BOOST_TEST(is_accepted(theirs[key][0]));
    BOOST_CHECK(told[0].index == theirs[key][0].index);
  }
  auto a = x.first.node->view().load()->data;
  auto b = x.second.node->view().load()->data;
  BOOST_CHECK(a->chain == b->chain);
}

BOOST_AUTO_TEST_CASE(what_another_node_writes_is_followed_without_a_command) {
  two_nodes x;
  x.start();
  x.first.submit("ann");
  BOOST_REQUIRE(x.first.answers.wait_for(1));
  const auto size = folded(x.first);
  BOOST_TEST(waits_until([&] { return folded(x.second) >= size; }));
  BOOST_TEST(is_accepted(x.second.find("ann")));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_held_back_leaves_though_nothing_wakes) {
  two_nodes x;
  x.start();
  x.first_log.hold_back();
  for (const std::string name : {"ann", "bob"}) {
    x.first.submit(name);
    BOOST_REQUIRE(waits_until([&] { return is_accepted(x.first.find(name)); }));
  }
  BOOST_REQUIRE(x.first.answers.wait_for(2));
  BOOST_TEST(is_accepted(x.first.answers.all()["bob"].at(0)));
}

BOOST_AUTO_TEST_CASE(the_fold_answers_whatever_the_report_said) {
  two_nodes x;
  x.start();
  x.broker.set_reports(memory_broker::report::failed_though_appended);
  x.first.submit("ann");
  BOOST_REQUIRE(x.first.answers.wait_for(1));
  const auto told = x.first.answers.all()["ann"].at(0);
  // Both words may come first; neither may be a false "never".
  if (told.refused)
    BOOST_CHECK_EQUAL(told.refused->code, errc::pending);
  BOOST_TEST(waits_until([&] { return is_accepted(x.first.find("ann")); }));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_lost_is_pending_and_not_refused) {
  two_nodes x;
  x.start();
  x.broker.set_reports(memory_broker::report::failed_and_lost);
  x.first.submit("ann");
  BOOST_REQUIRE(x.first.answers.wait_for(1));
  const auto told = x.first.answers.all()["ann"].at(0);
  BOOST_REQUIRE(told.refused.has_value());
  BOOST_CHECK_EQUAL(told.refused->code, errc::pending);
}

BOOST_AUTO_TEST_CASE(a_lost_log_stops_the_node_and_keeps_its_view) {
  two_nodes x;
  x.start();
  const auto size = folded(x.first);
  x.first_log.lose("the topic was made anew");
  BOOST_TEST(waits_until(
      [&] { return !x.first.node->status().read_problem().empty(); }));
  BOOST_TEST(x.first.node->status().write_problem() ==
             "the topic was made anew");
  BOOST_TEST(folded(x.first) == size);
  x.first.submit("ann");
  BOOST_REQUIRE(x.first.answers.wait_for(1));
  BOOST_CHECK_EQUAL(x.first.answers.all()["ann"].at(0).refused->code,
                    errc::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()
