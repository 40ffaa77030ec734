#include "api/disk_pool.hpp"

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "api/pool_answer.hpp"

namespace signalbox {

namespace {

/// A pool of one thread that is held until the test lets it go.
struct held_pool {
  std::promise<void> gate;
  std::vector<std::string> told;
  disk_pool pool;

  explicit held_pool(std::size_t most)
      : pool{1, most,
             [this](std::string_view why) { told.emplace_back(why); }} {
    BOOST_REQUIRE(pool.run([&] { gate.get_future().wait(); }));
  }

  void let_go() {
    gate.set_value();
    pool.stop();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(disk_pools)

BOOST_AUTO_TEST_CASE(a_full_pool_refuses_and_finishes_what_it_took) {
  held_pool x{3};
  std::atomic<int> done{0};
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(x.pool.run([&] { ++done; }));
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(!x.pool.run([&] { done += 100; }));
  BOOST_TEST(x.pool.overloads() == 5u);
  x.let_go();
  BOOST_TEST(done == 2);
  BOOST_TEST(!x.pool.run([&] { ++done; }));
  BOOST_TEST(x.pool.overloads() == 5u);
  BOOST_TEST(done == 2);
}

BOOST_AUTO_TEST_CASE(a_task_that_throws_costs_neither_the_node_nor_its_place) {
  std::atomic<int> told{0};
  disk_pool pool{
      1, 1, [&](std::string_view why) { told += why == "broken" ? 1 : 100; }};
  for (int i = 0; i < 3; ++i) {
    // The only place is free again a moment after the task before has ended.
    while (!pool.run([] { throw std::runtime_error{"broken"}; }))
      std::this_thread::yield();
  }
  std::promise<void> ran;
  while (!pool.run([&] { ran.set_value(); }))
    std::this_thread::yield();
  ran.get_future().wait();
  BOOST_TEST(pool.failures() == 3u);
  BOOST_TEST(told == 3);
}

BOOST_AUTO_TEST_CASE(a_listener_that_throws_is_survived) {
  disk_pool pool{1, 8, [](std::string_view) { throw std::bad_alloc{}; }};
  pool.run([] { throw 5; });
  pool.run([] { throw std::runtime_error{"broken"}; });
  pool.stop();
  BOOST_TEST(pool.failures() == 2u);
}

BOOST_AUTO_TEST_CASE(an_answer_comes_from_the_pool_or_says_why_not) {
  held_pool x{3};
  std::vector<operation_answer> all;
  const operation_reply reply = [&](operation_answer y) {
    all.push_back(std::move(y));
  };
  answer_on(x.pool, reply, [] { return answer_text("1"); });
  answer_on(x.pool, reply,
            []() -> operation_answer { throw std::runtime_error{"broken"}; });
  answer_on(x.pool, reply, [] { return answer_text("3"); });
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  BOOST_CHECK(all[0].failed->code == errc::overloaded);
  x.let_go();
  BOOST_REQUIRE_EQUAL(all.size(), 3u);
  BOOST_TEST(*all[1].body == "1");
  BOOST_REQUIRE(all[2].failed);
  BOOST_CHECK(all[2].failed->code == errc::bug);
  BOOST_TEST(all[2].failed->message.find("broken") == std::string::npos);
  BOOST_TEST(x.pool.failures() == 1u);
  BOOST_TEST(x.told == std::vector<std::string>{"broken"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
