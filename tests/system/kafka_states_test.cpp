#include "tests/system/engines.hpp"
#include "tests/system/metric.hpp"
#include "tests/system/two_nodes.hpp"

// Nodes of one ledger compare what they made of its log; a seeded fault makes
// one of them wrong.

namespace signalbox::test {

namespace {

/// Two nodes that say what their folds came to as soon as they may.
struct comparing_nodes : two_nodes {
  comparing_nodes() {
    begin(one, {});
    begin(*two, {});
  }

  static void begin(node_process& x, std::vector<std::string> variables) {
    BOOST_REQUIRE_EQUAL(x.stop(), 0);
    variables.emplace_back("SIGNALBOX_TEST_STATE_QUIET=200");
    x.set_variables(std::move(variables));
    x.restart();
  }

  static std::uint64_t count(const node_process& x, const std::string& name) {
    return metric(x, "signalbox_state_" + name);
  }

  static void await_count(const node_process& x, const std::string& name,
                          const std::function<bool(std::uint64_t)>& wanted) {
    await([&] { return x.get("/metrics"); },
          [&](auto& y) {
            return wanted(metric_in(y, "signalbox_state_" + name));
          });
  }

  /// Releases of one channel, each of them known to both nodes.
  void publish_some(int count) {
    for (int i = 0; i < count; ++i) {
      const auto made = publish(one, "release-" + std::to_string(i));
      BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
      get_at(*two, draft_client, made.header("Signalbox-Token"));
    }
  }

  /// H and state hash of a node's copy, folded from nothing. Fails if what it
  /// has stored is another.
  static std::string replay(const test_ledger& x) {
    const auto done = x.signalbox({"replay", "--json", "--data", x.data()});
    BOOST_REQUIRE_MESSAGE(done.status == 0, done.out << done.err);
    const auto said = json::parse(done.out).as_object();
    return json::serialize(json::array{said.at("entries"), said.at("chain"),
                                       said.at("state_hash")});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kafka_states, comparing_nodes, *of_one_engine())

BOOST_AUTO_TEST_CASE(nodes_find_that_they_agree_and_auditors_see_none_of_it) {
  publish_some(2);
  for (const auto* x : {&one, &*two}) {
    await_count(*x, "agreements_total", [](std::uint64_t y) { return y > 0; });
    BOOST_TEST(count(*x, "disagreements_total") == 0);
    BOOST_TEST(count(*x, "alarms") == 0);
  }
  // They lie in the stream, and are not shown.
  BOOST_TEST(metric(*two, "signalbox_activity_kept") > 0);
  const auto all = audit(*two);
  for (auto& x : all.document.as_array()) {
    BOOST_TEST(x.at("kind") != "state_hashed");
    BOOST_TEST(x.at("kind") != "unknown");
  }
  BOOST_TEST(two->get("audit/activity-0", ledger.admin).status == 404u);
}

BOOST_AUTO_TEST_CASE(a_node_whose_state_went_wrong_repairs_itself) {
  // Of its first four releases after the first this node loses the last.
  begin(*two, {"SIGNALBOX_TEST_FAULT=state_row_lost/4"});
  publish_some(5);
  await_count(*two, "repairs_total", [](std::uint64_t x) { return x == 1; });
  // Both found it; each has folded its log again, and one was right.
  await_count(one, "disagreements_total",
              [](std::uint64_t x) { return x > 0; });
  for (const auto* x : {&one, &*two})
    await_count(*x, "alarms", [](std::uint64_t y) { return y == 0; });
  BOOST_TEST(count(one, "repairs_total") == 0);
  BOOST_TEST(two->log().find("was wrong") != std::string::npos);
  check_agreement(draft_client);
  check_verifies(*two, draft_client);
  why_not_ready(*two, "ready to write");
  BOOST_TEST(publish(*two, "at the mended one").status == 201U);
  check_agreement(draft_client);
  BOOST_TEST(one.stop() == 0);
  BOOST_TEST(two->stop() == 0);
  BOOST_TEST(replay(ledger) == replay(joined));
}

BOOST_AUTO_TEST_CASE(a_node_whose_every_fold_is_wrong_stays_and_alarms) {
  begin(*two, {"SIGNALBOX_TEST_FAULT=state_row_garbled/1"});
  publish_some(1);
  // Neither can know who is wrong: each gets its own again.
  for (const auto* x : {&one, &*two}) {
    await_count(*x, "refolds_total", [](std::uint64_t y) { return y == 1; });
    await(
        [&] {
          return answer{200, x->log(), {}, {}};
        },
        [](auto& y) { return y.body.find("it stays") != y.body.npos; });
    BOOST_TEST(count(*x, "repairs_total") == 0);
    BOOST_TEST(count(*x, "alarms") == 1);
    why_not_ready(*x, "ready to write");
    BOOST_TEST(x->get(config_path(draft_client)).status == 200U);
  }
  BOOST_TEST(publish(one, "goes on").status == 201U);
}

BOOST_AUTO_TEST_CASE(a_replica_compares_and_says_nothing) {
  BOOST_REQUIRE_EQUAL(two->stop(), 0);
  begin(one, {}); // it counts from here on
  const auto kept = [&] { return metric(one, "signalbox_activity_kept"); };
  node_process replica{joined,
                       {"--replica"},
                       {"SIGNALBOX_TEST_STATE_QUIET=200",
                        "SIGNALBOX_TEST_FAULT=state_row_lost/2"}};
  publish(one, "first");
  publish(one, "second");
  const auto made = publish(one, "third");
  BOOST_REQUIRE_EQUAL(made.status, 201U);
  await_count(replica, "repairs_total", [](std::uint64_t x) { return x == 1; });
  const auto seen =
      get_at(replica, draft_client, made.header("Signalbox-Token"));
  BOOST_TEST(seen.text("/artifact_id") == made.text("/artifact_id"));
  await_count(replica, "alarms", [](std::uint64_t x) { return x == 0; });
  BOOST_TEST(kept() > 0);
  BOOST_TEST(count(one, "agreements_total") == 0);
  BOOST_TEST(count(one, "disagreements_total") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
