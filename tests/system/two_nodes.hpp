#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/system/kafka_cluster.hpp"
#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// Asks again until the answer is as wanted. What a node has not read from the
/// topic yet it cannot know.
inline answer await(const std::function<answer()>& ask,
                    const std::function<bool(const answer&)>& wanted) {
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  for (;;) {
    auto out = ask();
    if (wanted(out))
      return out;
    if (std::chrono::steady_clock::now() > deadline)
      BOOST_FAIL("it never came; at last: " << out.body);
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

/// The answer at this token's place, which the node may not have reached.
inline answer get_at(const node_process& node, const std::string& client,
                     const std::string& token) {
  return await(
      [&] { return node.get(config_path(client) + "?token=" + token); },
      [](auto& x) { return x.code() != "not_yet"; });
}

inline std::string why_not_ready(const node_process& node,
                                 std::string_view word) {
  return await([&] { return node.get("/readyz/write"); },
               [&](auto& x) { return x.body.find(word) != x.body.npos; })
      .body;
}

/// What both nodes must agree on of a GetConfig answer: all but the signature
/// of the head, which each makes with its own key.
inline json::value content(const answer& x) {
  auto out = x.document;
  out.at("head").as_object().erase("signatures");
  return out;
}

inline const std::string draft_client = "claude-code";

/// A ledger on a shared broker, or on `replicas` brokers of a test, its first
/// node, and the directory of a second one, which the ledger does not know yet.
/// All made by one build.
struct joined_bench {
  explicit joined_bench(const std::filesystem::path& by = program,
                        std::string servers = shared_broker(), int replicas = 1)
      : broker{std::move(servers)}, ledger{"ed25519", {}, broker, replicas, by},
        one{ledger, {}, {}, by}, joined{joining{ledger, by}} {}

  /// A command of the administrator.
  std::string say(const node_process& at, std::vector<std::string> words) {
    words.insert(words.end(), {"--url", at.url, "--token-file",
                               ledger.data() / "admin.token"});
    const auto done = ledger.signalbox(words);
    BOOST_REQUIRE_MESSAGE(done.status == 0,
                          words[0] << ' ' << words[1] << ": " << done.err);
    return done.out;
  }

  void add_node() { add_node(joined); }
  void add_node(const test_ledger& x) { say(one, {"nodes", "add", x.node()}); }
  void give_keys() { give_keys(joined); }
  void give_keys(const test_ledger& x) {
    say(one, {"keys", "rotate", "--online", "--data", x.data(), "--root",
              ledger.data() / "keys" / "root.pem"});
  }

  answer publish(const node_process& at, const std::string& word,
                 json::object more = {}, const std::string& headers = {}) {
    return at.publish(draft_client, "default", small_draft(word),
                      std::move(more), headers);
  }

  /// Everything that the log holds, as one node tells it.
  answer audit(const node_process& at) {
    return at.get("audit?order=oldest&limit=1000", ledger.admin);
  }

  std::string broker;
  test_ledger ledger;
  node_process one;
  test_ledger joined;
};

/// Both of them nodes that serve.
struct two_nodes : joined_bench {
  explicit two_nodes(const std::filesystem::path& by = program,
                     std::string servers = shared_broker(), int replicas = 1)
      : joined_bench{by, std::move(servers), replicas} {
    add_node();
    give_keys();
    two.emplace(joined, std::vector<std::string>{}, std::vector<std::string>{},
                by);
  }

  /// The same on both, as soon as both have read all that there is.
  void check_agreement(const std::string& client) {
    std::string at_one;
    await(
        [&] {
          at_one = audit(one).body;
          return audit(*two);
        },
        [&](auto& x) { return x.body == at_one; });
    const auto first = one.get(config_path(client));
    const auto second = two->get(config_path(client));
    BOOST_REQUIRE_EQUAL(first.status, 200U);
    BOOST_REQUIRE_EQUAL(second.status, 200U);
    BOOST_TEST((content(first) == content(second)));
    BOOST_TEST(first.header("ETag") == second.header("ETag"));
  }

  /// Whether a stranger who knows the root's fingerprint takes what a node
  /// serves.
  void check_verifies(const node_process& at, const std::string& client) {
    const auto artifact = (ledger.place() / "artifact.json").string();
    const auto keysets = (ledger.place() / "keysets.jsonl").string();
    say(at, {"get", client, "default", "--output", artifact});
    say(at, {"keysets", "--output", keysets});
    const auto done =
        ledger.signalbox({"verify", artifact, "--keyset", keysets,
                          "--root-fingerprint", ledger.fingerprint});
    BOOST_TEST(done.status == 0, done.err);
  }

  std::optional<node_process> two;
};

} // namespace signalbox::test
