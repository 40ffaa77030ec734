#include "projections/deployments.hpp"

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"

using namespace signalbox;

namespace {

pseudonym client(int number) {
  return pseudonym::from(
      sha256(as_bytes(std::to_string(number))).view().first(16));
}

digest artifact(int number) {
  return sha256(as_bytes("artifact " + std::to_string(number)));
}

client_reported report(int who, int what,
                       report_result result = report_result::applied,
                       std::string_view profile = "default") {
  return {client(who), "codex", profile, artifact(what), result, {}, {}};
}

constexpr timestamp at(std::int64_t seconds) {
  return timestamp{seconds * 1000};
}

std::uint64_t sum(const std::vector<deployment_count>& counts) {
  std::uint64_t out = 0;
  for (auto& x : counts)
    out += x.clients;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(deployment_counts)

BOOST_AUTO_TEST_CASE(a_client_counts_once_by_its_latest_report_fr15) {
  deployments x{100};
  x.apply(report(1, 1), at(10));
  x.apply(report(2, 1), at(11));
  x.apply(report(1, 2, report_result::failed), at(12));
  const auto counts = x.count(at(0), {});
  BOOST_TEST(sum(counts) == 2u);
  BOOST_REQUIRE_EQUAL(counts.size(), 2u);
  for (auto& y : counts)
    BOOST_CHECK(y.artifact == artifact(1) ? y.result == report_result::applied
                                          : y.result == report_result::failed);
}

BOOST_AUTO_TEST_CASE(only_clients_within_the_window_count_fr15) {
  deployments x{100};
  x.apply(report(1, 1), at(10));
  x.apply(report(2, 1), at(20));
  BOOST_TEST(sum(x.count(at(10), {})) == 2u);
  BOOST_TEST(sum(x.count(at(11), {})) == 1u);
  BOOST_TEST(sum(x.count(at(21), {})) == 0u);
  x.forget_before(at(11));
  BOOST_TEST(x.clients() == 1u);
  BOOST_TEST(sum(x.count(at(0), {})) == 1u);
}

BOOST_AUTO_TEST_CASE(counts_are_kept_apart_by_profile_and_filtered_fr15) {
  deployments x{100};
  x.apply(report(1, 1), at(10));
  x.apply(report(2, 1, report_result::applied, "prod"), at(10));
  BOOST_TEST(x.count(at(0), {}).size() == 2u);
  BOOST_TEST(sum(x.count(at(0), {{}, "prod"})) == 1u);
  BOOST_TEST(sum(x.count(at(0), {"cursor", {}})) == 0u);
  BOOST_TEST(sum(x.count(at(0), {"codex", {}})) == 2u);
}

BOOST_AUTO_TEST_CASE(the_same_report_is_known_again_and_another_is_not) {
  deployments x{100};
  auto first = report(1, 1);
  first.detail = "all well";
  x.apply(first, at(100));
  BOOST_TEST(x.is_repeated(first, at(100)));
  BOOST_TEST(!x.is_repeated(first, at(101)));
  auto other = first;
  other.detail = "not so well";
  BOOST_TEST(!x.is_repeated(other, at(100)));
  other = first;
  other.result = report_result::failed;
  BOOST_TEST(!x.is_repeated(other, at(100)));
  BOOST_TEST(!x.is_repeated(report(2, 1), at(0)));
}

BOOST_AUTO_TEST_CASE(clients_are_bounded_and_the_rest_is_told) {
  deployments x{10};
  for (int i = 0; i < 15; ++i)
    BOOST_TEST(x.apply(report(i, 1), at(10)) == (i < 10));
  BOOST_TEST(x.left_out() == 5u);
  BOOST_TEST(x.clients() == 10u);
  BOOST_TEST(x.apply(report(3, 2), at(11))); // one that is known goes on
  x.forget_before(at(11));
  BOOST_TEST(x.apply(report(12, 1), at(12)));
}

BOOST_AUTO_TEST_CASE(a_million_clients_take_little_memory) {
  deployments x{1'000'000};
  for (int i = 0; i < 1'000'000; ++i)
    x.apply(report(i, i % 3), at(10));
  BOOST_TEST(x.clients() == 1'000'000u);
  BOOST_TEST(sum(x.count(at(0), {})) == 1'000'000u);
  BOOST_TEST(x.bytes() < 64u * 1'000'000u);
}

BOOST_AUTO_TEST_CASE(a_floor_hides_small_counts_and_rounds_the_others_nfr8) {
  const auto show = [](std::uint64_t clients, std::uint64_t floor) {
    deployment_count x;
    x.clients = clients;
    return under_floor({x}, floor).front().clients;
  };
  BOOST_CHECK(show(4, 5) == std::nullopt);
  BOOST_CHECK(show(5, 5) == 5u);
  BOOST_CHECK(show(9, 5) == 5u);
  BOOST_CHECK(show(10, 5) == 10u);
  BOOST_CHECK(show(1, 0) == 1u);
  BOOST_CHECK(show(1, 1) == 1u);
}

BOOST_AUTO_TEST_CASE(under_a_floor_no_difference_tells_of_single_clients_nfr8) {
  // Whatever is asked before and after, what is shown differs by nothing or by
  // the floor.
  constexpr std::uint64_t floor = 5;
  std::uint64_t before = 0;
  for (std::uint64_t n = 1; n < 100; ++n) {
    deployment_count x;
    x.clients = n;
    const auto now = under_floor({x}, floor).front().clients.value_or(0);
    BOOST_TEST((now - before) % floor == 0u);
    before = now;
  }
}

BOOST_AUTO_TEST_SUITE_END()
