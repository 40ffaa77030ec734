#include "actors/activity_log.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include <boost/test/unit_test.hpp>

#include "actors/defaults.hpp"
#include "tests/actors/shared_memory_stream.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// One of several nodes that tell each other what their folds came to.
struct telling_node {
  telling_node(stream_broker& broker, std::uint8_t number) : stream{broker} {
    id.value[0] = number;
    log.emplace(activity_log_config{.stream = stream,
                                    .node = id,
                                    .wall_clock = [this] { return now; },
                                    .warn = [](std::string) {},
                                    .keep = 3'600'000,
                                    .shared = &stream,
                                    .on_state = [this](auto& x) { hear(x); }});
    log->start();
  }

  void hear(const state_word& x) {
    const std::lock_guard lock{mutex};
    heard.push_back(x);
    called.notify_all();
  }

  void await(std::size_t count) {
    std::unique_lock lock{mutex};
    BOOST_REQUIRE(called.wait_for(lock, std::chrono::seconds{60},
                                  [&] { return heard.size() >= count; }));
  }

  const timestamp now{1'800'000'000'000};
  stream_member stream;
  principal_id id;
  std::mutex mutex;
  std::condition_variable called;
  std::vector<state_word> heard; // under mutex
  std::optional<activity_log> log;
};

} // namespace

BOOST_AUTO_TEST_SUITE(announced_states)

BOOST_AUTO_TEST_CASE(every_node_hears_what_one_says_and_who_it_was) {
  stream_broker broker;
  telling_node one{broker, 1}, two{broker, 2};
  broker.set_time(one.now);
  // More than any principal may leave in a second.
  for (std::uint64_t i = 0; i < 100; ++i)
    one.log->announce({log_index{i}, {}, {}, 3});
  one.log->note(access_denied{{}, "Publish", "unauthenticated"}, {}, {});
  for (auto* x : {&one, &two}) {
    x->await(100);
    x->log->stop();
    BOOST_REQUIRE_EQUAL(x->heard.size(), 100u);
    for (std::uint64_t i = 0; i < 100; ++i) {
      BOOST_CHECK(x->heard[i].node == one.id);
      BOOST_CHECK(x->heard[i].said == (state_hashed{log_index{i}, {}, {}, 3}));
    }
  }
  BOOST_TEST(one.log->counts().limited == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_said_long_ago_is_passed_over) {
  stream_broker broker;
  telling_node one{broker, 1}, two{broker, 2};
  broker.set_time(one.now + (-actor_defaults::word_life - 1));
  one.log->announce({log_index{1}, {}, {}, 3});
  one.log->stop(); // it is written
  broker.set_time(one.now + -actor_defaults::word_life);
  two.log->announce({log_index{2}, {}, {}, 3});
  two.await(1);
  two.log->stop();
  BOOST_REQUIRE_EQUAL(two.heard.size(), 1u);
  BOOST_CHECK(two.heard[0].said.index == log_index{2});
}

BOOST_AUTO_TEST_SUITE_END()
