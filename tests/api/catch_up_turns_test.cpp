#include "api/catch_up_turns.hpp"

#include <atomic>
#include <deque>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(catching_up)

BOOST_AUTO_TEST_CASE(few_have_a_turn_and_the_others_wait_in_order_fr10) {
  catch_up_turns turns{2};
  std::vector<int> order;
  std::deque<catch_up_turns::turn> held;
  const auto give_back = [&] {
    const auto first = std::move(held.front());
    held.pop_front(); // what comes then is kept behind the others
  };
  for (int i = 0; i < 5; ++i)
    turns.ask([&, i](auto turn) {
      order.push_back(i);
      held.push_back(std::move(turn));
    });
  BOOST_TEST(order == (std::vector<int>{0, 1}));
  BOOST_TEST(turns.waiting() == 3u);
  give_back();
  BOOST_TEST(order == (std::vector<int>{0, 1, 2}));
  // Who asks again stands behind the others.
  turns.ask([&](auto) { order.push_back(9); });
  while (!held.empty())
    give_back();
  BOOST_TEST(order == (std::vector<int>{0, 1, 2, 3, 4, 9}));
  BOOST_TEST(turns.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_turn_that_nobody_keeps_is_given_back) {
  catch_up_turns turns{1};
  int taken = 0;
  for (int i = 0; i < 10'000; ++i)
    turns.ask([&](auto) { ++taken; });
  turns.ask([&](auto) -> void { throw std::runtime_error{"no memory"}; });
  turns.ask([&](auto) { ++taken; });
  BOOST_TEST(taken == 10'001);
}

BOOST_AUTO_TEST_CASE(a_long_queue_does_not_deepen_the_stack) {
  catch_up_turns turns{1};
  catch_up_turns::turn first;
  turns.ask([&](auto turn) { first = std::move(turn); });
  int taken = 0;
  for (int i = 0; i < 200'000; ++i)
    turns.ask([&](auto) { ++taken; });
  BOOST_TEST(taken == 0);
  first.reset();
  BOOST_TEST(taken == 200'000);
}

BOOST_AUTO_TEST_CASE(no_turn_is_lost_between_threads) {
  catch_up_turns turns{2};
  std::atomic<int> taken{0}, at_once{0}, most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i)
        turns.ask([&](auto) {
          const int now = ++at_once;
          if (now > most)
            most = now;
          ++taken;
          --at_once;
        });
    });
  for (auto& x : threads)
    x.join();
  BOOST_TEST(taken == 20'000);
  BOOST_TEST(most <= 2);
}

BOOST_AUTO_TEST_SUITE_END()
