#include <algorithm>
#include <atomic>
#include <thread>

#include "app/folded_log.hpp"
#include "app/kafka_file.hpp"
#include "app/log_source.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/two_nodes.hpp"

// What the tools read of a node that serves a ledger on Kafka: its copy of the
// topic, which it writes meanwhile.

namespace signalbox::test {

namespace {

namespace fs = std::filesystem;

/// A node on a broker, and clients that publish for as long as it lives.
struct busy_node {
  static constexpr int writers = 3;

  test_ledger ledger{"ed25519", {}, shared_broker()};
  node_process node{ledger};

  busy_node() {
    for (int i = 0; i < writers; ++i) {
      const auto made =
          node.ask("PUT", "clients/claude-code/profiles/" + profile_of(i),
                   ledger.admin, "{}");
      BOOST_REQUIRE_MESSAGE(made.status < 300u, made.body);
    }
    for (int i = 0; i < writers; ++i)
      threads_.emplace_back([this, i] { write(profile_of(i)); });
  }
  ~busy_node() { rest(); }

  void rest() {
    stop_ = true;
    for (auto& x : threads_)
      x.join();
    threads_.clear();
  }

  int refused() const { return refused_; }

  finished say(std::vector<std::string> words) const {
    return ledger.signalbox(std::move(words));
  }
  /// The same of a command that must succeed.
  std::string done(std::vector<std::string> words) const {
    const auto x = say(words);
    BOOST_REQUIRE_MESSAGE(x.status == 0,
                          words[0] << ' ' << words[1] << ": " << x.err);
    return x.out;
  }

  /// What is said of a backup with more entries than this. The copy that is
  /// read is half a second behind what the node serves.
  json::value back_up(const fs::path& file, std::uint64_t before = 0) const {
    const auto deadline =
        std::chrono::steady_clock::now() + child_process::patience;
    for (;;) {
      auto held = json::parse(done(
          {"log", "backup", "--json", "--data", ledger.data(), "--out", file}));
      if (held.at("entries").to_number<std::uint64_t>() > before)
        return held;
      BOOST_REQUIRE((std::chrono::steady_clock::now() < deadline));
      fs::remove(file);
    }
  }

 private:
  static std::string profile_of(int writer) {
    return "p" + std::to_string(writer);
  }

  void write(const std::string& profile) {
    for (int i = 0; !stop_; ++i)
      refused_ += is_published(profile, std::to_string(i)) ? 0 : 1;
  }

  bool is_published(const std::string& profile, const std::string& word) try {
    return node.publish("claude-code", profile, small_draft(word)).status ==
           201u;
  } catch (const std::exception&) {
    return false; // no answer in time
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> refused_{0};
  std::vector<std::thread> threads_;
};

std::uint64_t lines(const std::string& text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(kafka_backup, busy_node, *of_one_engine())

BOOST_AUTO_TEST_CASE(tools_read_a_node_that_writes_its_copy_and_agree) {
  constexpr int rounds = 6;
  const auto settings = kafka_file_path(ledger.data()).string();
  std::vector<fs::path> backups;
  std::uint64_t before = 0;
  for (int i = 0; i < rounds; ++i) {
    const auto file = ledger.place() / ("backup-" + std::to_string(i));
    const auto held = back_up(file, before);
    const auto entries = held.at("entries").to_number<std::uint64_t>();
    before = entries;
    const auto sound =
        json::parse(done({"log", "verify", "--json", "--in", file}));
    for (auto* member : {"entries", "chain", "state_hash"})
      BOOST_TEST((sound.at(member) == held.at(member)), member);
    BOOST_TEST(lines(done({"log", "dump", "--in", file})) == entries);
    done({"log", "verify", "--data", ledger.data()});
    BOOST_TEST(lines(done({"log", "dump", "--data", ledger.data()})) >=
               entries);
    backups.push_back(file);
  }
  done({"log", "verify", "--kafka", settings});
  BOOST_TEST(lines(done({"log", "dump", "--kafka", settings})) > before);
  rest();
  BOOST_TEST(refused() == 0);
  // Each is what the topic itself begins with, contents and times too.
  const auto topic =
      log_source::on_kafka(read_kafka_settings(settings).value(), nullptr);
  BOOST_REQUIRE_MESSAGE(topic, topic.error().message);
  for (auto& x : backups) {
    const auto backup = log_source::in_backup(x);
    BOOST_REQUIRE(backup);
    const auto end = to_integer(backup->log().end());
    BOOST_TEST((fold_until(backup->log(), end).value() ==
                fold_until(topic->log(), end).value()));
  }
}

BOOST_AUTO_TEST_CASE(what_a_node_has_acknowledged_is_soon_in_its_backups) {
  const auto seen = node.publish("claude-code", "default", small_draft("seen"));
  BOOST_REQUIRE_EQUAL(seen.status, 201u);
  const auto token = seen.header("Signalbox-Token");
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  while (say({"log", "verify", "--data", ledger.data(), "--token", token})
             .status != 0)
    BOOST_REQUIRE((std::chrono::steady_clock::now() < deadline));
  const auto file = ledger.place() / "backup";
  const auto again = ledger.place() / "again";
  const auto held = back_up(file);
  rest();
  BOOST_REQUIRE(node.stop() == 0);
  const auto said =
      json::parse(done({"log", "restore", "--json", "--in", file, "--data",
                        again, "--keys", ledger.data() / "keys"}));
  BOOST_TEST((said.at("backup_chain") == held.at("chain")));
  const test_ledger restored{moving{ledger, again}};
  const node_process back{restored};
  BOOST_TEST(back.get(config_path("claude-code")).text("/artifact_id") ==
             seen.text("/artifact_id"));
  BOOST_TEST(
      back.publish("claude-code", "default", small_draft("next")).status ==
      201u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
