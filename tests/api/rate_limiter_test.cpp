#include "api/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include "api/request_limits.hpp"
#include "events/hash.hpp"

namespace signalbox {

namespace {

using std::chrono::milliseconds;
using time_point = rate_limiter::clock::time_point;

payer payer_named(int number) {
  payer out{};
  out[0] = 1;
  out[1] = static_cast<char>(number & 0xff);
  out[2] = static_cast<char>(number >> 8);
  return out;
}

int taken_at_once(rate_limiter& x, const payer& who, time_point now) {
  int out = 0;
  while (out < 1000 && !x.take(who, now))
    ++out;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limits)

BOOST_AUTO_TEST_CASE(a_burst_is_taken_at_once_and_then_one_an_interval) {
  rate_limiter x{{10, 5}, 100};
  time_point now{};
  const auto who = payer_named(1);
  BOOST_TEST(taken_at_once(x, who, now) == 5);
  BOOST_CHECK(x.take(who, now) == milliseconds{100});
  BOOST_CHECK(x.take(who, now + milliseconds{40}) == milliseconds{60});
  BOOST_TEST(taken_at_once(x, who, now + milliseconds{100}) == 1);
  BOOST_TEST(taken_at_once(x, who, now + milliseconds{350}) == 2);
}

BOOST_AUTO_TEST_CASE(a_bucket_never_holds_more_than_the_burst) {
  rate_limiter x{{10, 5}, 100};
  const auto who = payer_named(1);
  taken_at_once(x, who, time_point{});
  BOOST_TEST(taken_at_once(x, who, time_point{} + std::chrono::hours{9}) == 5);
}

BOOST_AUTO_TEST_CASE(who_is_refused_does_not_pay_for_it) {
  rate_limiter x{{1, 1}, 100};
  const auto who = payer_named(1);
  time_point now{};
  BOOST_TEST(!x.take(who, now));
  for (int i = 0; i < 50; ++i)
    BOOST_TEST(x.take(who, now).has_value());
  BOOST_TEST(!x.take(who, now + milliseconds{1000}));
}

BOOST_AUTO_TEST_CASE(payers_do_not_share_a_bucket) {
  rate_limiter x{{1, 2}, 100};
  BOOST_TEST(taken_at_once(x, payer_named(1), {}) == 2);
  BOOST_TEST(taken_at_once(x, payer_named(2), {}) == 2);
  BOOST_TEST(x.payers() == 2u);
}

BOOST_AUTO_TEST_CASE(without_a_rate_nobody_is_limited_or_remembered) {
  rate_limiter x{{}, 100};
  BOOST_TEST(taken_at_once(x, payer_named(1), {}) == 1000);
  BOOST_TEST(x.payers() == 0u);
}

BOOST_AUTO_TEST_CASE(the_number_of_payers_is_bounded_and_the_busy_are_kept) {
  rate_limiter x{{1, 1}, 160};
  const auto busy = payer_named(0);
  BOOST_TEST(!x.take(busy, {}));
  for (int i = 1; i < 5000; ++i) {
    x.take(payer_named(i), {});
    BOOST_TEST(x.take(busy, {}).has_value());
  }
  BOOST_TEST(x.payers() <= 160u);
}

BOOST_AUTO_TEST_CASE(tokens_and_addresses_have_limits_of_their_own) {
  request_limits x{{.token = {1, 3}, .anonymous = {1, 1}}};
  caller somebody;
  somebody.token = random_id<token_id>();
  somebody.principal = random_id<principal_id>();
  const auto take = [&](const caller& who) {
    int out = 0;
    while (out < 100 && !x.take(payer_of(who, "192.0.2.1")))
      ++out;
    return out;
  };
  BOOST_TEST(take(somebody) == 3);
  BOOST_TEST(take({}) == 1);
  BOOST_TEST(x.refused_tokens() == 1u);
  BOOST_TEST(x.refused_addresses() == 1u);
  const auto refused = x.take(payer_of(somebody, "192.0.2.1"));
  BOOST_REQUIRE(refused);
  BOOST_TEST(refused->details.at("status") == 429);
  BOOST_TEST(refused->details.at("retry_after") == 1);
}

BOOST_AUTO_TEST_CASE(an_address_pays_with_its_network) {
  const auto at = [](std::string_view peer) { return payer_of({}, peer); };
  BOOST_TEST((at("192.0.2.1") == at("::ffff:192.0.2.1")));
  BOOST_TEST((at("192.0.2.1") != at("192.0.2.2")));
  BOOST_TEST((at("2001:db8:1:2::3") == at("2001:db8:1:2:ffff::4")));
  BOOST_TEST((at("2001:db8:1:2::3") != at("2001:db8:1:3::3")));
  BOOST_TEST((at("") == at("no address")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
