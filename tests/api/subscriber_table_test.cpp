#include "api/subscriber_table.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>

#include "api/change_defaults.hpp"
#include "api/change_seats.hpp"

using namespace signalbox;

namespace {

using keys = subscriber_table::keys;

struct listener final : subscriber {
  void on_change(std::uint64_t place) override {
    heard.push_back(place);
    if (then)
      then();
  }
  std::vector<std::uint64_t> heard;
  std::function<void()> then;
};

fresh_change released(std::uint64_t place, std::string profile = "default") {
  auto event = std::make_shared<update_event>();
  event->frame = std::make_shared<const std::string>("x");
  return {place, "codex", std::move(profile), std::move(event)};
}

change_round round_of(std::vector<fresh_change> x) {
  const auto to = x.back().place + 1;
  return {to, 0, {}, std::move(x)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(subscriber_tables)

BOOST_AUTO_TEST_CASE(only_followers_of_the_channel_hear_of_a_change_fr10) {
  subscriber_table table;
  listener exact, family, all, other;
  table.add(exact, {"codex/default"});
  table.add(family, {"codex/*"});
  table.add(all, {"*/*"});
  table.add(other, {"codex/prod", "cursor/default"});
  BOOST_TEST(table.deliver(round_of({released(0), released(1, "prod")})) == 6u);
  BOOST_TEST(exact.heard == std::vector<std::uint64_t>{0});
  BOOST_TEST(family.heard == (std::vector<std::uint64_t>{0, 1}));
  BOOST_TEST(all.heard == (std::vector<std::uint64_t>{0, 1}));
  BOOST_TEST(other.heard == std::vector<std::uint64_t>{1});
  table.remove(all, {"*/*"});
  BOOST_TEST(table.deliver(round_of({released(2)})) == 2u);
}

BOOST_AUTO_TEST_CASE(a_round_that_comes_twice_is_heard_once_fr10) {
  subscriber_table table;
  listener x;
  table.add(x, {"codex/default"});
  table.deliver(round_of({released(0), released(1)}));
  table.deliver(round_of({released(1), released(2)}));
  BOOST_TEST(x.heard == (std::vector<std::uint64_t>{0, 1, 2}));
  BOOST_TEST(table.delivered() == 3u);
}

BOOST_AUTO_TEST_CASE(a_follower_may_go_while_it_hears_fr10) {
  subscriber_table table;
  listener first, second;
  const keys follows{"codex/default"};
  table.add(first, follows);
  table.add(second, follows);
  first.then = [&] { table.remove(first, follows); };
  second.then = [&] { table.remove(second, follows); };
  BOOST_TEST(table.deliver(round_of({released(0)})) == 2u);
  BOOST_TEST(table.deliver(round_of({released(1)})) == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_slow_reader_lags_behind_is_bounded_fr10) {
  subscriber_table table;
  listener x;
  table.add(x, {"codex/default"});
  const auto count = change_defaults::max_lag_events + 10;
  for (std::uint64_t i = 0; i < count; ++i)
    table.deliver(round_of({released(i)}));
  BOOST_TEST(table.has_lost(9));
  BOOST_TEST(!table.has_lost(10));
  const change_filter mine{{"codex"}, {"default"}};
  BOOST_TEST(table.find(10, mine)->place == 10u);
  BOOST_TEST(table.find(count - 1, mine)->place == count - 1);
  BOOST_TEST((table.find(count, mine) == nullptr));
  BOOST_TEST((table.find(10, {{"cursor"}, {}}) == nullptr));
}

BOOST_AUTO_TEST_CASE(seats_are_counted_in_all_and_by_caller_fr10) {
  change_seats seats{{3, 2}};
  auto first = seats.take("a").value();
  auto second = seats.take("a").value();
  BOOST_CHECK(seats.take("a").error().code == errc::overloaded);
  auto third = seats.take("b").value();
  BOOST_CHECK(seats.take("c").error().code == errc::overloaded);
  BOOST_TEST(seats.taken() == 3u);
  first.reset();
  BOOST_TEST(seats.taken() == 2u);
  BOOST_TEST(seats.take("a").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
