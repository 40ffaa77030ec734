#include <map>
#include <string>
#include <tuple>

#include <boost/test/unit_test.hpp>

#include "app/ledger_topics.hpp"
#include "storage/kafka_updates_topic.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/kafka_cluster.hpp"
#include "tests/system/node_process.hpp"

// The topics that `ledger create` makes, and what a node makes of them.

namespace signalbox::test {

namespace {

using namespace std::string_literals;
using settings_of_topic = std::map<std::string, std::string>;

constexpr std::int64_t day = 24LL * 3'600'000;

/// A place with settings for a ledger of this name on brokers.
struct creation {
  creation(const kafka_cluster& cluster, const std::string& name)
      : file{place / "settings"} {
    write_text(file, "bootstrap.servers = " + cluster.bootstrap() +
                         "\nsignalbox.deployment = made\nsignalbox.ledger = " +
                         name + '\n');
    kafka = parse_kafka_settings(read_text(file)).value();
  }

  finished signalbox(std::vector<std::string> words) const {
    words.insert(words.begin(), program.string());
    return run({words, {"SIGNALBOX_PASSPHRASE=correct horse battery staple"}});
  }

  finished create(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"ledger", "create",  "--data",
                                   data,     "--kafka", file};
    words.insert(words.end(), more.begin(), more.end());
    return signalbox(words);
  }

  kafka_topic_facts describe(const char* stream) const {
    const auto deadline =
        std::chrono::steady_clock::now() + child_process::patience;
    for (;;) { // not all brokers know of it at once
      auto x = kafka_topics{kafka}.describe(kafka_topic(kafka, stream));
      if (x)
        return *x;
      BOOST_REQUIRE_MESSAGE(x.error().code == errc::not_found &&
                                std::chrono::steady_clock::now() < deadline,
                            x.error().message);
    }
  }

  void check(const char* stream, int partitions,
             const settings_of_topic& wanted) const {
    BOOST_TEST_CONTEXT(stream) {
      const auto x = describe(stream);
      BOOST_TEST(x.partitions == partitions);
      BOOST_TEST(x.replication == 3);
      BOOST_TEST(setting_of(x, "min.insync.replicas") == "2");
      BOOST_TEST(setting_of(x, "message.timestamp.type") == "LogAppendTime");
      BOOST_TEST(setting_of(x, "unclean.leader.election.enable") == "false");
      for (auto& [name, value] : wanted)
        BOOST_TEST(setting_of(x, name) == value,
                   name << " is " << setting_of(x, name));
    }
  }

  temporary_directory place;
  std::string file;
  std::string data = place / "data";
  kafka_settings kafka;
};

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != text.npos;
}

settings_of_topic kept_for(std::int64_t time) {
  return {{"cleanup.policy", "delete"}, {"retention.ms", std::to_string(time)}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_creation, *of_one_engine())

BOOST_AUTO_TEST_CASE(a_creation_lays_its_topics_out_as_it_is_told) {
  const kafka_cluster cluster{3};
  const creation usual{cluster, "usual"};
  const auto made = usual.create();
  BOOST_REQUIRE_MESSAGE(made.status == 0, made.err);
  BOOST_TEST(says(made.out, "3, 2 in sync"), made.out);
  settings_of_topic decisions{{"cleanup.policy", "delete"},
                              {"retention.ms", "-1"},
                              {"retention.bytes", "-1"},
                              {"flush.messages", "1"}};
  usual.check(decisions_stream, 1, decisions);
  usual.check(reports_stream, 12, kept_for(30 * day));
  usual.check(activity_stream, 1, kept_for(30 * day));
  usual.check(updates_stream, 1, {{"cleanup.policy", "compact"}});

  const creation other{cluster, "other"};
  const auto told = other.create(
      {"--kafka-replication", "3", "--kafka-min-in-sync", "2",
       "--kafka-flush-messages", "0", "--kafka-report-partitions", "5",
       "--kafka-reports-keep", "2d", "--kafka-activity-keep", "1d"});
  BOOST_REQUIRE_MESSAGE(told.status == 0, told.err);
  decisions["flush.messages"] = "9223372036854775807"; // the brokers' own
  other.check(decisions_stream, 1, decisions);
  other.check(reports_stream, 5, kept_for(2 * day));
  other.check(activity_stream, 1, kept_for(day));
  other.check(updates_stream, 1, {{"cleanup.policy", "compact"}});
}

BOOST_AUTO_TEST_CASE(one_replica_alone_is_in_sync_unless_more_are_asked_for) {
  const kafka_cluster cluster;
  const creation trial{cluster, "trial"};
  const auto more =
      trial.create({"--kafka-replication", "1", "--kafka-min-in-sync", "2"});
  BOOST_TEST(more.status == 2);
  BOOST_TEST(says(more.err, "--kafka-min-in-sync must be 1 to 1"), more.err);
  const auto none = trial.create({"--kafka-replication", "0"});
  BOOST_TEST(none.status == 2);
  BOOST_TEST(says(none.err, "--kafka-replication must be 1 or more"), none.err);
  const auto made = trial.create({"--kafka-replication", "1"});
  BOOST_REQUIRE_MESSAGE(made.status == 0, made.err);
  BOOST_TEST(says(made.out, "1, 1 in sync"), made.out);
  BOOST_TEST(says(made.out, "the ledger is lost"), made.out);
  for (const auto* x :
       {decisions_stream, reports_stream, activity_stream, updates_stream}) {
    BOOST_TEST(setting_of(trial.describe(x), "min.insync.replicas") == "1", x);
    BOOST_TEST(says(made.out, kafka_topic(trial.kafka, x)), made.out);
  }
}

BOOST_AUTO_TEST_CASE(a_node_that_joined_is_told_what_is_to_be_done) {
  const kafka_cluster cluster;
  const creation first{cluster, "first"};
  const auto made = first.create({"--kafka-replication", "1", "--json"});
  BOOST_REQUIRE_MESSAGE(made.status == 0, made.err);
  const auto fingerprint = json::parse(made.out).at("root_fingerprint");
  const std::string data = first.place / "second";
  const std::string secret = first.place / "passphrase";
  write_text(secret, "correct horse battery staple");
  ::chmod(secret.c_str(), 0600);
  const auto joined = first.signalbox(
      {"ledger", "join", "--data", data, "--kafka", first.file,
       "--root-fingerprint", std::string{fingerprint.as_string()},
       "--passphrase-file", secret});
  BOOST_REQUIRE_MESSAGE(joined.status == 0, joined.err);
  const auto place = " --data " + data + " --passphrase-file " + secret;
  for (auto part :
       {"signalbox nodes add "s, "signalbox keys rotate --online" + place,
        "--root-passphrase-file"s, "signalbox serve" + place})
    BOOST_TEST(says(joined.out, part), joined.out);
}

BOOST_AUTO_TEST_CASE(a_node_does_not_start_on_a_topic_that_loses_decisions) {
  const kafka_cluster cluster;
  const test_ledger ledger{"ed25519", {}, cluster.bootstrap()};
  const auto kafka =
      parse_kafka_settings(read_text(ledger.data() / "kafka.properties"))
          .value();
  const auto set = [&](const std::string& name, const std::string& value) {
    const auto x =
        kafka_topics{kafka}.change(ledger.decisions_topic(), {{name, value}});
    BOOST_REQUIRE_MESSAGE(x, x.error().message);
  };
  const auto start = [&] {
    return ledger.signalbox(
        {"serve", "--data", ledger.data(), "--listen", "127.0.0.1:0"});
  };
  const std::tuple<const char*, const char*, const char*> dangers[] = {
      {"cleanup.policy", "compact", "delete"},
      {"retention.ms", "604800000", "-1"}};
  for (auto& [name, wrong, right] : dangers) {
    set(name, wrong);
    const auto x = start();
    BOOST_TEST(x.status != 0);
    for (auto part : {std::string{"could lose decisions"}, std::string{name},
                      std::string{"--add-config "} + name + '=' + right})
      BOOST_TEST(says(x.err, part), x.err);
    set(name, right);
  }
  set("flush.messages", "1000");
  node_process node{ledger};
  BOOST_TEST(says(node.log(), "flush.messages=1"), node.log());
  BOOST_TEST(
      node.publish("vscode", "default", sample("vscode", "stdio-pinned-npx"))
          .status == 201u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
