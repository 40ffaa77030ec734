#include <atomic>
#include <chrono>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/system/copy_bench.hpp"
#include "tests/system/engines.hpp"

// Ledgers that move between the engines, on real brokers.

namespace signalbox::test {

namespace {

const std::string embedded; // no broker: the log is in the directory

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != text.npos;
}

json::value parsed(const finished& x) {
  BOOST_REQUIRE_MESSAGE(x.status == 0, x.err);
  return json::parse(x.out);
}

answer publish(const node_process& node, const std::string& word) {
  return node.publish("claude-code", "default", small_draft(word));
}

/// What is signed of the current artifact: it must not change on a way.
std::string sealed(const node_process& node) {
  const auto x = node.get(config_path("claude-code"));
  BOOST_REQUIRE_MESSAGE(x.status == 200u, x.body);
  return x.body.substr(0, x.body.rfind(",\"head\":"));
}

/// The whole log is sound, and gives these hashes.
void check_verifies(const test_ledger& ledger, const json::value& hashes) {
  const auto x = parsed(
      ledger.signalbox({"log", "verify", "--data", ledger.data(), "--json",
                        "--root-fingerprint", ledger.fingerprint}));
  BOOST_TEST((x.at("sound") == json::value(true)), json::serialize(x));
  for (auto* member : {"chain", "state_hash", "entries"})
    BOOST_TEST((x.at(member) == hashes.at(member)), member);
}

/// Writes are refused, and say where the ledger is now; reads go on.
void check_closed(const node_process& node, const std::string& where) {
  const auto refused = publish(node, "late");
  BOOST_TEST(refused.status == 503u);
  BOOST_TEST(refused.code() == "read_only");
  BOOST_TEST(says(refused.body, where), refused.body);
  BOOST_TEST(!says(refused.body, "bootstrap"), refused.body);
  const auto ready = node.get("/readyz/write");
  BOOST_TEST(ready.status == 503u);
  BOOST_TEST(says(ready.body, where), ready.body);
  BOOST_TEST(node.get("/readyz/read").status == 200u);
  BOOST_TEST(node.get(config_path("claude-code")).status == 200u);
}

/// The child of a fork does the copy and dies, as by kill -9, where it says
/// this word for the nth time.
void die_at(const copy_options& options, std::string_view word, int nth) {
  const auto child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    auto x = options;
    x.progress = [word, nth, seen = 0](std::string_view what, auto,
                                       auto) mutable {
      if (what == word && ++seen == nth)
        ::_exit(9);
    };
    (void)copy_ledger(x);
    ::_exit(1); // it never came
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_REQUIRE(WIFEXITED(status));
  BOOST_REQUIRE_EQUAL(WEXITSTATUS(status), 9);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_copy, copy_bench, *of_one_engine())

BOOST_AUTO_TEST_CASE(a_ledger_moves_to_kafka_and_back_and_serves_all_along) {
  const test_ledger first{"ed25519", {}, embedded};
  node_process node{first};
  BOOST_REQUIRE_EQUAL(publish(node, "a").status, 201u);
  const auto token = publish(node, "b").header("Signalbox-Token");
  const auto before = sealed(node);
  // Not while it is served.
  BOOST_TEST(first.signalbox(words(first.data(), place / "k", true)).status ==
             7);
  BOOST_REQUIRE(node.stop() == 0);
  const auto there =
      parsed(first.signalbox(words(first.data(), place / "k", true)));
  const test_ledger on_kafka{moving{first, place / "k"}};
  check_verifies(on_kafka, there);
  // The topic itself too, without the node.
  const auto afresh = parsed(first.signalbox(
      {"log", "verify", "--kafka", settings, "--json", "--token", token}));
  BOOST_TEST((afresh.at("chain") == there.at("chain")));
  {
    node_process moved{on_kafka};
    BOOST_TEST(sealed(moved) == before);
    BOOST_TEST(
        moved.get(config_path("claude-code") + "?token=" + token).status ==
        200u);
    BOOST_REQUIRE_EQUAL(publish(moved, "c").status, 201u);
    node.restart();
    check_closed(node, topic());
    BOOST_TEST(sealed(node) == before);
    BOOST_TEST(node.stop() == 0);
    BOOST_TEST(moved.stop() == 0);
  }
  const auto back =
      parsed(first.signalbox(words(on_kafka.data(), place / "b", false)));
  const test_ledger again{moving{first, place / "b"}};
  check_verifies(again, back);
  BOOST_TEST(!fs::exists(again.data() / "kafka.properties"));
  node_process last{again};
  BOOST_REQUIRE_EQUAL(publish(last, "d").status, 201u);
  BOOST_TEST(says(last.get("audit", first.admin).body, "artifact_published"));
  BOOST_TEST(last.stop() == 0);
  BOOST_TEST(first.signalbox({"replay", "--data", again.data()}).status == 0);
  node_process closed{on_kafka};
  check_closed(closed, "directory");
}

BOOST_AUTO_TEST_CASE(a_copy_that_was_killed_goes_on_where_it_broke_off) {
  const test_ledger first{"ed25519", {}, embedded};
  copy_options options;
  options.data = first.data();
  options.to = place / "k";
  options.kafka = plan_of(settings);
  die_at(options, "copied", 1);
  die_at(options, "copied", 40);
  die_at(options, "verified", 1);
  // Nothing has happened to the source.
  {
    node_process node{first};
    BOOST_REQUIRE_EQUAL(publish(node, "a").status, 201u);
    BOOST_TEST(node.stop() == 0);
  }
  const auto done =
      parsed(first.signalbox(words(first.data(), place / "k", true)));
  const test_ledger moved{moving{first, place / "k"}};
  check_verifies(moved, done);
  node_process node{moved};
  BOOST_TEST(publish(node, "b").status == 201u);
}

BOOST_AUTO_TEST_CASE(a_copy_killed_after_the_source_closed_is_finished_once) {
  const test_ledger first{"ed25519", {}, embedded};
  copy_options options;
  options.data = first.data();
  options.to = place / "k";
  options.kafka = plan_of(settings);
  die_at(options, "closed", 1);
  const auto refused = first.signalbox(words(first.data(), place / "k", true));
  BOOST_TEST(refused.status == 5, refused.err);
  BOOST_TEST(says(refused.err, "--finish"), refused.err);
  // The unfinished topic is no ledger yet.
  BOOST_TEST(first.signalbox({"log", "verify", "--kafka", settings}).status ==
             7);
  const auto finish = words(first.data(), place / "k", true, {"--finish"});
  const auto done = parsed(first.signalbox(finish));
  BOOST_TEST(first.signalbox(finish).status == 5); // it is there
  const test_ledger on_kafka{moving{first, place / "k"}};
  check_verifies(on_kafka, done);
  // The same on the way back.
  options.data = on_kafka.data();
  options.to = place / "b";
  options.kafka.reset();
  die_at(options, "closed", 1);
  const auto elsewhere =
      first.signalbox(words(on_kafka.data(), place / "c", false, {"--finish"}));
  BOOST_TEST(elsewhere.status == 5, elsewhere.err);
  const auto back = parsed(first.signalbox(
      words(on_kafka.data(), place / "b", false, {"--finish"})));
  const test_ledger again{moving{first, place / "b"}};
  check_verifies(again, back);
  node_process node{again};
  BOOST_TEST(publish(node, "a").status == 201u);
}

BOOST_AUTO_TEST_CASE(a_topic_that_holds_something_else_is_refused) {
  const test_ledger first{"ed25519", {}, embedded};
  const test_ledger other{"ed25519", {}, embedded};
  copy_options options;
  options.data = other.data();
  options.to = place / "other";
  options.kafka = plan_of(settings);
  die_at(options, "verified", 1);
  const auto half = first.signalbox(words(first.data(), place / "k", true));
  BOOST_TEST(half.status == 5, half.err);
  BOOST_TEST(says(half.err, "other records"), half.err);
  parsed(other.signalbox(words(other.data(), place / "other", true)));
  const auto whole = first.signalbox(words(first.data(), place / "k", true));
  BOOST_TEST(whole.status == 5, whole.err);
  BOOST_TEST(says(whole.err, "signalbox.ledger"), whole.err);
  BOOST_TEST(!fs::exists(place / "k"));
  // The source is as it was.
  node_process node{first};
  BOOST_TEST(publish(node, "a").status == 201u);
}

BOOST_AUTO_TEST_CASE(nothing_that_another_node_got_accepted_is_left_behind) {
  const test_ledger first{"ed25519", {}, shared_broker()};
  const test_ledger joined{joining{first}};
  {
    node_process one{first};
    const auto say = [&](std::vector<std::string> more) {
      more.insert(more.end(), {"--url", one.url, "--token-file",
                               first.data() / "admin.token"});
      const auto done = first.signalbox(more);
      BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
    };
    say({"nodes", "add", joined.node()});
    say({"keys", "rotate", "--online", "--data", joined.data(), "--root",
         first.data() / "keys" / "root.pem"});
    BOOST_TEST(one.stop() == 0);
  }
  node_process other{joined};
  std::atomic<bool> stop{false};
  std::vector<std::string> accepted; // at most a page of the audit
  std::string token;
  std::thread writer{[&] {
    for (int i = 0; !stop && i < 900; ++i)
      if (const auto x = publish(other, std::to_string(i)); x.status == 201) {
        accepted.push_back(x.text("/artifact_id"));
        if (token.empty())
          token = x.header("Signalbox-Token");
      }
  }};
  const auto copied = first.signalbox(words(first.data(), place / "b", false));
  // The other node learns of it from the topic alone.
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  while (!says(other.get("/readyz/write").body, "was moved") &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  stop = true;
  writer.join();
  const auto closed = publish(other, "after");
  const auto done = parsed(copied);
  BOOST_TEST(closed.status == 503u, closed.body);
  BOOST_REQUIRE(!accepted.empty());
  // Not a word of the joined node is in its own answers alone.
  const test_ledger moved{moving{first, place / "b"}};
  check_verifies(moved, done);
  // Later ones may cover the entry that closed the source, and is not copied.
  const auto known = first.signalbox(
      {"log", "verify", "--data", moved.data(), "--token", token});
  BOOST_TEST(known.status == 0, known.err);
  node_process node{moved};
  const auto all =
      node.get("audit?kind=artifact_published&limit=1000", first.admin).body;
  for (auto& artifact : accepted)
    BOOST_TEST(all.find(artifact) != std::string::npos, artifact);
  BOOST_TEST(publish(node, "here").status == 201u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
