#include "storage/kafka_group_hold.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

struct hold_world {
  kafka_group_hold hold;
  kafka_group_hold::time_point now{std::chrono::hours{1}};

  bool holds(std::size_t gathered, std::chrono::nanoseconds waited = {}) const {
    return hold.holds(gathered, now - waited, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kafka_group_hold_suite, hold_world)

BOOST_AUTO_TEST_CASE(a_lone_writer_never_waits) {
  BOOST_TEST(!holds(1));
  for (int i = 0; i < 3; ++i) {
    hold.note(1);
    BOOST_TEST(!holds(1));
  }
}

BOOST_AUTO_TEST_CASE(half_of_a_usual_group_is_waited_for) {
  hold.note(100);
  BOOST_TEST(holds(1));
  BOOST_TEST(holds(49));
  BOOST_TEST(!holds(50));
}

BOOST_AUTO_TEST_CASE(nobody_is_waited_for_longer_than_the_limit) {
  hold.note(100);
  BOOST_TEST(holds(1, kafka_hold_limit - std::chrono::microseconds{1}));
  BOOST_TEST(!holds(1, kafka_hold_limit));
}

BOOST_AUTO_TEST_CASE(a_crowd_that_is_gone_is_soon_forgotten) {
  hold.note(256);
  int waits = 0;
  for (; holds(1) && waits < 100; ++waits)
    hold.note(1);
  BOOST_TEST(waits == 7);
}

BOOST_AUTO_TEST_SUITE_END()
