#include <chrono>
#include <future>

#include "tests/system/engines.hpp"
#include "tests/system/linear_reads.hpp"
#include "tests/system/metric.hpp"
#include "tests/system/two_nodes.hpp"

// consistency=linear with several nodes on a real broker.

namespace signalbox::test {

namespace {

/// Without a token of any place: it must be newest all the same.
answer read(const node_process& at, const test_ledger& as) {
  return at.get(linear_path(draft_client), as.admin);
}

struct linear_nodes : two_nodes {
  answer read(const node_process& at) const { return test::read(at, ledger); }

  static bool is_refused(const answer& x, std::string_view code) {
    return x.status == 503 && x.code() == code &&
           !x.header("Retry-After").empty() && !x.has("/artifact_id");
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_linear, *of_one_engine())

BOOST_FIXTURE_TEST_CASE(a_linear_read_shows_what_another_node_just_acknowledged,
                        linear_nodes) {
  constexpr int rounds = 60;
  for (int i = 0; i < rounds; ++i) {
    const auto& writer = i % 2 == 0 ? one : *two;
    const auto& other = i % 2 == 0 ? *two : one;
    const auto made = publish(writer, "round-" + std::to_string(i));
    BOOST_REQUIRE_MESSAGE(made.status == 201U, made.body);
    const auto got = read(other);
    BOOST_REQUIRE_MESSAGE(got.status == 200U, got.body);
    BOOST_TEST(got.text("/artifact_id") == made.text("/artifact_id"), i);
    BOOST_TEST(got.header("Signalbox-Token") == made.header("Signalbox-Token"));
  }
  check_agreement(draft_client);
}

BOOST_FIXTURE_TEST_CASE(a_crowd_at_two_nodes_costs_fifty_entries_a_second_each,
                        linear_nodes) {
  BOOST_REQUIRE_EQUAL(publish(one, "something").status, 201U);
  read(*two);
  using clock = std::chrono::steady_clock;
  const auto before = metric(one, "signalbox_log_entries");
  const auto began = clock::now();
  std::vector<std::future<int>> crowd;
  for (int i = 0; i < 8; ++i)
    crowd.push_back(std::async(std::launch::async, [&, i] {
      int answered = 0;
      while (clock::now() - began < std::chrono::seconds{2})
        answered += read(i % 2 == 0 ? one : *two).status == 200U;
      return answered;
    }));
  int answered = 0;
  for (auto& x : crowd)
    answered += x.get();
  const auto took = std::chrono::duration<double>(clock::now() - began).count();
  read(one); // has seen them all
  const auto written = metric(one, "signalbox_log_entries") - before;
  BOOST_TEST(static_cast<double>(written) <= 2 * (took * 50 + 2));
  BOOST_TEST(answered > static_cast<int>(written));
  BOOST_TEST_MESSAGE(answered << " reads, " << written << " entries in " << took
                              << " s");
}

BOOST_FIXTURE_TEST_CASE(who_cannot_know_what_is_newest_never_answers_with_less,
                        linear_nodes) {
  BOOST_REQUIRE_EQUAL(publish(one, "before").status, 201U);
  BOOST_REQUIRE_EQUAL(read(*two).status, 200U);
  // A node that was taken out of the ledger.
  say(one, {"nodes", "remove", joined.node()});
  why_not_ready(*two, "nodes add");
  const auto out = read(*two);
  BOOST_TEST(is_refused(out, "unavailable"), out.body);
  BOOST_TEST(out.text("/detail").find("nodes add") != std::string::npos);
  BOOST_TEST(two->get(config_path(draft_client)).status == 200U);
  // A replica.
  BOOST_REQUIRE_EQUAL(two->stop(), 0);
  {
    const node_process replica{joined, {"--replica"}};
    const auto asked = read(replica);
    BOOST_TEST(is_refused(asked, "read_only"), asked.body);
    BOOST_TEST(asked.text("/detail").find("replica") != std::string::npos);
    BOOST_TEST(replica.get(config_path(draft_client)).status == 200U);
  }
}

/// At once, while the node does not know it yet, and when it does.
BOOST_AUTO_TEST_CASE(without_brokers_nobody_knows_what_is_newest) {
  const kafka_cluster cluster;
  const test_ledger ledger{"ed25519", {}, cluster.bootstrap()};
  const node_process one{ledger};
  BOOST_REQUIRE_EQUAL(
      one.publish(draft_client, "default", small_draft("before")).status, 201U);
  cluster.kill(1);
  const auto began = std::chrono::steady_clock::now();
  const auto late = read(one, ledger);
  const auto took = std::chrono::steady_clock::now() - began;
  BOOST_TEST(late.status == 503U, late.body);
  BOOST_TEST(!late.header("Retry-After").empty());
  BOOST_TEST((took < std::chrono::seconds{10}));
  await([&] { return one.get("/readyz/write"); },
        [](auto& x) { return x.status == 503; });
  BOOST_TEST(read(one, ledger).status == 503U);
  BOOST_TEST(one.get(config_path(draft_client)).status == 200U);
  cluster.restart(1);
  const auto back = await([&] { return read(one, ledger); },
                          [](auto& x) { return x.status == 200; });
  BOOST_TEST(back.text("/changelog") == "A change");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
