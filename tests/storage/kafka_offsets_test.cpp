#include "storage/kafka_offsets.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(kafka_offsets_suite)

BOOST_AUTO_TEST_CASE(without_holes_there_is_one_run) {
  kafka_offsets x;
  BOOST_TEST(x.add(0, 0).has_value());
  for (std::uint64_t i = 1; i < 1000; ++i)
    BOOST_TEST(!x.add(i, i));
  BOOST_TEST(x.offset_of(999) == 999u);
  BOOST_TEST(x.index_of(500) == 500u);
}

BOOST_AUTO_TEST_CASE(a_hole_begins_a_run_and_moves_what_follows) {
  kafka_offsets x;
  x.add(0, 0);
  x.add(1, 1);
  const auto begun = x.add(2, 5);
  BOOST_REQUIRE(begun.has_value());
  BOOST_TEST(begun->index == 2u);
  BOOST_TEST(begun->offset == 5u);
  BOOST_TEST(!x.add(3, 6));
  BOOST_TEST(x.add(4, 8).has_value());
  const std::uint64_t offsets[] = {0, 1, 5, 6, 8};
  for (std::uint64_t i = 0; i < 5; ++i) {
    BOOST_TEST(x.offset_of(i) == offsets[i]);
    BOOST_TEST(x.index_of(offsets[i]) == i);
  }
}

BOOST_AUTO_TEST_CASE(a_log_may_begin_behind_offset_zero) {
  kafka_offsets x;
  BOOST_TEST(x.add(0, 3).has_value());
  BOOST_TEST(!x.add(1, 4));
  BOOST_TEST(x.offset_of(1) == 4u);
  BOOST_TEST(x.index_of(3) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
