#include "api/subscriber_table.hpp"

#include <algorithm>
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

/// Tells the next ones; whether more are left.
bool tell(subscriber_table& to, std::size_t most) {
  return to.tell(most, [](auto) {});
}

/// Takes a round and tells all of it, one subscriber at a time.
void deliver(subscriber_table& to, const change_round& x) {
  to.take(x);
  while (tell(to, 1)) {
  }
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
  deliver(table, round_of({released(0)}));
  deliver(table, round_of({released(1, "prod")}));
  BOOST_TEST(exact.heard == std::vector<std::uint64_t>{0});
  BOOST_TEST(family.heard == (std::vector<std::uint64_t>{0, 1}));
  BOOST_TEST(all.heard == (std::vector<std::uint64_t>{0, 1}));
  BOOST_TEST(other.heard == std::vector<std::uint64_t>{1});
  table.remove(all, {"*/*"});
  deliver(table, round_of({released(2)}));
  BOOST_TEST(exact.heard == (std::vector<std::uint64_t>{0, 2}));
  BOOST_TEST(all.heard.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_round_that_comes_twice_is_heard_once_fr10) {
  subscriber_table table;
  listener x;
  table.add(x, {"codex/default"});
  deliver(table, round_of({released(0), released(1)}));
  deliver(table, round_of({released(1), released(2)}));
  // Of one round it hears once, and finds the rest.
  BOOST_TEST(x.heard == (std::vector<std::uint64_t>{0, 2}));
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
  deliver(table, round_of({released(0)}));
  deliver(table, round_of({released(1)}));
  BOOST_TEST(first.heard.size() == 1u);
  BOOST_TEST(second.heard.size() == 1u);
}

BOOST_AUTO_TEST_CASE(many_are_told_a_slice_at_a_time_fr10) {
  subscriber_table table;
  std::vector<listener> many(10);
  for (auto& x : many)
    table.add(x, {"codex/default"});
  const auto told = [&] {
    return std::count_if(many.begin(), many.end(),
                         [](auto& x) { return !x.heard.empty(); });
  };
  std::vector<subscriber_table::time_point> ended;
  const auto go_on = [&] {
    return table.tell(4, [&](auto x) { ended.push_back(x); });
  };
  table.take(round_of({released(0)}));
  BOOST_TEST(table.delivered() == 1u);
  BOOST_TEST(told() == 0);
  BOOST_TEST(go_on());
  BOOST_TEST(told() == 4);
  BOOST_TEST(go_on());
  BOOST_TEST(ended.empty());
  BOOST_TEST(!go_on());
  BOOST_TEST(told() == 10);
  BOOST_TEST(ended.size() == 1u);
  BOOST_TEST(!go_on());
  BOOST_TEST(ended.size() == 1u);
}

BOOST_AUTO_TEST_CASE(followers_come_and_go_between_slices_fr10) {
  subscriber_table table;
  std::vector<listener> many(6);
  const keys follows{"codex/default"};
  for (std::size_t i = 0; i < 5; ++i)
    table.add(many[i], follows);
  table.take(round_of({released(0)}));
  BOOST_TEST(tell(table, 2));
  table.remove(many[0], follows); // told
  table.remove(many[3], follows); // not yet
  table.add(many[5], follows);    // knows already
  BOOST_TEST(!tell(table, 10));
  for (std::size_t i : {0, 1, 2, 4})
    BOOST_TEST(many[i].heard == std::vector<std::uint64_t>{0});
  BOOST_TEST(many[3].heard.empty());
  deliver(table, round_of({released(1)}));
  BOOST_TEST(many[5].heard.back() == 1u);
  for (std::size_t i : {1, 2, 4})
    BOOST_TEST(many[i].heard.size() == 2u);
  for (std::size_t i : {1, 2, 4, 5})
    table.remove(many[i], follows);
  table.take(round_of({released(2)}));
  BOOST_TEST(!tell(table, 10));
}

BOOST_AUTO_TEST_CASE(rounds_that_come_faster_are_heard_as_one_fr10) {
  subscriber_table table;
  listener first, second;
  table.add(first, {"codex/default"});
  table.add(second, {"codex/default"});
  table.take(round_of({released(0)}));
  BOOST_TEST(tell(table, 1));
  for (std::uint64_t i = 1; i <= 5; ++i)
    table.take(round_of({released(i)}));
  BOOST_TEST(table.delivered() == 6u);
  while (tell(table, 1)) {
  }
  // What comes behind the place is there to be found.
  for (auto* x : {&first, &second})
    BOOST_TEST(x->heard == (std::vector<std::uint64_t>{0, 1}));
  for (std::uint64_t i = 0; i <= 5; ++i)
    BOOST_TEST(table.find(i, {{}, {}})->place == i);
}

BOOST_AUTO_TEST_CASE(what_a_slow_reader_lags_behind_is_bounded_fr10) {
  subscriber_table table;
  listener x;
  table.add(x, {"codex/default"});
  const auto count = change_defaults::max_lag_events + 10;
  for (std::uint64_t i = 0; i < count; ++i)
    deliver(table, round_of({released(i)}));
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
