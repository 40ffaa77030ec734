#include <atomic>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "events/bytes.hpp"
#include "tests/system/command_bench.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/kafka_cluster.hpp"

// Backups of nodes that run, and what comes back from them.

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct backup_bench : command_bench {
  const fs::path backup = ledger.place() / "backup";
  const fs::path again = ledger.place() / "again";

  answer publish(const node_process& to, const std::string& word) const {
    auto out = to.publish("claude-code", "default", small_draft(word));
    BOOST_REQUIRE_MESSAGE(out.status == 201u, out.body);
    return out;
  }

  finished back_up() const {
    return ledger.signalbox(
        {"log", "backup", "--json", "--data", ledger.data(), "--out", backup});
  }

  finished restore(std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {"log", "restore", "--json", "--in", backup, "--data", again,
                 "--keys", ledger.data() / "keys"});
    return ledger.signalbox(more);
  }

  /// What a client does that has seen as much as this answer: fetches and
  /// verifies what a node serves.
  finished take(const node_process& from, const answer& seen) const {
    const auto fetch = [&](std::vector<std::string> words) {
      words.insert(words.end(), {"--url", from.url});
      const auto x = ledger.signalbox(words);
      BOOST_REQUIRE_MESSAGE(x.status == 0, x.err);
    };
    fetch({"get", "claude-code", "default", "-o", "a.json"});
    fetch({"keysets", "-o", "k.jsonl"});
    const auto payload = from_base64(seen.text("/head/payload")).value();
    const auto head = json::parse(as_text(payload));
    return ledger.signalbox(
        {"verify", "a.json", "--keyset", "k.jsonl", "--root-fingerprint",
         ledger.fingerprint, "--min-incarnation",
         json::serialize(head.at("incarnation")), "--min-channel-version",
         json::serialize(head.at("channel_version"))});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_backup, backup_bench, *of_one_engine())

BOOST_AUTO_TEST_CASE(clients_take_what_came_back_from_a_running_nodes_backup) {
  publish(node, "a");
  std::atomic<bool> stop{false};
  std::thread writer{[&] {
    for (int i = 0; !stop; ++i)
      node.publish("vscode", "default", sample("vscode", "stdio-pinned-npx"),
                   json::object{{"changelog", std::to_string(i)}});
  }};
  const auto saved = back_up();
  stop = true;
  writer.join();
  BOOST_REQUIRE_MESSAGE(saved.status == 0, saved.err);
  publish(node, "b");
  const auto lost = publish(node, "c");
  BOOST_REQUIRE(node.stop() == 0);
  const auto done = restore();
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  const auto said = json::parse(done.out);
  const auto held = json::parse(saved.out);
  BOOST_TEST((said.at("backup_chain") == held.at("chain")));
  BOOST_TEST((said.at("backup_state_hash") == held.at("state_hash")));
  const test_ledger restored{moving{ledger, again}};
  node_process back{restored};
  const auto taken = take(back, lost);
  BOOST_TEST(taken.status == 0, taken.err);
  const auto judged = back.get(config_path("claude-code") +
                               "?token=" + lost.header("Signalbox-Token"));
  BOOST_TEST(judged.code() == "history_changed");
  publish(back, "d");
  BOOST_TEST(says(back.get("audit", ledger.admin).body, "ledger_restored"));
  BOOST_TEST(back.stop() == 0);
  const auto sound = ledger.signalbox({"log", "verify", "--data", again});
  BOOST_TEST(sound.status == 0, sound.err);
}

BOOST_AUTO_TEST_CASE(a_backup_comes_back_on_kafka) {
  const kafka_cluster cluster;
  const auto seen = publish(node, "a");
  BOOST_REQUIRE(back_up().status == 0);
  BOOST_REQUIRE(node.stop() == 0);
  const auto settings = file("settings");
  write_text(settings, "bootstrap.servers = " + cluster.bootstrap() +
                           "\nsignalbox.ledger = again\n");
  const std::vector<std::string> to_kafka{
      "--kafka", settings, "--kafka-replication", "1", "--kafka-min-in-sync",
      "1"};
  auto wrong = to_kafka;
  wrong.insert(wrong.end(), {"--root", file("none.pem")});
  BOOST_TEST(restore(wrong).status == 3);
  const auto done = restore(to_kafka);
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  const test_ledger restored{moving{ledger, again}};
  node_process back{restored};
  const auto taken = take(back, seen);
  BOOST_TEST(taken.status == 0, taken.err);
  publish(back, "b");
  const auto second = ledger.signalbox(
      {"log", "restore", "--in", backup, "--data", file("third"), "--keys",
       ledger.data() / "keys", "--kafka", settings, "--kafka-replication", "1",
       "--kafka-min-in-sync", "1"});
  BOOST_TEST(second.status == 5, second.err);
  BOOST_TEST(!fs::exists(file("third")));
}

BOOST_AUTO_TEST_SUITE_END()
