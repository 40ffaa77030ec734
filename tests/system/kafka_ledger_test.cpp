#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>

#include "storage/kafka_decisions.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/kafka_stream_topic.hpp"
#include "storage/kafka_topics.hpp"
#include "tests/kafka/stranger.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/metric.hpp"
#include "tests/system/two_nodes.hpp"

// A ledger on Kafka, from the outside.

namespace signalbox::test {

namespace {

/// One broker and a ledger on it.
struct on_kafka {
  kafka_cluster cluster;
  test_ledger ledger{"ed25519", {}, cluster.bootstrap()};
};

answer publish(const node_process& node, std::string_view name) {
  return node.publish("vscode", "default", sample("vscode", name));
}

answer get(const node_process& node) {
  return node.get(config_path("vscode"));
}

bool becomes_ready(const node_process& node, unsigned status) {
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  while (node.get("/readyz/write").status != status)
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    else
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
  return true;
}

/// The topic of the ledger's decisions is deleted, and made again, empty.
void make_anew(const test_ledger& ledger) {
  const auto settings =
      parse_kafka_settings(read_text(ledger.data() / "kafka.properties"));
  const kafka_topics topics{settings.value()};
  BOOST_REQUIRE(topics.remove(ledger.decisions_topic()));
  kafka_layout layout;
  layout.replication = layout.min_in_sync = 1;
  BOOST_REQUIRE(topics.create(ledger.decisions_topic(), layout,
                              decisions_config(layout)));
}

/// Whether a start of the node ends, and says this.
bool is_refused(node_process& node, std::string_view why) {
  try {
    node.restart();
    return false;
  } catch (const std::runtime_error& e) {
    const std::string said = e.what();
    BOOST_TEST_INFO(said);
    return said.find("serve ended") != said.npos && said.find(why) != said.npos;
  }
}

/// An answer that says how old it is, as soon as one does: the last word of the
/// brokers counts as news for a while.
answer get_aged(const node_process& node) {
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  for (;;) {
    auto out = get(node);
    if (!out.header("Age").empty() ||
        std::chrono::steady_clock::now() > deadline)
      return out;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_ledger, *of_one_engine())

/// The client library may never let go of a partition that was deleted.
BOOST_AUTO_TEST_CASE(a_node_ends_though_one_of_its_topics_was_deleted) {
  on_kafka x;
  node_process node{x.ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "stdio-pinned-npx").status, 201U);
  auto settings =
      parse_kafka_settings(read_text(x.ledger.data() / "kafka.properties"));
  const auto topic = kafka_topic(settings.value(), activity_stream);
  BOOST_REQUIRE(kafka_topics{*settings}.remove(topic));
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  while (node.log().find("partition count changed") == std::string::npos) {
    BOOST_REQUIRE((std::chrono::steady_clock::now() < deadline));
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  node.send_stop();
  BOOST_TEST(node.wait() == 0); // librdkafka 2.0 may never let go of it
}

/// Whoever is given nothing would never learn what becomes of its writes. The
/// fault lets another's open transaction hide what comes after it.
BOOST_AUTO_TEST_CASE(a_node_that_is_given_nothing_to_read_takes_no_writes) {
  on_kafka x;
  node_process node{x.ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "stdio-pinned-npx").status, 201U);
  BOOST_REQUIRE(node.stop() == 0);
  node.set_variables({"SIGNALBOX_TEST_FAULT=read_committed/1"});
  node.restart();
  BOOST_REQUIRE(becomes_ready(node, 200));
  auto settings =
      parse_kafka_settings(read_text(x.ledger.data() / "kafka.properties"));
  stranger other{x.cluster.bootstrap()};
  other.begin(kafka_topic(settings.value(), decisions_stream), "none");
  BOOST_REQUIRE(becomes_ready(node, 503));
  // And stays so: what it compares meanwhile is read, and is no news.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{8};
  while (std::chrono::steady_clock::now() < until) {
    const auto said = node.get("/readyz/write");
    BOOST_REQUIRE_EQUAL(said.status, 503U);
    BOOST_REQUIRE(said.body.find("nothing of it comes") != std::string::npos);
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  BOOST_TEST(get(node).status == 200U);
  other.finish(stranger::ending::abort);
  BOOST_TEST(becomes_ready(node, 200));
  BOOST_TEST(publish(node, "http-header-input").status == 201U);
}

/// The copy is the topic's: whoever moves it away has it again.
BOOST_AUTO_TEST_CASE(a_copy_that_was_taken_away_is_made_again) {
  on_kafka x;
  node_process node{x.ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "stdio-pinned-npx").status, 201U);
  const auto before = get(node);
  BOOST_TEST(node.stop() == 0);
  std::filesystem::remove_all(x.ledger.data() / "db");
  node.restart();
  BOOST_TEST(becomes_ready(node, 200));
  BOOST_TEST(get(node).text("/artifact_id") == before.text("/artifact_id"));
  BOOST_TEST(publish(node, "http-header-input").status == 201U);
}

BOOST_AUTO_TEST_CASE(a_node_whose_topic_was_made_anew_forks_no_history) {
  on_kafka x;
  node_process node{x.ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "stdio-pinned-npx").status, 201U);
  const auto before = get(node);
  make_anew(x.ledger);
  const auto why = why_not_ready(node, "made anew");
  BOOST_TEST(why.find("Put the former topic back") != why.npos, why);
  BOOST_TEST(publish(node, "http-header-input").status == 503U);
  const auto aged = get_aged(node);
  BOOST_TEST(aged.status == 200U);
  BOOST_TEST(aged.text("/artifact_id") == before.text("/artifact_id"));
  BOOST_TEST(node.get("/readyz/read").status == 200U);
  node.send_stop();
  BOOST_TEST(node.wait() == 0); // librdkafka may never let go of the topic
  BOOST_TEST(is_refused(node, "made anew"));
  // Nor does it begin another history there.
  std::filesystem::remove_all(x.ledger.data() / "db");
  BOOST_TEST(is_refused(node, "no ledger"));
}

BOOST_AUTO_TEST_CASE(a_node_on_the_topic_of_another_ledger_is_refused) {
  on_kafka x;
  const test_ledger other{"ed25519", {}, x.cluster.bootstrap()};
  node_process node{x.ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "stdio-pinned-npx").status, 201U);
  BOOST_TEST(node.stop() == 0);
  const auto settings = x.ledger.data() / "kafka.properties";
  const auto own = read_text(settings);
  write_text(settings, read_text(other.data() / "kafka.properties"));
  BOOST_TEST(is_refused(node, "made anew, cut or exchanged"));
  // Without its copy it has nothing to compare but the ledger's id.
  std::filesystem::remove_all(x.ledger.data() / "db");
  BOOST_TEST(is_refused(node, "not the one that ledger.json pins"));
  write_text(settings, own);
  std::filesystem::remove_all(x.ledger.data() / "db");
  node.restart();
  BOOST_TEST(publish(node, "http-header-input").status == 201U);
}

/// The entries that it folded itself are those that have come since.
BOOST_AUTO_TEST_CASE(an_orderly_restart_goes_on_from_the_stored_state) {
  on_kafka x;
  node_process node{x.ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "stdio-pinned-npx").status, 201U);
  const auto before = metric(node, "signalbox_folded_entries");
  BOOST_TEST(node.stop() == 0);
  node.restart();
  const auto size = metric(node, "signalbox_folded_entries");
  const auto own = metric(node, "signalbox_entries_accepted_total") +
                   metric(node, "signalbox_entries_voided_total");
  BOOST_TEST(size >= before);
  BOOST_TEST(own < before);
  BOOST_TEST_MESSAGE(before << " entries, of " << size << " folded " << own);
  BOOST_TEST(get(node).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_ledger_on_kafka_serves_and_survives_a_kill) {
  on_kafka x;
  node_process node{x.ledger};
  const auto made = publish(node, "stdio-pinned-npx");
  BOOST_REQUIRE_EQUAL(made.status, 201u);
  const auto before = get(node);
  node.kill();
  node.restart();
  const auto after = get(node);
  BOOST_TEST(after.status == 200u);
  BOOST_TEST(after.body == before.body);
}

BOOST_AUTO_TEST_CASE(without_brokers_reads_go_on_and_writes_are_refused) {
  on_kafka x;
  node_process node{x.ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "stdio-pinned-npx").status, 201u);
  const auto before = get(node);
  BOOST_TEST(before.header("Age").empty());
  x.cluster.kill(1);
  // Until the log says that nobody answers, a command's fate may be open.
  BOOST_REQUIRE(becomes_ready(node, 503));
  const auto refused = publish(node, "several-servers");
  BOOST_TEST(refused.status == 503u);
  BOOST_TEST(refused.code() == "read_only");
  const auto stale = get_aged(node);
  BOOST_TEST(stale.status == 200u);
  BOOST_TEST(stale.body == before.body);
  BOOST_REQUIRE(!stale.header("Age").empty());
  BOOST_TEST(std::stoi(stale.header("Age")) >= 2);
  BOOST_TEST(node.get("/readyz/read").status == 200u);
  // A restart without brokers serves what was copied.
  node.kill();
  node.restart();
  BOOST_TEST(get(node).body == before.body);
  x.cluster.restart(1);
  BOOST_REQUIRE(becomes_ready(node, 200));
  BOOST_TEST(publish(node, "several-servers").status == 201u);
}

BOOST_AUTO_TEST_CASE(a_replica_serves_reads_and_says_what_it_is) {
  on_kafka x;
  {
    node_process writer{x.ledger};
    BOOST_REQUIRE_EQUAL(publish(writer, "stdio-pinned-npx").status, 201u);
    BOOST_TEST(writer.stop() == 0);
  }
  node_process replica{x.ledger, {"--replica"}};
  BOOST_TEST(get(replica).status == 200u);
  const auto refused = publish(replica, "several-servers");
  BOOST_TEST(refused.status == 503u);
  BOOST_TEST(refused.body.find("replica") != std::string::npos);
  const auto ready = replica.get("/readyz/write");
  BOOST_TEST(ready.status == 503u);
}

BOOST_AUTO_TEST_CASE(a_replica_needs_a_log_of_others) {
  const test_ledger embedded{"ed25519", {}, ""};
  const auto done =
      embedded.signalbox({"serve", "--data", embedded.data(), "--replica",
                          "--listen", "127.0.0.1:0"});
  BOOST_TEST(done.status == 2);
  BOOST_TEST(done.err.find("needs a ledger on Kafka") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_creations_of_one_ledger_make_one) {
  on_kafka x;
  const temporary_directory other;
  write_text(other / "settings",
             read_text(x.ledger.data() / "kafka.properties"));
  const auto second =
      x.ledger.signalbox({"ledger", "create", "--data", other / "data",
                          "--kafka", other / "settings", "--kafka-replication",
                          "1", "--kafka-min-in-sync", "1"});
  BOOST_TEST(second.status != 0);
  BOOST_TEST(second.err.find("TOPIC_ALREADY_EXISTS") != std::string::npos);
  BOOST_TEST(second.err.find("signalbox.ledger") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(other / "data"));
  // The first is as it was.
  node_process node{x.ledger};
  BOOST_TEST(publish(node, "stdio-pinned-npx").status == 201u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
