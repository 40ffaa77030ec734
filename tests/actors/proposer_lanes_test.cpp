#include "actors/lanes.hpp"
#include "tests/actors/proposer_world.hpp"

using namespace signalbox;
using namespace signalbox::test;
namespace d = actor_defaults;

BOOST_FIXTURE_TEST_SUITE(proposer_lanes, proposer_world)

BOOST_AUTO_TEST_CASE(commands_of_a_lane_do_not_race_each_other) {
  start();
  std::vector<conclusions> all(20);
  for (auto& x : all) {
    auto command = x.make(context(), [this](const view& v) {
      ++prepared;
      return result<preparation>{rebinding(facts_version(v))};
    });
    command->lane = "claude-code/default";
    submit(std::move(command));
  }
  settle();
  for (auto& x : all)
    BOOST_CHECK(x.accepted());
  BOOST_CHECK_EQUAL(prepared, 20); // no attempt was wasted
}

BOOST_AUTO_TEST_CASE(a_lane_goes_on_after_a_command_that_failed) {
  start();
  conclusions bad;
  auto first = bad.make(context(), [](const view&) {
    return result<preparation>{failure{errc::validation_failed, "no"}};
  });
  auto second = making("ann");
  auto third = making("bob");
  for (auto* x : {&first, &second, &third}) {
    (*x)->lane = "lane";
    submit(std::move(*x));
  }
  settle();
  BOOST_CHECK_EQUAL(bad.refusal(), errc::validation_failed);
  BOOST_CHECK_EQUAL(told.all.size(), 2U);
  BOOST_CHECK(knows("ann") && knows("bob"));
}

BOOST_AUTO_TEST_CASE(a_lane_that_is_full_refuses_at_once) {
  start();
  hold_proposals();
  std::vector<conclusions> all(d::max_queued_per_lane + 2);
  for (auto& x : all)
    submit(in_lane(x, "lane"));
  conclusions elsewhere;
  submit(in_lane(elsewhere, "another lane"));
  settle();
  // One is under way, the lane is full, the last was one too many.
  BOOST_CHECK_EQUAL(all.back().refusal(), errc::overloaded);
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    BOOST_REQUIRE(all[i].all.empty());
  let_go();
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    BOOST_REQUIRE(all[i].accepted());
  BOOST_CHECK(elsewhere.accepted());
}

BOOST_AUTO_TEST_CASE(all_lanes_together_are_bounded) {
  lanes x{{2, 3}};
  auto enter = [&](const char* lane) {
    auto y = std::make_shared<command>();
    y->lane = lane;
    return x.enter(y, {});
  };
  using enum lanes::turn;
  BOOST_CHECK(enter("a") == now && enter("b") == now);
  BOOST_CHECK(enter("a") == later && enter("a") == later);
  BOOST_CHECK(enter("a") == never); // the lane
  BOOST_CHECK(enter("b") == later);
  BOOST_CHECK(enter("b") == never); // all of them
  BOOST_CHECK(enter("c") == now);   // who need not wait takes no room
  command of_a;
  of_a.lane = "a";
  BOOST_CHECK(x.leave(of_a) != nullptr);
  BOOST_CHECK(enter("b") == later);
  BOOST_CHECK_EQUAL(x.expire({}).size(), 3U);
  BOOST_CHECK(!x.next_deadline());
  BOOST_CHECK(enter("b") == later); // its lane is still taken
}

BOOST_AUTO_TEST_CASE(a_queued_command_is_told_when_its_turn_does_not_come) {
  start();
  hold_proposals();
  conclusions first, second, third;
  submit(in_lane(first, "lane"));
  submit(in_lane(second, "lane"));
  settle();
  wait(std::chrono::seconds{4});
  submit(in_lane(third, "lane"));
  settle();
  wait(d::queue_within - std::chrono::seconds{4} -
       std::chrono::milliseconds{20});
  BOOST_CHECK(second.all.empty());
  advance(std::chrono::milliseconds{20});
  BOOST_REQUIRE_EQUAL(second.refusal(), errc::overloaded);
  BOOST_CHECK(!second.all[0].answer.refused->message.empty());
  BOOST_CHECK(third.all.empty());
  wait(std::chrono::seconds{4});
  BOOST_CHECK_EQUAL(third.refusal(), errc::overloaded);
  BOOST_CHECK_EQUAL(prepared, 1); // nothing of theirs was written
  let_go();
  BOOST_REQUIRE_EQUAL(first.all.size(), 1U);
  BOOST_CHECK_EQUAL(first.all[0].answer.result, outcome::expired);
  submit(in_lane(first, "lane")); // the lane is free again
  settle();
  BOOST_CHECK_EQUAL(prepared, 2);
}

BOOST_AUTO_TEST_SUITE_END()
