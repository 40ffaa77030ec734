#include "projections/change_search.hpp"

#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>

#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using place_list = std::vector<std::uint64_t>;

/// A ledger with releases in some profiles, and views of it.
struct search_world : ledger_fixture {
  std::vector<std::string_view> names{"default", "prod", "other"};

  explicit search_world(int profiles = 3) {
    create();
    put_keyset(next_keyset());
    put_principal(publisher, static_cast<role_mask>(role::publisher));
    put_principal(operator_id, static_cast<role_mask>(role::operator_role));
    put_family();
    put_policy_set();
    while (static_cast<int>(names.size()) < profiles)
      names.push_back(keep("p" + std::to_string(names.size())));
    for (auto name : names) {
      put_profile(name);
      bind_policy("1.0.0", name);
    }
  }

  /// The next release of a profile.
  void release(std::size_t channel) {
    ++made;
    const auto version = keep("1.0." + std::to_string(made));
    BOOST_REQUIRE(say(publication(made, version, names[channel])) ==
                  outcome::accepted);
    owners.push_back(channel);
  }

  std::shared_ptr<const view> look() { return builder.build(state); }

  /// What a search has to find, by looking at every change.
  place_list expected(const change_filter& filter, std::uint64_t from,
                      std::size_t limit, bool current) const {
    place_list out;
    for (auto i = from; i < owners.size() && out.size() < limit; ++i) {
      const auto later =
          std::find(owners.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                    owners.end(), owners[i]);
      if (filter.matches(client, names[owners[i]]) &&
          (!current || later == owners.end()))
        out.push_back(i);
    }
    return out;
  }

  int made = 0;
  std::vector<std::size_t> owners; ///< of the changes
  /// No document can be read: what changed is found all the same.
  view_builder builder{[](log_index, std::size_t) -> result<std::string> {
    return failure{errc::io, "the disk does not answer"};
  }};
};

const std::vector<change_filter> filters{
    {{}, {}},
    {{"claude-code"}, {}},
    {{"claude-code"}, {"prod"}},
    {{"claude-code"}, {"default", "other"}},
    {{}, {"prod", "other"}},
    {{"cursor"}, {}},
    {{"claude-code", "cursor"}, {"nothing"}}};

} // namespace

/// Compares every search with a look at all.
void check_all(search_world& x) {
  const auto seen = x.look();
  for (auto& filter : filters)
    for (std::uint64_t from = 0; from <= x.owners.size(); from += 3)
      for (std::size_t limit : {1, 4, 1000}) {
        const auto all = find_changes(*seen, filter, from, limit);
        BOOST_REQUIRE(all.places == x.expected(filter, from, limit, false));
        const auto current = find_current(*seen, filter, from, limit);
        BOOST_REQUIRE(current.places == x.expected(filter, from, limit, true));
      }
}

BOOST_FIXTURE_TEST_SUITE(change_searches, search_world)

BOOST_AUTO_TEST_CASE(every_search_finds_what_a_look_at_all_finds_fr10) {
  std::mt19937 random{7};
  for (int i = 0; i < 60; ++i)
    release(random() % 5 == 0 ? 1 : random() % 7 == 0 ? 2 : 0);
  check_all(*this);
}

BOOST_AUTO_TEST_CASE(very_many_channels_are_searched_as_well_fr10) {
  search_world many{300};
  for (std::size_t i = 0; i < many.names.size(); ++i)
    many.release(i);
  for (std::size_t i : {1, 0, 1, 2, 1})
    many.release(i);
  check_all(many);
}

BOOST_AUTO_TEST_CASE(pages_join_without_a_gap_or_a_double_fr10) {
  for (int i = 0; i < 30; ++i)
    release(static_cast<std::size_t>(i % 3));
  const auto seen = look();
  for (auto& filter : filters) {
    place_list gathered;
    std::uint64_t from = 0;
    while (from < seen->changes) {
      const auto page = find_changes(*seen, filter, from, 4);
      BOOST_REQUIRE_GT(page.next, from);
      gathered.insert(gathered.end(), page.places.begin(), page.places.end());
      from = page.next;
    }
    BOOST_CHECK(gathered == expected(filter, 0, 1000, false));
  }
}

BOOST_AUTO_TEST_CASE(a_view_finds_only_what_it_shows_fr10) {
  release(0);
  const auto seen = look();
  release(0);
  look();
  const change_filter mine{{"claude-code"}, {"default"}};
  BOOST_CHECK(find_changes(*seen, mine, 0, 10).places == place_list{0});
  BOOST_CHECK(find_current(*seen, mine, 0, 10).places == place_list{0});
  BOOST_CHECK(is_in_force(*seen, 0));
  BOOST_CHECK(find_changes(*seen, {}, 0, 10).places == place_list{0});
}

BOOST_AUTO_TEST_CASE(a_place_lies_after_an_entry_fr10) {
  release(0);
  const auto first = log_index{state.size - 1};
  tick();
  release(1);
  const auto seen = look();
  BOOST_TEST(place_after(*seen, log_index{0}) == 0u);
  BOOST_TEST(place_after(*seen, log_index{to_integer(first) - 1}) == 0u);
  BOOST_TEST(place_after(*seen, first) == 1u);
  BOOST_TEST(place_after(*seen, log_index{to_integer(first) + 1}) == 1u);
  BOOST_TEST(place_after(*seen, log_index{state.size - 1}) == 2u);
}

BOOST_AUTO_TEST_CASE(a_filter_has_the_keys_of_what_it_matches_fr10) {
  for (auto& filter : filters)
    for (auto* name : {"claude-code", "cursor"})
      for (auto* where : {"prod", "default"}) {
        const auto own = filter.keys();
        const auto of_channel = filter_keys_of(name, where);
        const auto common =
            std::count_if(own.begin(), own.end(), [&](auto& key) {
              return std::find(of_channel.begin(), of_channel.end(), key) !=
                     of_channel.end();
            });
        BOOST_TEST(common == (filter.matches(name, where) ? 1 : 0));
      }
}

BOOST_AUTO_TEST_SUITE_END()
