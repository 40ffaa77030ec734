#include "storage/kafka_producer.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/storage/mock_brokers.hpp"

// What a producer makes of faults. A record that is answered twice or never
// would be a command with two outcomes, or a client that waits for ever.

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;

namespace {

struct told {
  std::vector<std::uint64_t> offsets;
  std::vector<errc> errors;

  std::size_t times() const { return offsets.size() + errors.size(); }
};

struct producer_world {
  mock_brokers brokers;
  std::vector<std::string> warnings;
  std::mutex mutex; // of the warnings
  std::vector<told> answers;
  std::unique_ptr<kafka_producer> producer;

  void open(bool gathers, std::chrono::milliseconds limit = 30s) {
    producer = kafka_producer::open({.settings = brokers.settings(),
                                     .topic = mock_brokers::topic(),
                                     .warn =
                                         [this](const std::string& x) {
                                           std::lock_guard guard{mutex};
                                           warnings.push_back(x);
                                         },
                                     .limit = limit,
                                     .gathers = gathers})
                   .value();
    answers.reserve(1000);
  }

  void produce(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto& to = answers.emplace_back();
      producer->produce(as_bytes(std::string_view{"record"}), {},
                        [&to](const result<std::uint64_t>& x) {
                          if (x)
                            to.offsets.push_back(*x);
                          else
                            to.errors.push_back(x.error().code);
                        });
    }
  }

  bool is_settled() const {
    return std::all_of(answers.begin(), answers.end(),
                       [](auto& x) { return x.times() > 0; });
  }

  /// Serves until each record was answered, and then for a while.
  void settle() {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!is_settled() && std::chrono::steady_clock::now() < deadline)
      serve();
    for (int i = 0; i < 20; ++i)
      serve();
    for (auto& x : answers)
      BOOST_TEST(x.times() == 1u);
  }

  void serve() {
    producer->serve();
    std::this_thread::sleep_for(5ms);
  }

  std::size_t delivered() const {
    return static_cast<std::size_t>(
        std::count_if(answers.begin(), answers.end(),
                      [](auto& x) { return !x.offsets.empty(); }));
  }

  /// All that has no offset has this error.
  void check_rest(errc code) const {
    for (auto& x : answers)
      for (auto y : x.errors)
        BOOST_CHECK(y == code);
  }

  /// What was delivered lies in the order in which it was given.
  void check_order() const {
    std::vector<std::uint64_t> all;
    for (auto& x : answers)
      std::copy_if(x.offsets.begin(), x.offsets.end(), std::back_inserter(all),
                   [](auto y) { return y != kafka_producer::unknown_offset; });
    BOOST_TEST(std::is_sorted(all.begin(), all.end()));
    BOOST_TEST((std::adjacent_find(all.begin(), all.end()) == all.end()));
  }

  bool began_anew() {
    std::lock_guard guard{mutex};
    return std::any_of(warnings.begin(), warnings.end(),
                       [](auto& x) { return x.find("begins anew") != x.npos; });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kafka_producer_suite, producer_world)

BOOST_AUTO_TEST_CASE(a_producer_begins_anew_after_a_fatal_error) {
  open(false);
  produce(1);
  settle();
  BOOST_TEST(delivered() == 1u);
  brokers.set_round_trip(300); // they all leave before one is answered
  // The broker and the library do not agree any more which record is next.
  brokers.answer_writes({RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  produce(10);
  settle();
  BOOST_TEST(began_anew());
  BOOST_TEST(delivered() < 11u);
  check_rest(errc::pending); // nobody knows
  const auto before = delivered();
  produce(10);
  settle();
  BOOST_TEST(delivered() == before + 10);
  check_order();
}

BOOST_AUTO_TEST_CASE(what_gathered_before_a_fatal_error_is_sent_after_it) {
  open(true);
  produce(1);
  settle();
  brokers.set_round_trip(300);
  brokers.answer_writes({RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  produce(1); // which no two requests can share
  serve();    // it leaves
  produce(7);
  serve(); // and these wait for them
  BOOST_TEST(!is_settled());
  settle();
  BOOST_TEST(began_anew());
  BOOST_TEST(delivered() == 8u);
  check_rest(errc::pending);
  check_order();
}

BOOST_AUTO_TEST_CASE(what_passes_is_tried_again_and_keeps_its_order) {
  open(true);
  produce(3);
  serve();
  brokers.answer_writes({RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                         RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                         RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS});
  for (int i = 0; i < 10; ++i) {
    produce(10);
    serve();
  }
  settle();
  BOOST_TEST(delivered() == 103u);
  BOOST_TEST(!began_anew());
  check_order();
}

BOOST_AUTO_TEST_CASE(what_brokers_refuse_is_final) {
  open(false);
  brokers.answer_writes({RD_KAFKA_RESP_ERR_INVALID_RECORD});
  produce(1);
  settle();
  BOOST_TEST(delivered() == 0u);
  check_rest(errc::read_only);
  produce(1);
  settle();
  BOOST_TEST(delivered() == 1u);
}

BOOST_AUTO_TEST_CASE(what_no_broker_confirms_in_time_is_pending) {
  open(false, 2s);
  produce(1);
  settle();
  brokers.set_down(true);
  produce(3);
  settle();
  BOOST_TEST(delivered() == 1u);
  check_rest(errc::pending);
  brokers.set_down(false);
  produce(3);
  settle();
  BOOST_TEST(delivered() == 4u);
  check_order();
}

BOOST_AUTO_TEST_CASE(who_ends_a_producer_answers_all_that_it_was_given) {
  open(true);
  produce(1);
  settle();
  brokers.set_round_trip(10'000);
  produce(4);
  serve();
  produce(5);
  producer.reset();
  for (std::size_t i = 1; i < answers.size(); ++i) {
    BOOST_REQUIRE_EQUAL(answers[i].errors.size(), 1u);
    BOOST_CHECK(answers[i].errors[0] ==
                (i < 5 ? errc::pending : errc::unavailable));
  }
}

BOOST_AUTO_TEST_SUITE_END()
