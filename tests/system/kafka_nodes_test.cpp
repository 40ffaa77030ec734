#include <future>

#include "tests/system/engines.hpp"
#include "tests/system/two_nodes.hpp"

// Several nodes of one ledger on a real broker.

namespace signalbox::test {

namespace {

/// H and state hash of the node's copy, folded from nothing.
std::string replay(const test_ledger& x) {
  const auto done = x.signalbox({"replay", "--json", "--data", x.data()});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  const auto said = json::parse(done.out).as_object();
  return json::serialize(
      json::array{said.at("entries"), said.at("chain"), said.at("state_hash")});
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_nodes, *of_one_engine())

BOOST_FIXTURE_TEST_CASE(a_node_takes_writes_once_it_is_added_and_has_keys,
                        joined_bench) {
  BOOST_REQUIRE_EQUAL(publish(one, "before").status, 201U);
  const node_process two{joined};
  const auto nodes = [&] { return one.get("nodes", ledger.admin); };
  BOOST_TEST(nodes().document.as_array().size() == 1U);
  BOOST_TEST(why_not_ready(two, "nodes add").find(joined.node()) !=
             std::string::npos);
  BOOST_TEST(publish(two, "early").status == 503U);
  BOOST_TEST(two.get("clients").body == one.get("clients").body);

  add_node();
  why_not_ready(two, "keys rotate");
  BOOST_TEST(publish(two, "still early").status == 503U);

  give_keys();
  why_not_ready(two, "ready to write");
  BOOST_TEST(publish(two, "now").status == 201U);
  const auto listed = nodes();
  BOOST_REQUIRE_EQUAL(listed.document.as_array().size(), 2U);
  for (auto& x : listed.document.as_array()) {
    BOOST_TEST(x.at("active") == true);
    BOOST_REQUIRE_EQUAL(x.at("keys").as_array().size(), 2U);
    for (auto& key : x.at("keys").as_array())
      BOOST_TEST(key.at("status") == "active");
  }
  // Those that it was made with: no others were made beside them.
  const auto files =
      std::filesystem::directory_iterator{joined.data() / "keys"};
  BOOST_TEST(std::count_if(begin(files), end(files), [](auto& x) {
               return x.path().extension() == ".pem";
             }) == 2);
  // Nobody proposed what the ledger had to refuse.
  const auto all = audit(one);
  for (auto& x : all.document.as_array())
    BOOST_TEST(x.at("outcome") == "accepted", json::serialize(x));
}

BOOST_FIXTURE_TEST_CASE(both_nodes_publish_and_show_the_same, two_nodes) {
  const auto a = one.publish("codex", "default", sample("codex", "no-servers"));
  const auto b = publish(*two, "from two");
  BOOST_REQUIRE_EQUAL(a.status, 201U);
  BOOST_REQUIRE_EQUAL(b.status, 201U);
  BOOST_TEST(a.text("/signature/key_id") != b.text("/signature/key_id"));
  // Each sees what was written at the other, by its token.
  const auto own = get_at(*two, "codex", a.header("Signalbox-Token"));
  BOOST_TEST(own.text("/artifact_id") == a.text("/artifact_id"));
  const auto other = get_at(one, draft_client, b.header("Signalbox-Token"));
  BOOST_TEST(other.text("/artifact_id") == b.text("/artifact_id"));
  for (auto& client : {std::string{"codex"}, draft_client}) {
    check_agreement(client);
    check_verifies(one, client);
    check_verifies(*two, client);
  }
}

/// A client that heard at one node what is current goes on at another, which
/// may not have heard of it yet.
BOOST_FIXTURE_TEST_CASE(a_revert_may_expect_more_than_its_node_has_folded,
                        two_nodes) {
  const auto first = publish(one, "first");
  BOOST_REQUIRE_EQUAL(first.status, 201U);
  get_at(*two, draft_client, first.header("Signalbox-Token"));
  for (std::uint64_t version = 1; version < 20; version += 2) {
    const auto next = publish(one, "next " + std::to_string(version));
    BOOST_REQUIRE_EQUAL(next.status, 201U);
    const auto back =
        two->post("clients/" + draft_client + "/profiles/default/revert",
                  json::object{{"artifact_id", first.text("/artifact_id")},
                               {"expected_version", version + 1},
                               {"changelog", "Back"}},
                  ledger.admin);
    BOOST_TEST(back.status == 200U, back.body);
  }
  const auto far =
      two->post("clients/" + draft_client + "/profiles/default/revert",
                json::object{{"artifact_id", first.text("/artifact_id")},
                             {"expected_version", 50},
                             {"changelog", "Back"}},
                ledger.admin);
  BOOST_TEST(far.status == 409U, far.body);
}

BOOST_FIXTURE_TEST_CASE(of_two_racing_publishes_one_wins_on_both_nodes,
                        two_nodes) {
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    const json::object expected{{"expected_version", round}};
    const auto race = [&](const node_process& at, const std::string& name) {
      return std::async(std::launch::async, [&, name] {
        return publish(at, name + std::to_string(round), expected);
      });
    };
    auto at_one = race(one, "one-");
    auto at_two = race(*two, "two-");
    const auto first = at_one.get(), second = at_two.get();
    BOOST_TEST_CONTEXT(first.body << second.body) {
      BOOST_REQUIRE_EQUAL(first.status + second.status, 201U + 409U);
      const auto& won = first.status == 201 ? first : second;
      const auto& lost = first.status == 201 ? second : first;
      BOOST_TEST(lost.code() == "conflict");
      BOOST_TEST(lost.at("/current_version").to_number<int>() == round + 1);
      const auto winner =
          std::to_string(lost.at("/winner").to_number<std::uint64_t>());
      for (const auto* node : {&one, &*two}) {
        const auto entry =
            await([&] { return node->get("audit/" + winner, ledger.admin); },
                  [](auto& x) { return x.status == 200; });
        BOOST_TEST(entry.text("/artifact_id") == won.text("/artifact_id"));
        BOOST_TEST(entry.text("/outcome") == "accepted");
      }
    }
  }
  check_agreement(draft_client);
}

BOOST_FIXTURE_TEST_CASE(an_idempotency_key_has_one_outcome_on_all_nodes,
                        two_nodes) {
  const std::string key = "Idempotency-Key: the-same\r\n";
  auto at_two = std::async(std::launch::async,
                           [&] { return publish(*two, "once", {}, key); });
  const auto first = publish(one, "once", {}, key);
  const auto second = at_two.get();
  // One of them made the release, and the other was told of it.
  BOOST_REQUIRE_EQUAL(first.status + second.status, 201U + 200U);
  for (auto* member : {"/artifact_id", "/version", "/signature/value"})
    BOOST_TEST(first.text(member) == second.text(member), member);
  // Another release does not change what the key stands for.
  BOOST_REQUIRE_EQUAL(publish(*two, "another").status, 201U);
  for (const auto* node : {&one, &*two}) {
    const auto again = publish(*node, "once", {}, key);
    BOOST_TEST(again.status == 200U, again.body);
    BOOST_TEST(again.text("/artifact_id") == first.text("/artifact_id"));
    BOOST_TEST(publish(*node, "else", {}, key).code() == "key_reused");
  }
  check_agreement(draft_client);
}

BOOST_FIXTURE_TEST_CASE(a_killed_node_catches_up_with_the_one_that_went_on,
                        two_nodes) {
  BOOST_REQUIRE_EQUAL(publish(one, "before").status, 201U);
  one.kill();
  const std::string key = "Idempotency-Key: meanwhile\r\n";
  const auto meanwhile = publish(*two, "meanwhile", {}, key);
  BOOST_REQUIRE_EQUAL(meanwhile.status, 201U);
  BOOST_TEST(meanwhile.at("/head/payload").is_string());
  one.restart();
  // What it reads before it serves holds all that was there then.
  const auto seen = one.get(config_path(draft_client) +
                            "?token=" + meanwhile.header("Signalbox-Token"));
  BOOST_TEST(seen.text("/artifact_id") == meanwhile.text("/artifact_id"));
  const auto again = publish(one, "meanwhile", {}, key);
  BOOST_TEST(again.status == 200U, again.body);
  BOOST_TEST(again.text("/artifact_id") == meanwhile.text("/artifact_id"));
  const auto after = publish(one, "after");
  BOOST_REQUIRE_EQUAL(after.status, 201U);
  get_at(*two, draft_client, after.header("Signalbox-Token"));
  check_agreement(draft_client);
  BOOST_TEST(one.stop() == 0);
  BOOST_TEST(two->stop() == 0);
  BOOST_TEST(replay(ledger) == replay(joined));
}

BOOST_FIXTURE_TEST_CASE(a_client_counts_once_whichever_nodes_it_tells_fr14,
                        two_nodes) {
  const auto made = publish(one, "running");
  get_at(*two, draft_client, made.header("Signalbox-Token"));
  const auto tell = [&](const node_process& at, const std::string& who) {
    return at.post("clients/claude-code/profiles/default/reports",
                   {{"client_fingerprint", who},
                    {"artifact_id", made.text("/artifact_id")},
                    {"result", "applied"}},
                   {});
  };
  const auto count = [](const node_process& at, std::int64_t wanted) {
    await([&] { return at.get("deployments"); },
          [&](auto& x) { return x.at("/clients") == wanted; });
  };
  BOOST_REQUIRE_EQUAL(tell(one, "host-1").text("/status"), "accepted");
  BOOST_REQUIRE_EQUAL(tell(*two, "host-2").text("/status"), "accepted");
  for (const auto* node : {&one, &*two})
    count(*node, 2);
  // The other node knows it by the same pseudonym.
  BOOST_TEST(tell(*two, "host-1").text("/status") == "repeated");
  BOOST_REQUIRE_EQUAL(tell(one, "host-3").text("/status"), "accepted");
  for (const auto* node : {&one, &*two})
    count(*node, 3);
  // A node that was down counts what came meanwhile.
  one.kill();
  BOOST_REQUIRE_EQUAL(tell(*two, "host-4").text("/status"), "accepted");
  one.restart();
  count(one, 4);
}

BOOST_FIXTURE_TEST_CASE(a_node_that_was_taken_out_serves_reads_alone,
                        two_nodes) {
  BOOST_REQUIRE_EQUAL(publish(*two, "while it may").status, 201U);
  say(one, {"nodes", "remove", joined.node()});
  why_not_ready(*two, "nodes add");
  const auto refused = publish(*two, "too late");
  BOOST_TEST(refused.status == 503U);
  BOOST_TEST(refused.text("/detail").find("nodes add") != std::string::npos);
  BOOST_TEST(two->get(config_path(draft_client)).status == 200U);
  const auto last = one.ask("PUT", "nodes/" + ledger.node(), ledger.admin,
                            R"({"active":false})");
  BOOST_TEST(last.status == 409U, last.body);
  add_node();
  why_not_ready(*two, "ready to write");
  BOOST_TEST(publish(*two, "again").status == 201U);
}

BOOST_FIXTURE_TEST_CASE(a_join_that_fails_says_why_and_leaves_nothing,
                        joined_bench) {
  const auto place = ledger.place() / "new";
  const auto good = ledger.data() / "kafka.properties";
  const auto join = [&](const std::filesystem::path& data,
                        const std::filesystem::path& kafka,
                        const std::string& root) {
    return ledger.signalbox({"ledger", "join", "--data", data, "--kafka", kafka,
                             "--root-fingerprint", root});
  };
  const auto fails = [&](const finished& x, const std::string& why) {
    BOOST_TEST(x.status != 0);
    BOOST_TEST(x.err.find(why) != std::string::npos, x.err);
    BOOST_TEST(!std::filesystem::exists(place));
  };
  fails(join(place, good, std::string(64, 'a')), "made with other roots");
  fails(join(place, good, "none"), "64 hexadecimal digits");
  const auto wrong = ledger.place() / "wrong.properties";
  write_text(wrong, "bootstrap.servers = " + broker +
                        "\nsignalbox.ledger = nobodys\n");
  fails(join(place, wrong, ledger.fingerprint), "there is no topic");
  write_text(wrong, "bootstrap.servers = 127.0.0.1:1\n");
  fails(join(place, wrong, ledger.fingerprint), "roker");
  fails(join(place, ledger.place() / "nothing", ledger.fingerprint), "nothing");
  // A directory in use stays as it was.
  const auto pins = read_text(joined.data() / "ledger.json");
  const auto again = join(joined.data(), good, ledger.fingerprint);
  BOOST_TEST(again.err.find("holds a ledger already") != std::string::npos);
  BOOST_TEST(read_text(joined.data() / "ledger.json") == pins);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
