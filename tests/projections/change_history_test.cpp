#include "projections/change_history.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "projections/view.hpp"
#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// Makes changes as the fold does, in several channels.
struct history_maker {
  explicit history_maker(std::uint32_t channels)
      : last(channels, 0), versions(channels, 0) {}

  change_history made;
  std::vector<std::uint64_t> last;     ///< change of each channel, + 1
  std::vector<std::uint64_t> versions; ///< of each channel

  static digest artifact(std::uint64_t n) {
    return sha256(as_bytes(std::to_string(n)));
  }

  /// A release, at the index ten times its number.
  void release(std::uint32_t channel) {
    change(channel, artifact(made.size()), 0);
  }

  void change(std::uint32_t channel, const digest& what, std::uint32_t revert) {
    made.append({what,
                 {},
                 10 * made.size(),
                 ++versions[channel],
                 last[channel],
                 channel,
                 revert});
    last[channel] = made.size();
  }

  /// The channel's change in force at an index, counting the steps.
  const channel_change* at(std::uint32_t channel, std::uint64_t index,
                           std::size_t& steps) const {
    return made.back_from(last[channel], [&](const channel_change& x) {
      ++steps;
      return x.index > index;
    });
  }

  const channel_change* walk_to(std::uint32_t channel,
                                std::uint64_t index) const {
    auto next = last[channel];
    while (next != 0 && made[next - 1].index > index)
      next = made[next - 1].previous;
    return next == 0 ? nullptr : &made[next - 1];
  }

  std::optional<std::uint64_t> find(const digest& what,
                                    std::size_t& steps) const {
    return made.find_release(what, [&](const channel_change& x) {
      ++steps;
      return x.artifact == what;
    });
  }
};

constexpr std::uint64_t many = 100'000; // log2 of it is 16.6
constexpr std::size_t few_steps = 80;

} // namespace

BOOST_AUTO_TEST_SUITE(change_histories)

BOOST_AUTO_TEST_CASE(a_long_past_is_searched_in_few_steps) {
  history_maker x{1};
  for (std::uint64_t i = 0; i < many; ++i)
    x.release(0);
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < many; i += 7) {
    std::size_t steps = 0;
    auto* found = x.at(0, 10 * i + 5, steps);
    BOOST_REQUIRE(found == &x.made[i]);
    most = std::max(most, steps);
  }
  BOOST_TEST(most <= few_steps);
  BOOST_TEST(most > 1u);
}

BOOST_AUTO_TEST_CASE(a_release_among_many_is_found_in_few_steps) {
  history_maker x{1};
  for (std::uint64_t i = 0; i < many; ++i)
    x.release(0);
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < 2 * many; i += 7) {
    std::size_t steps = 0;
    auto found = x.find(history_maker::artifact(i), steps);
    BOOST_REQUIRE_EQUAL(found.has_value(), i < many);
    if (found)
      BOOST_REQUIRE_EQUAL(*found, i);
    most = std::max(most, steps);
  }
  BOOST_TEST(most <= few_steps);
  BOOST_TEST(most > 1u);
}

BOOST_AUTO_TEST_CASE(mixed_channels_are_searched_as_a_walk_would) {
  history_maker x{5};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    x.release(static_cast<std::uint32_t>(i * i % 11 % 5));
    if (i % 100 != 0)
      continue;
    for (std::uint32_t channel = 0; channel < 5; ++channel)
      for (std::uint64_t index = 0; index <= 10 * i; index += 3) {
        std::size_t steps = 0;
        BOOST_REQUIRE(x.at(channel, index, steps) == x.walk_to(channel, index));
      }
  }
}

BOOST_AUTO_TEST_CASE(a_revert_is_no_release) {
  history_maker x{1};
  x.release(0);
  x.release(0);
  x.change(0, history_maker::artifact(0), 1);
  std::size_t steps = 0;
  BOOST_TEST(x.find(history_maker::artifact(0), steps).value() == 0u);
}

BOOST_AUTO_TEST_CASE(artifacts_of_one_hash_are_told_apart) {
  history_maker x{1};
  std::vector<digest> alike(100, history_maker::artifact(0));
  for (std::size_t i = 0; i < alike.size(); ++i) {
    alike[i].value[31] = static_cast<std::uint8_t>(i); // not in the hash
    x.change(0, alike[i], 0);
  }
  std::size_t steps = 0;
  for (std::size_t i = 0; i < alike.size(); ++i)
    BOOST_TEST(x.find(alike[i], steps).value() == i);
}

BOOST_AUTO_TEST_CASE(readers_find_what_was_published_while_it_grows) {
  history_maker x{1};
  std::atomic<std::uint64_t> published{0};
  std::atomic<std::uint64_t> wrong{0};
  std::thread reader{[&] {
    for (std::uint64_t seen = 0; seen < many;) {
      seen = published.load(std::memory_order_acquire);
      for (auto i = seen - std::min<std::uint64_t>(seen, 20); i < seen; ++i) {
        auto what = history_maker::artifact(i);
        auto same = [&](auto& c) { return c.artifact == what; };
        auto after = [&](auto& c) { return c.index > 10 * i; };
        if (x.made.find_release(what, same) != i ||
            x.made.back_from(seen, after) != &x.made[i])
          ++wrong;
      }
    }
  }};
  for (std::uint64_t i = 0; i < many; ++i) {
    x.release(0);
    published.store(i + 1, std::memory_order_release);
  }
  reader.join();
  BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_CASE(a_view_knows_no_release_after_it_or_elsewhere) {
  ready_ledger f;
  f.put_profile("prod");
  f.bind_policy("1.0.0", "prod");
  view_builder builder{[](log_index, std::size_t) -> result<std::string> {
    return failure{errc::not_found, "no parts"};
  }};
  f.publish(1, "1.0.0");
  f.say(f.publication(2, "1.0.0", "prod"));
  auto before = builder.build(f.state);
  f.publish(3, "1.0.1");
  f.revert(1);
  auto now = builder.build(f.state);
  auto in = [](const view& x, std::string_view profile, int artifact) {
    auto channel = x.find_channel(ledger_fixture::client, profile, 1);
    return x.find_release(*channel, ledger_fixture::artifact(artifact));
  };
  BOOST_TEST(in(*before, "default", 1));
  BOOST_TEST(!in(*before, "default", 2)); // of the other channel
  BOOST_TEST(in(*before, "prod", 2));
  BOOST_TEST(!in(*before, "default", 3)); // after this view
  BOOST_TEST(in(*now, "default", 3));
  BOOST_TEST(!in(*now, "default", 4));
  auto first = in(*now, "default", 1);
  BOOST_REQUIRE(first);
  BOOST_TEST(first->reverted == 0u);
  auto channel = now->find_channel(f.client, f.profile, 1);
  auto at = now->change_at(*channel, log_index{first->index});
  BOOST_TEST(at == first);
  BOOST_TEST(now->change_at(*channel, f.last.index)->reverted == 1u);
  BOOST_TEST(!now->change_at(*channel, log_index{first->index - 1}));
}

BOOST_AUTO_TEST_SUITE_END()
