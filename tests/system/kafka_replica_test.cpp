#include "tests/system/engines.hpp"
#include "tests/system/two_nodes.hpp"

// A replica of a ledger on Kafka, from the outside.

namespace signalbox::test {

namespace {

struct own_broker {
  kafka_cluster cluster;
};

/// A writer, and a replica with keys of its own.
struct replica_bench : own_broker, joined_bench {
  replica_bench() : joined_bench{program, cluster.bootstrap()} {
    give_keys();
    replica.emplace(joined, std::vector<std::string>{"--replica"});
  }

  /// A release at the writer that the replica shows as the writer does.
  answer publish_for_both(const std::string& word) {
    const auto made = publish(one, word);
    BOOST_REQUIRE_MESSAGE(made.status == 201U, made.body);
    const auto seen =
        get_at(*replica, draft_client, made.header("Signalbox-Token"));
    BOOST_TEST(seen.text("/artifact_id") == made.text("/artifact_id"));
    return seen;
  }

  answer get() const { return replica->get(config_path(draft_client)); }

  answer get_aged(bool aged) const {
    return await([&] { return get(); },
                 [&](auto& x) { return x.header("Age").empty() != aged; });
  }

  std::optional<node_process> replica;
};

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_replica, *of_one_engine())

BOOST_FIXTURE_TEST_CASE(a_replica_follows_serves_without_brokers_and_goes_on,
                        replica_bench) {
  const auto before = publish_for_both("before");
  BOOST_TEST(before.header("Age").empty());
  why_not_ready(*replica, "replica");
  cluster.kill(1);
  why_not_ready(*replica, "does not answer");
  const auto aged = get_aged(true);
  BOOST_TEST(aged.status == 200U);
  BOOST_TEST((content(aged) == content(before)));
  BOOST_TEST(replica->get("/readyz/read").status == 200U);
  const auto refused = publish(*replica, "nowhere");
  BOOST_TEST(refused.status == 503U);
  BOOST_TEST(refused.code() == "read_only", refused.body);
  // A restart without brokers serves what was copied.
  replica->kill();
  replica->restart();
  const auto copied = get();
  BOOST_TEST(copied.status == 200U);
  BOOST_TEST(!copied.header("Age").empty());
  BOOST_TEST((content(copied) == content(before)));
  cluster.restart(1);
  why_not_ready(one, "ready to write");
  publish_for_both("after");
  get_aged(false);
  why_not_ready(*replica, "replica");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
