#include "actors/state_words.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/defaults.hpp"
#include "events/hash.hpp"

using namespace signalbox;

namespace d = actor_defaults;

namespace {

principal_id node(const std::string& name) {
  return principal_id::from(sha256(as_bytes(name)).view().first(16));
}

state_place place(std::uint64_t index, const std::string& history = "H",
                  std::uint64_t state = 1) {
  const auto text = history + std::to_string(index);
  return {log_index{index}, sha256(as_bytes(text)), {index, state}};
}

state_places places_up_to(std::uint64_t last) {
  state_places out;
  for (std::uint64_t i = 0; i <= last; ++i)
    out.add(place(i));
  return out;
}

struct words_world {
  state_places own = places_up_to(100);
  state_words words;

  agreement hear(const std::string& from, const state_place& x) {
    words.hear({node(from), announce(x)});
    const auto judged = words.judge(own, 101);
    BOOST_REQUIRE_EQUAL(judged.size(), 1u);
    BOOST_CHECK(judged[0].node == node(from));
    return judged[0].verdict;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(words_of_nodes, words_world)

BOOST_AUTO_TEST_CASE(
    a_place_is_known_for_a_while_and_longer_where_all_compare) {
  const auto last = 70 * d::compare_every;
  const auto x = places_up_to(last);
  BOOST_CHECK(*x.find(log_index{last}) == place(last));
  BOOST_CHECK(x.find(log_index{last - d::places_kept + 1}) != nullptr);
  BOOST_CHECK(x.find(log_index{last - d::places_kept - 2}) == nullptr);
  const auto oldest = (70 - d::compared_places_kept + 1) * d::compare_every - 1;
  BOOST_CHECK(*x.find(log_index{oldest}) == place(oldest));
  BOOST_CHECK(x.find(log_index{oldest + 1}) == nullptr);
  BOOST_CHECK(x.find(log_index{oldest - d::compare_every}) == nullptr);
  BOOST_CHECK(x.find(log_index{last + 1}) == nullptr);
}

BOOST_AUTO_TEST_CASE(history_state_and_layout_are_told_apart) {
  BOOST_CHECK(hear("b", place(7)) == agreement::equal);
  BOOST_CHECK(hear("b", place(8, "H", 2)) == agreement::other_state);
  BOOST_CHECK(hear("b", place(9, "G", 1)) == agreement::other_history);
  auto newer = announce(place(10, "H", 2));
  ++newer.layout;
  BOOST_CHECK(compare(place(10), newer) == agreement::same_history);
  newer.chain = sha256(as_bytes(std::string{"G"}));
  BOOST_CHECK(compare(place(10), newer) == agreement::other_history);
}

BOOST_AUTO_TEST_CASE(the_state_hash_travels_as_people_read_it) {
  state_place x = place(1);
  x.state = {0x1122334455667788u, 0x99aabbccddeeff00u};
  BOOST_TEST(announce(x).state.hex() == x.state.hex());
}

BOOST_AUTO_TEST_CASE(what_is_ahead_waits_and_what_is_too_old_is_dropped) {
  words.hear({node("b"), announce(place(101))});
  BOOST_TEST(words.judge(own, 101).empty());
  own.add(place(101));
  BOOST_TEST(words.judge(own, 102).size() == 1u);
  BOOST_TEST(words.judge(own, 102).empty());
  words.hear({node("b"), announce(place(5, "G"))});
  BOOST_TEST(words.judge(state_places{}, 102).empty());
  BOOST_TEST(words.alarms() == 0u);
}

BOOST_AUTO_TEST_CASE(words_that_can_never_be_compared_are_bounded) {
  for (std::uint64_t i = 0; i < 2 * d::words_awaited; ++i)
    words.hear({node("b"), announce(place(1000 + i))});
  own = places_up_to(1999);
  BOOST_TEST(words.judge(own, 2000).size() == d::words_awaited);
}

BOOST_AUTO_TEST_CASE(a_node_that_differs_is_news_once_until_it_agrees) {
  const auto is_news = [&](const state_place& x) {
    words.hear({node("b"), announce(x)});
    return words.judge(own, 101).at(0).is_news;
  };
  BOOST_TEST(!is_news(place(1)));
  BOOST_TEST(is_news(place(2, "H", 2)));
  BOOST_TEST(!is_news(place(3, "H", 2)));
  BOOST_TEST(is_news(place(4, "G", 2))); // and worse
  BOOST_TEST(words.alarms() == 1u);
  BOOST_TEST(!is_news(place(5)));
  BOOST_TEST(words.alarms() == 0u);
  BOOST_TEST(is_news(place(6, "H", 2)));
}

BOOST_AUTO_TEST_CASE(a_fold_settles_what_was_said_up_to_its_place) {
  hear("b", place(10, "H", 2));
  BOOST_REQUIRE(words.unsettled() != nullptr);
  BOOST_TEST(to_integer(words.unsettled()->index) == 10u);
  words.settle(log_index{9});
  BOOST_CHECK(words.unsettled() != nullptr);
  words.settle(log_index{10});
  BOOST_CHECK(words.unsettled() == nullptr);
  BOOST_TEST(words.alarms() == 1u); // still
  hear("b", place(11, "H", 2));
  BOOST_CHECK(words.unsettled() != nullptr);
}

BOOST_AUTO_TEST_CASE(another_state_of_ones_own_may_end_the_alarm) {
  hear("b", place(10, "H", 2));
  hear("c", place(11, "H", 3));
  state_places mended;
  for (std::uint64_t i = 0; i <= 100; ++i)
    mended.add(place(i, "H", 2));
  words.judge_again(mended);
  BOOST_TEST(words.alarms() == 1u); // c alone
  BOOST_CHECK(words.unsettled() == nullptr);
}

BOOST_AUTO_TEST_CASE(of_two_histories_the_one_without_a_majority_stops) {
  BOOST_TEST(words.opponents().empty());
  hear("b", place(10, "G"));
  // One against one: nobody knows who is right.
  BOOST_REQUIRE_EQUAL(words.opponents().size(), 1u);
  BOOST_CHECK(words.opponents()[0] == node("b"));
  hear("c", place(10, "H", 2)); // the same history, whatever its state
  BOOST_TEST(words.opponents().empty());
  hear("d", place(12, "G"));
  BOOST_TEST(words.opponents().size() == 2u);
  hear("b", place(13));
  BOOST_TEST(words.opponents().empty());
}

BOOST_AUTO_TEST_CASE(who_agreed_before_the_histories_parted_is_no_ally) {
  hear("c", place(9));
  hear("b", place(10, "G"));
  BOOST_TEST(words.opponents().size() == 1u);
  hear("c", place(10));
  BOOST_TEST(words.opponents().empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_was_taken_out_has_no_say) {
  hear("b", place(10, "G"));
  words.keep([](auto& x) { return x != node("b"); });
  BOOST_TEST(words.alarms() == 0u);
  BOOST_TEST(words.opponents().empty());
}

BOOST_AUTO_TEST_SUITE_END()
