#include <random>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "projections/replay.hpp"
#include "tests/projections/golden_log.hpp"
#include "tests/projections/random_history.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using entries = std::vector<logged_entry>;

envelope_source source_of(const entries& log) {
  return [&log](const envelope_visitor& visit) -> result<void> {
    for (std::size_t i = 0; i < log.size(); ++i) {
      // As in a log, the bytes live until the visitor returns.
      auto bytes = log[i].envelope;
      if (!visit(log_index{i}, log[i].append_time, bytes))
        break;
    }
    return {};
  };
}

struct folded {
  ledger_state state;
  std::vector<verdict> verdicts;
};

folded fold_one_by_one(const entries& log) {
  folded out;
  for (std::size_t i = 0; i < log.size(); ++i)
    out.verdicts.push_back(
        step(out.state, log_index{i}, log[i].append_time, log[i].envelope)
            .value());
  return out;
}

folded fold_ahead(const entries& log) {
  folded out;
  replay(out.state, source_of(log), [&](const replayed_entry& x) {
    auto judged = step(out.state, x.index, x.append_time, x.entry);
    out.verdicts.push_back(judged.value());
    return result<void>{};
  }).value();
  return out;
}

void check_both_ways(const entries& log) {
  auto x = fold_one_by_one(log);
  auto y = fold_ahead(log);
  BOOST_TEST(x.state.size == y.state.size);
  BOOST_TEST(x.state.chain.hex() == y.state.chain.hex());
  BOOST_TEST(x.state.hash.hex() == y.state.hash.hex());
  BOOST_REQUIRE_EQUAL(x.verdicts.size(), y.verdicts.size());
  for (std::size_t i = 0; i < x.verdicts.size(); ++i)
    BOOST_TEST_CONTEXT("entry " << i) {
      auto& a = x.verdicts[i];
      auto& b = y.verdicts[i];
      BOOST_TEST(a.result == b.result);
      BOOST_TEST((a.index == b.index && a.decided_by == b.decided_by));
      BOOST_TEST((a.id == b.id && a.attempt == b.attempt && a.type == b.type));
    }
}

byte_buffer mutate(byte_buffer x, std::mt19937& random) {
  if (random() % 8 == 0)
    x.resize(random() % (x.size() + 64));
  for (auto count = 1 + random() % 4; count > 0 && !x.empty(); --count)
    x[random() % x.size()] = static_cast<std::uint8_t>(random());
  return x;
}

/// A log of many batches that a fold accepts all of.
entries long_log() {
  ready_ledger f;
  for (int i = 0; i < 1000; ++i)
    f.tick();
  return f.log;
}

} // namespace

BOOST_AUTO_TEST_SUITE(replay_ahead)

BOOST_AUTO_TEST_CASE(a_log_of_the_past_is_judged_alike_both_ways) {
  auto golden = golden_log::read();
  check_both_ways(golden.entries);
  BOOST_TEST(fold_ahead(golden.entries).state.hash.hex() == golden.state);
}

BOOST_AUTO_TEST_CASE(mutated_entries_are_judged_alike_both_ways) {
  auto golden = golden_log::read();
  std::mt19937 random{3};
  entries log;
  for (auto& x : golden.entries) {
    for (int i = 0; i < 100; ++i)
      log.push_back({x.append_time, mutate(x.envelope, random)});
    log.push_back(x);
  }
  check_both_ways(log);
}

BOOST_AUTO_TEST_CASE(random_histories_are_judged_alike_both_ways) {
  for (unsigned seed = 1; seed <= 5; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      ready_ledger f;
      for (int i = 0; i < random_history::profiles; ++i) {
        auto name = f.keep("p" + std::to_string(i));
        f.put_profile(name);
        f.bind_policy("1.0.0", name);
      }
      random_history{f, seed}.run(1000);
      check_both_ways(f.log);
    }
}

BOOST_AUTO_TEST_CASE(entries_of_any_size_keep_their_bytes) {
  std::mt19937 random{4};
  entries log;
  for (std::size_t size : {0, 1, 70'000, 65'536, 30'000, 40'000, 65'535, 0, 2})
    for (int i = 0; i < 20; ++i) {
      byte_buffer bytes(size);
      for (auto& x : bytes)
        x = static_cast<std::uint8_t>(random());
      log.push_back({timestamp{1}, std::move(bytes)});
    }
  check_both_ways(log);
}

BOOST_AUTO_TEST_CASE(an_empty_log_ends_at_once) {
  check_both_ways({});
}

BOOST_AUTO_TEST_CASE(a_fold_that_fails_ends_the_replay) {
  auto log = long_log();
  for (std::size_t last : {0u, 255u, 256u, 700u}) {
    std::size_t count = 0;
    auto end = replay({}, source_of(log), [&](auto& x) -> result<void> {
      BOOST_TEST(to_integer(x.index) == count);
      if (count++ == last)
        return failure{errc::unavailable, "enough"};
      return {};
    });
    BOOST_REQUIRE(!end);
    BOOST_TEST((end.error().code == errc::unavailable));
    BOOST_TEST(count == last + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_log_that_fails_is_folded_up_to_there) {
  auto log = long_log();
  std::size_t count = 0;
  auto source = [&](const envelope_visitor& visit) -> result<void> {
    source_of(log)(visit).value();
    return failure{errc::log_corrupt, "a gap"};
  };
  auto end = replay({}, source, [&](auto&) -> result<void> {
    ++count;
    return {};
  });
  BOOST_REQUIRE(!end);
  BOOST_TEST((end.error().code == errc::log_corrupt));
  BOOST_TEST(count == log.size());
}

BOOST_AUTO_TEST_CASE(what_the_source_or_the_fold_throws_reaches_the_caller) {
  auto log = long_log();
  auto broken = [](const envelope_visitor&) -> result<void> {
    throw std::runtime_error{"read"};
  };
  auto keep = [](auto&) { return result<void>{}; };
  auto drop = [](auto&) -> result<void> { throw std::logic_error{"fold"}; };
  BOOST_CHECK_THROW((void)replay({}, broken, keep), std::runtime_error);
  BOOST_CHECK_THROW((void)replay({}, source_of(log), drop), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
