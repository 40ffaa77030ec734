#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace fs = std::filesystem;

namespace {

/// Every file below a directory, with its content.
std::vector<std::pair<fs::path, std::string>> files_below(const fs::path& x) {
  std::vector<std::pair<fs::path, std::string>> out;
  for (auto& file : fs::recursive_directory_iterator{x})
    if (file.is_regular_file())
      out.emplace_back(file.path(), read_text(file.path()));
  return out;
}

std::vector<fs::path> names_below(const fs::path& x) {
  std::vector<fs::path> out;
  for (auto& file : fs::recursive_directory_iterator{x})
    out.push_back(file.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// A value that the rules take for a secret, made here so that no tool takes
/// this file for a leak.
const std::string secret =
    std::string{"ghp_"} + "x7Kq2mZt9Rb4Wc8Ns5Ld1Fv6Hj3Gy0PaUe";

json::value draft_with(std::string_view place, const std::string& value) {
  json::object server{{"command", "docs-mcp"}};
  if (place == "env")
    server["env"] = json::object{{"DOCS_TOKEN", value}};
  if (place == "args")
    server["args"] = json::array{"--token", value};
  if (place == "header")
    server = {{"type", "http"},
              {"url", "https://a.example/mcp"},
              {"headers", json::object{{"Authorization", "Bearer " + value}}}};
  if (place == "url")
    server = {{"type", "http"}, {"url", "https://a.example/mcp?key=" + value}};
  return json::object{{"mcpServers", json::object{{"docs", server}}}};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(conformance, node_fixture)

BOOST_AUTO_TEST_CASE(a_literal_secret_is_rejected_and_left_nowhere_c3_nfr5) {
  for (auto* place : {"env", "args", "header", "url"}) {
    const auto refused =
        node.publish("claude-code", "default", draft_with(place, secret));
    BOOST_TEST(refused.status == 422u, place << refused.body);
    BOOST_TEST(refused.text("/report/errors/0/rule") == "literal-secret");
    BOOST_TEST(refused.body.find(secret) == std::string::npos, place);
    const auto rpc = node.rpc("ValidateDraft",
                              {{"draft_payload", draft_with(place, secret)},
                               {"client_id", "claude-code"},
                               {"profile", "default"}},
                              ledger.admin);
    BOOST_TEST(rpc.at("/result/valid") == false);
    BOOST_TEST(rpc.body.find(secret) == std::string::npos, place);
  }
  const auto words = node.publish("claude-code", "default", small_draft("a"),
                                  {{"changelog", "token " + secret}});
  BOOST_TEST(words.status == 422u);
  BOOST_TEST(node.post("tokens",
                       {{"roles", json::array{"reader"}},
                        {"description", "was " + secret}},
                       ledger.admin)
                 .status == 400u);
  BOOST_TEST(node.get(config_path("claude-code")).status == 404u);
  BOOST_TEST(node.get("/metrics").body.find(secret) == std::string::npos);
  BOOST_TEST(node.stop() == 0);
  BOOST_TEST(node.log().find(secret) == std::string::npos);
  for (auto& [path, content] : files_below(ledger.data()))
    BOOST_TEST(content.find(secret) == std::string::npos, path);
}

BOOST_AUTO_TEST_CASE(bearer_tokens_are_kept_hashed_and_logged_nowhere_nfr7) {
  const auto token = node.issue({"publisher"});
  node.publish("codex", "default", sample("codex", "no-servers"), {}, {},
               token);
  node.get("clients", token + "x");
  // Nor do they get there by a field that is kept as an id.
  const auto hidden = token.substr(token.find('_', 4) + 1);
  for (const auto& field : {"X-Request-Id: " + hidden,
                            "traceparent: 00-" + hidden + "-" + hidden}) {
    node.get("clients", {}, field + "\r\n");
    node.publish("codex", "default", sample("codex", "every-optional-field"),
                 {{"changelog", field.substr(0, 5)}}, field + "\r\n");
  }
  BOOST_TEST(node.stop() == 0);
  BOOST_TEST(node.log().find(hidden) == std::string::npos);
  for (auto& [path, content] : files_below(ledger.data()))
    BOOST_TEST(content.find(hidden) == std::string::npos, path);
  BOOST_CHECK((fs::status(ledger.data() / "admin.token").permissions() &
               fs::perms::all) ==
              (fs::perms::owner_read | fs::perms::owner_write));
}

BOOST_AUTO_TEST_CASE(old_artifacts_verify_after_a_rotation_of_keys_c5) {
  const auto old =
      node.publish("codex", "default", sample("codex", "no-servers"));
  const auto old_keyset = node.get("keysets/current").body;
  BOOST_TEST(node.stop() == 0);
  const auto rotated =
      ledger.signalbox({"keys", "rotate", "--data", ledger.data()});
  BOOST_REQUIRE_MESSAGE(rotated.status == 0, rotated.err);
  node.restart();
  const auto still = node.get(config_path("codex"));
  BOOST_TEST(still.text("/artifact_id") == old.text("/artifact_id"));
  BOOST_TEST(still.text("/signature/key_id") == old.text("/signature/key_id"));
  BOOST_TEST(still.text("/signature/value") == old.text("/signature/value"));
  BOOST_TEST(still.text("/head/signatures/0/keyid") !=
             old.text("/head/signatures/0/keyid"));
  const auto fresh =
      node.publish("codex", "default", sample("codex", "stdio-pinned-npx"));
  BOOST_TEST(fresh.status == 201u, fresh.body);
  BOOST_TEST(fresh.text("/signature/key_id") != old.text("/signature/key_id"));
  const auto keyset = node.get("keysets/current").body;
  BOOST_TEST(node.get("keysets/1").body == old_keyset);
  const auto verified = [&](const std::string& artifact,
                            const std::string& keys) {
    write_text(ledger.place() / "a.json", artifact);
    write_text(ledger.place() / "k.json", keys);
    return ledger
        .signalbox({"verify", "a.json", "--keyset", "k.json",
                    "--root-fingerprint", ledger.fingerprint})
        .status;
  };
  BOOST_TEST(verified(still.body, keyset) == 0);
  BOOST_TEST(verified(old.body, keyset) == 0);
  BOOST_TEST(verified(fresh.body, keyset) == 0);
  BOOST_TEST(verified(fresh.body, old_keyset) != 0);
}

BOOST_AUTO_TEST_CASE(a_revoked_key_verifies_nothing_more_c5) {
  const auto old =
      node.publish("codex", "default", sample("codex", "no-servers"));
  BOOST_TEST(node.stop() == 0);
  BOOST_REQUIRE(
      ledger.signalbox({"keys", "rotate", "--data", ledger.data()}).status ==
      0);
  const auto revoked =
      ledger.signalbox({"keys", "revoke", old.text("/signature/key_id"),
                        "--data", ledger.data(), "--force"});
  BOOST_REQUIRE_MESSAGE(revoked.status == 0, revoked.err);
  node.restart();
  const auto refused = node.get(config_path("codex"));
  BOOST_TEST(refused.status == 503u);
  BOOST_TEST(refused.code() == "key_revoked");
  write_text(ledger.place() / "a.json", old.body);
  write_text(ledger.place() / "k.json", node.get("keysets/current").body);
  BOOST_TEST(ledger
                 .signalbox({"verify", "a.json", "--keyset", "k.json",
                             "--root-fingerprint", ledger.fingerprint})
                 .status == 4);
}

BOOST_AUTO_TEST_CASE(traversal_and_odd_ids_are_refused_and_make_no_file_c8) {
  const auto before = names_below(ledger.place());
  for (const std::string id :
       {"..%2F..%2Fescape", "..", ".", "%2e%2e", "..%5c..%5cescape", "a%00b",
        "%2Fetc%2Fpasswd", "a%20b", "%F0%9F%98%80", "CON", "a%0d%0ab", "-", "%",
        "%zz"}) {
    BOOST_TEST_CONTEXT(id) {
      for (const auto& path : {"clients/" + id + "/profiles/default/publish",
                               "clients/codex/profiles/" + id + "/publish"}) {
        const auto x = node.post(
            path, {{"draft_payload", json::object{}}, {"changelog", "x"}},
            ledger.admin);
        BOOST_TEST((x.status >= 400 && x.status < 500), x.status);
      }
      for (const auto& path :
           {"clients/" + id, "clients/codex/schemas/" + id,
            "clients/" + id + "/profiles/default/config", "keysets/" + id,
            "commands/" + id, "/v1/ledgers/" + id + "/clients"}) {
        const auto x = node.get(path, ledger.admin);
        BOOST_TEST((x.status >= 400 && x.status < 500), path << x.status);
      }
    }
  }
  for (const std::string id :
       {"../../escape", "/etc/passwd", "", "..", "a\n"}) {
    const auto x = node.rpc("Publish",
                            {{"client_id", id},
                             {"profile", id},
                             {"draft_payload", json::object{}},
                             {"changelog", "x"}},
                            ledger.admin);
    BOOST_TEST(x.has("/error"), x.body);
  }
  for (auto& path : names_below(ledger.place()))
    if (!std::binary_search(before.begin(), before.end(), path))
      BOOST_TEST(path.string().starts_with((ledger.data() / "db").string()),
                 path);
  BOOST_TEST(!fs::exists(ledger.place().parent_path() / "escape"));
}

BOOST_AUTO_TEST_CASE(a_kill_leaves_the_old_or_the_new_never_a_half_c10) {
  auto current = node.publish("claude-code", "default", small_draft("0"))
                     .text("/artifact_id");
  for (int round = 1; round <= 5; ++round) {
    // The kill falls somewhere into a stream of publishes.
    std::vector<std::string> told{current};
    std::thread writer{[&] {
      try {
        for (int i = 0;; ++i) {
          const auto x = node.publish(
              "claude-code", "default",
              small_draft(std::to_string(round) + '-' + std::to_string(i)));
          if (x.status == 201)
            told.push_back(x.text("/artifact_id"));
        }
      } catch (const std::exception&) { // it was killed
      }
    }};
    while (node.get(config_path("claude-code")).text("/artifact_id") == current)
      ;
    node.kill();
    writer.join();
    node.restart();
    const auto got = node.get(config_path("claude-code"));
    BOOST_REQUIRE_EQUAL(got.status, 200u);
    // The last that was told, or one whose answer was lost.
    const auto held = got.text("/artifact_id");
    const auto last = node.get(diff_path("claude-code", told.back()));
    BOOST_TEST(last.text("/status") != "unknown");
    if (held != told.back())
      BOOST_TEST(std::count(told.begin(), told.end(), held) == 0);
    for (auto& id : told)
      BOOST_TEST(node.get(diff_path("claude-code", id)).text("/status") !=
                 "unknown");
    write_text(ledger.place() / "a.json", got.body);
    write_text(ledger.place() / "k.json", node.get("keysets/current").body);
    BOOST_TEST(ledger
                   .signalbox({"verify", "a.json", "--keyset", "k.json",
                               "--root-fingerprint", ledger.fingerprint})
                   .status == 0);
    current = held;
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_strict_json_is_refused_with_a_pointer_c14) {
  struct odd {
    std::string payload;
    std::string pointer;
  };
  const std::string path = "clients/claude-code/profiles/default/publish";
  for (
      auto& [payload, pointer] : std::vector<odd>{
          {R"({"mcpServers":{"a":{"command":"x","timeout":NaN}}})", ""},
          {R"({"mcpServers":{"a":{"command":"x","timeout":Infinity}}})", ""},
          {R"({"mcpServers":{"a":{"command":"x","timeout":1e999}}})", ""},
          {R"({"mcpServers":{"a":{"command":"x"},"a":{"command":"y"}}})",
           "/draft_payload/mcpServers/a"},
          {R"({"mcpServers":{"a":{"command":"x","\u0063ommand":"y"}}})",
           "/draft_payload/mcpServers/a/command"},
          {R"({"mcpServers":{"a":{"command":"\ud800"}}})",
           "/draft_payload/mcpServers/a/command"},
          {R"({"mcpServers":{"a":{"command":"\udc00\ud800"}}})",
           "/draft_payload/mcpServers/a/command"},
          {R"({"mcpServers":{"a":{"command":"x","timeout":9007199254740993}}})",
           "/draft_payload/mcpServers/a/timeout"},
          {"{\"mcpServers\":{\"a\":{\"command\":\"\xff\"}}}", ""},
          {"{\"mcpServers\":{},}", ""}}) {
    const auto x =
        node.ask("POST", path, ledger.admin,
                 R"({"changelog":"x","draft_payload":)" + payload + '}');
    BOOST_TEST(x.status == 400u, payload << x.body);
    BOOST_TEST(x.code() == "bad_json", payload << x.body);
    if (!pointer.empty())
      BOOST_TEST(x.text("/pointer") == pointer, x.body);
    else
      BOOST_TEST((!x.has("/pointer") ||
                  x.text("/pointer").starts_with("/draft_payload")),
                 x.body);
  }
  const auto deep =
      node.ask("POST", path, ledger.admin,
               R"({"changelog":"x","draft_payload":)" + std::string(100, '[') +
                   std::string(100, ']') + '}');
  BOOST_TEST(deep.status == 413u);
  BOOST_TEST(deep.text("/pointer").starts_with("/draft_payload/0/0"));
  const auto unknown =
      node.ask("POST", path, ledger.admin,
               R"({"changelog":"x","draft_payload":{"mcpServers":{},)"
               R"("hooks":{}}})");
  BOOST_TEST(unknown.status == 422u);
  const auto pointer = unknown.text("/report/errors/0/pointer");
  BOOST_TEST((pointer == "/hooks" || pointer.empty()), pointer);
  BOOST_TEST(node.get(config_path("claude-code")).status == 404u);
}

BOOST_AUTO_TEST_CASE(two_publishers_race_one_wins_readers_never_fail_c15) {
  const auto first =
      node.publish("claude-code", "default", small_draft("first"));
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  std::atomic<int> reads{0};
  std::thread reader{[&] {
    http_client client{node.port};
    long version = 0;
    while (!done) {
      const auto x =
          read_answer(client.get(node.base + config_path("claude-code")));
      const auto head =
          x.status == 200 ? std::stol(x.text("/version").substr(4)) : -1;
      if (head < version)
        ++failed;
      version = head;
      ++reads;
    }
  }};
  for (int round = 1; round <= 30; ++round) {
    auto publish = [&](const char* who) {
      return node.publish("claude-code", "default",
                          small_draft(who + std::to_string(round)),
                          {{"expected_version", round}});
    };
    auto one = std::async(std::launch::async, publish, "one");
    auto two = std::async(std::launch::async, publish, "two");
    const auto x = one.get();
    const auto y = two.get();
    const auto& won = x.status == 201 ? x : y;
    const auto& lost = x.status == 201 ? y : x;
    BOOST_TEST(won.status == 201u, won.body);
    BOOST_TEST(lost.status == 409u, lost.body);
    BOOST_TEST(lost.code() == "conflict");
    BOOST_TEST(lost.at("/current_version").to_number<int>() == round + 1);
    BOOST_TEST(lost.at("/winner").to_number<int>() > 0);
    BOOST_TEST(node.get(config_path("claude-code")).text("/artifact_id") ==
               won.text("/artifact_id"));
  }
  done = true;
  reader.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(reads > 0);
  BOOST_TEST(node.stop() == 0);
  BOOST_TEST(ledger.signalbox({"replay", "--data", ledger.data()}).status == 0);
}

BOOST_AUTO_TEST_CASE(publishers_without_an_expectation_all_get_through_c15) {
  std::vector<std::future<answer>> all;
  for (int i = 0; i < 16; ++i)
    all.push_back(std::async(std::launch::async, [&, i] {
      return node.publish("claude-code", "default",
                          small_draft(std::to_string(i)));
    }));
  for (auto& x : all) {
    const auto y = x.get();
    BOOST_TEST(y.status == 201u, y.body);
  }
  BOOST_TEST(node.get(config_path("claude-code")).text("/version") == "1.0.15");
}

BOOST_AUTO_TEST_CASE(who_asks_is_judged_before_the_body_is_read_c16) {
  const std::string head =
      "POST /v1/ledgers/main/clients/codex/profiles/default/publish "
      "HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n";
  http_client stranger{node.port};
  stranger.send(head + "\r\n"); // and not one byte of the body
  BOOST_TEST(stranger.read().result_int() == 401u);
  BOOST_TEST(stranger.is_closed());
  const auto reader = node.issue({"reader"});
  http_client other{node.port};
  other.send(head + "Authorization: Bearer " + reader + "\r\n\r\n");
  BOOST_TEST(other.read().result_int() == 403u);
}

BOOST_AUTO_TEST_CASE(sizes_are_limited_before_the_body_is_read_c16) {
  for (auto* length : {"1048577", "999999999999999"}) {
    http_client client{node.port};
    client.send("POST /v1/ledgers/main/clients/codex/profiles/default/publish "
                "HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                ledger.admin + "\r\nContent-Length: " + length + "\r\n\r\n");
    BOOST_TEST(client.read().result_int() == 413u, length);
  }
  http_client client{node.port};
  client.send("POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n");
  BOOST_TEST(client.read().result_int() == 413u);
  const auto large = node.publish("claude-code", "default",
                                  small_draft(std::string(300 * 1024, 'a')));
  BOOST_TEST((large.status == 413u || large.status == 422u), large.status);
}

BOOST_AUTO_TEST_CASE(no_origin_is_echoed_c16) {
  for (auto* path : {"clients", "/healthz", "tokens"}) {
    const auto x = node.get(path, {},
                            "Origin: https://evil.example\r\n"
                            "Access-Control-Request-Method: POST\r\n");
    for (auto& field : x.raw) {
      const std::string name{field.name_string()};
      BOOST_TEST(!name.starts_with("Access-Control"), name);
      BOOST_TEST(std::string{field.value()}.find("evil") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_token_revoked_a_moment_ago_is_refused_at_once_c16) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  const auto made =
      node.post("tokens", {{"roles", json::array{"publisher"}}}, ledger.admin);
  const auto token = made.text("/token");
  // The same connections before and after, hot path and cold path.
  http_client hot{node.port};
  http_client cold{node.port};
  const auto line = "Authorization: Bearer " + token + "\r\n";
  const auto config = node.base + config_path("codex");
  BOOST_TEST(hot.get(config, line).result_int() == 200u);
  BOOST_TEST(cold.get(node.base + "clients", line).result_int() == 200u);
  BOOST_TEST(
      node.ask("DELETE", "tokens/" + made.text("/token_id"), ledger.admin)
          .status == 200u);
  BOOST_TEST(hot.get(config, line).result_int() == 401u);
  BOOST_TEST(cold.get(node.base + "clients", line).result_int() == 401u);
  BOOST_TEST(node.publish("codex", "default",
                          sample("codex", "several-servers"), {}, {}, token)
                 .status == 401u);
  BOOST_TEST(node.rpc("ListClients", json::object{}, token).status == 401u);
}

BOOST_AUTO_TEST_SUITE_END()
