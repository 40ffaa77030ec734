#include <boost/test/unit_test.hpp>

#include "tests/system/acme_family.hpp"
#include "tests/system/command_bench.hpp"
#include "tests/system/instructions.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// What the commands show people, and programs beside it.
struct output_bench : command_bench {
  finished publish(const std::string& client, const json::value& draft,
                   std::vector<std::string> more = {}) const {
    write_text(file("draft.json"), json::serialize(draft));
    std::vector<std::string> words{"publish",    client,        "default",
                                   "draft.json", "--changelog", "A change"};
    words.insert(words.end(), more.begin(), more.end());
    return admin(words);
  }

  /// A family whose one schema is deprecated.
  void put_deprecated() const {
    auto family = acme();
    family["descriptor"].at_pointer("/schemas/0").as_object()["deprecated"] = {
        {"since", "2026-01-01"},
        {"until", "2999-01-01"},
        {"message", "Wait for acme/2.0.0"}};
    const auto put =
        node.ask("PUT", "clients/acme", ledger.admin, json::serialize(family));
    BOOST_REQUIRE_MESSAGE(put.status == 201u, put.body);
  }
};

const json::value none{{"servers", json::object{}}};
const json::value one{{"servers", json::object{{"docs", 1}}}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(command_output, output_bench)

BOOST_AUTO_TEST_CASE(publish_shows_warnings_and_what_changed_uc1) {
  put_deprecated();
  const auto first = publish("acme", none);
  BOOST_REQUIRE_MESSAGE(first.status == 0, first.err);
  BOOST_TEST(says(first.out, "first release"), first.out);
  BOOST_TEST(says(first.out, "schema-deprecated"), first.out);
  BOOST_TEST(says(first.out, "Wait for acme/2.0.0"), first.out);
  const auto second = publish("acme", one);
  BOOST_TEST(says(second.out, "changes since 1.0.0"), second.out);
  BOOST_TEST(says(second.out, "/servers/docs"), second.out);
  const auto again = publish("acme", one);
  BOOST_TEST(says(again.out, "published already"), again.out);
  BOOST_TEST(!says(again.out, "changes since"), again.out);
  BOOST_TEST(says(publish("claude-code", small_draft("a")).out, "no findings"));
}

BOOST_AUTO_TEST_CASE(publish_gives_programs_the_same_and_a_seal_uc1_ac4) {
  put_deprecated();
  publish("acme", none);
  // A member of this name must not move the place where a seal ends.
  const json::value signs{
      {"servers", {{"docs", {{"a", 1}, {"signature", {{"alg", "x"}}}}}}}};
  const auto done = publish("acme", signs, {"--json"});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  const auto said = json::parse(done.out);
  const auto message = said.at_pointer("/report/warnings/0/message");
  BOOST_TEST(says(std::string{std::string_view{message.as_string()}},
                  "Wait for acme/2.0.0"));
  BOOST_TEST(
      (said.at_pointer("/report/diff/from_version") == json::value("1.0.0")));
  BOOST_TEST(said.at_pointer("/report/diff/patch/0/value")
                 .as_object()
                 .contains("signature"));
  BOOST_TEST(said.as_object().contains("token"));
  write_text(file("p.json"), done.out);
  BOOST_REQUIRE(nobody({"keysets", "-o", "k.jsonl"}).status == 0);
  const auto verified =
      ledger.signalbox({"verify", file("p.json"), "--keyset", file("k.jsonl"),
                        "--root-fingerprint", ledger.fingerprint});
  BOOST_TEST(verified.status == 0, verified.err);
  instructions by;
  const evidence printed{"acme", done.out, read_text(file("k.jsonl")),
                         ledger.fingerprint};
  const auto judged = by.judge(printed);
  BOOST_TEST(judged.all(), judged.reasons);
}

BOOST_AUTO_TEST_CASE(deprecation_shows_in_the_tables_and_in_get) {
  put_deprecated();
  for (auto& words : std::vector<std::vector<std::string>>{
           {"clients"}, {"families", "list"}}) {
    const auto x = nobody(words);
    BOOST_TEST(says(x.out, "acme/1.0.0 (deprecated 2026-01-01 to 2999-01-01)"),
               x.out);
  }
  publish("acme", none);
  const auto got = nobody({"get", "acme", "default"});
  BOOST_TEST(says(got.out, "deprecated from 2026-01-01"), got.out);
  BOOST_TEST(says(got.out, "2999-01-01 on: Wait for acme/2.0.0"), got.out);
}

BOOST_AUTO_TEST_CASE(audit_names_what_shows_a_record_again_fr12) {
  put_deprecated();
  BOOST_TEST(publish("acme", json::object{}).status == 4);
  BOOST_TEST(ask({"tokens", "list"}, node.issue({"reader"})).status == 6);
  // Activity is written behind the answers.
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{20};
  auto listed = admin({"audit"});
  while (!says(listed.out, "activity-1") &&
         std::chrono::steady_clock::now() < deadline)
    listed = admin({"audit"});
  BOOST_TEST(!says(listed.out, "acme/ "), listed.out);
  std::istringstream lines{listed.out};
  std::string refused, denied;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("activity-")) {
      (says(line, "draft_refused") ? refused : denied) = line;
      const auto record =
          admin({"audit", "show", line.substr(0, line.find(' '))});
      BOOST_TEST(record.status == 0, line << record.err);
    }
  BOOST_TEST(says(denied, "ListTokens"), listed.out);
  BOOST_TEST(says(denied, "denied (forbidden)"), listed.out);
  BOOST_TEST(says(refused, "Publish"), listed.out);
  BOOST_TEST(says(refused, "acme/default"), listed.out);
}

BOOST_AUTO_TEST_CASE(get_at_a_time_says_which) {
  const auto made = node.publish("claude-code", "default", small_draft("a"));
  node.publish("claude-code", "default", small_draft("b"));
  const auto then = nobody({"get", "claude-code", "default", "--at",
                            made.header("Signalbox-Token")});
  BOOST_TEST(then.status == 0, then.err);
  BOOST_TEST(says(then.out, "\nat          index "), then.out);
  BOOST_TEST(says(then.out, "channel version 1,"), then.out);
  BOOST_TEST(!says(nobody({"get", "claude-code", "default"}).out, "\nat "));
}

BOOST_AUTO_TEST_CASE(watch_shows_the_token_to_go_on_from_fr10) {
  node.publish("claude-code", "default", small_draft("a"));
  node.publish("codex", "default", sample("codex", "no-servers"));
  const auto first = nobody({"watch", "--since", "start", "--count", "1"});
  const auto at = first.out.find("\n    token ");
  BOOST_REQUIRE_MESSAGE(at != first.out.npos, first.out);
  const auto token =
      first.out.substr(at + 11, first.out.find('\n', at + 1) - at - 11);
  const auto next = nobody({"watch", "--since", token, "--count", "1"});
  BOOST_TEST(next.status == 0, next.err);
  const bool codex_first = says(first.out, "codex/default");
  BOOST_TEST(
      says(next.out, codex_first ? "claude-code/default" : "codex/default"),
      next.out);
}

BOOST_AUTO_TEST_CASE(options_that_take_a_time_take_durations) {
  for (auto* window : {"1h", "3600", "2d"})
    BOOST_TEST(admin({"deployments", "--window", window}).status == 0, window);
  const auto hour =
      json::parse(admin({"deployments", "--window", "1h", "--json"}).out);
  BOOST_TEST((hour.at("window_seconds") == json::value(3600)));
  const auto wrong = admin({"deployments", "--window", "soon"});
  BOOST_TEST(wrong.status == 2);
  BOOST_TEST(says(wrong.err, "--window"), wrong.err);
  for (auto* timeout : {"5s", "5", "1m"})
    BOOST_TEST(nobody({"clients", "--timeout", timeout}).status == 0, timeout);
  const auto never = nobody({"clients", "--timeout", "0"});
  BOOST_TEST(never.status == 2);
  BOOST_TEST(says(never.err, "--timeout"), never.err);
}

BOOST_AUTO_TEST_CASE(a_token_that_holds_is_not_called_revoked) {
  const auto listed = admin({"tokens", "list"});
  BOOST_TEST(!says(listed.out, "false"), listed.out);
  const auto made =
      json::parse(admin({"tokens", "issue", "--role", "reader", "--json"}).out);
  admin({"tokens", "revoke",
         std::string{std::string_view{made.at("token_id").as_string()}}});
  BOOST_TEST(says(admin({"tokens", "list"}).out, " revoked"));
}

BOOST_AUTO_TEST_CASE(failures_for_programs_have_one_shape) {
  write_text(file("draft.json"), "{}");
  const std::vector<std::vector<std::string>> wrong{
      {"get", "nobody", "default", "--json"}, // the server's
      {"tokens", "list", "--json"},           // of any command
      {"revert", "codex", "default", "--to", "1.0.0", "--changelog", "x",
       "--json"},
      {"publish", "codex", "default", "draft.json", "--changelog", "x",
       "--policy-set", "other", "--json"},
      {"publish", "codex", "default", "none.json", "--changelog", "x",
       "--json"}, // local
      {"deployments", "--window", "soon", "--json"},
      {"get", "--json"}};
  for (auto& words : wrong) {
    auto x = words[0] == "tokens" ? nobody(words) : admin(words);
    BOOST_TEST(x.status != 0, words[0]);
    BOOST_TEST(x.out.empty(), x.out);
    boost::system::error_code failed;
    const auto said = json::parse(x.err, failed);
    BOOST_REQUIRE_MESSAGE(!failed, words[0] << ": " << x.err);
    BOOST_TEST(std::count(x.err.begin(), x.err.end(), '\n') == 1);
    for (auto* name : {"type", "title", "status", "detail", "code"})
      BOOST_TEST(said.as_object().contains(name), name << " in " << x.err);
    BOOST_TEST(!said.as_object().contains("message"), x.err);
  }
  // Byte by byte what the server said.
  const auto served = node.get(config_path("nobody"));
  BOOST_TEST(nobody({"get", "nobody", "default", "--json"}).err ==
             served.body + '\n');
}

BOOST_AUTO_TEST_CASE(what_is_not_there_comes_with_the_command_that_lists_it) {
  struct missing {
    std::vector<std::string> words;
    std::string name, hint;
  };
  write_text(file("draft.json"), json::serialize(small_draft("a")));
  node.publish("vscode", "default", sample("vscode", "stdio-pinned-npx"));
  const std::string nothing = "sha256:" + std::string(64, 'a');
  const missing all[] = {
      {{"get", "codexx", "default"}, "'codexx'", "signalbox clients`"},
      {{"profiles", "codexx"}, "'codexx'", "signalbox clients`"},
      {{"profiles", "put", "codexx", "x"}, "'codexx'", "signalbox clients`"},
      {{"get", "codex", "prodd"}, "'prodd'", "signalbox profiles codex`"},
      {{"publish", "codex", "prodd", "draft.json", "--changelog", "x"},
       "'prodd'",
       "signalbox profiles codex`"},
      {{"get", "codex", "default"},
       "'codex'",
       "signalbox publish codex default FILE"},
      {{"reseal", "codex", "default"},
       "'codex'",
       "signalbox publish codex default FILE"},
      {{"revert", "vscode", "default", "--to", "7.0.0", "--changelog", "x"},
       "--to",
       "signalbox audit --client vscode --profile default"},
      {{"revert", "vscode", "default", "--to", nothing, "--changelog", "x"},
       "--to",
       "signalbox audit --client vscode --profile default"},
      {{"publish", "claude-code", "default", "draft.json", "--changelog", "x",
        "--schema-ref", "claude-code/9.0.0"},
       "schema",
       "signalbox clients`"},
      {{"templates", "get", "codex", "none"},
       "'none'",
       "signalbox templates list codex`"},
      {{"publish", "codex", "default", "--template", "none", "--changelog",
        "x"},
       "template",
       "signalbox templates list codex`"},
      {{"policies", "show", "none"}, "'none'", "signalbox policies list`"},
      {{"policies", "bind", "codex", "default", "none"},
       "policy set",
       "signalbox policies list`"},
      {{"tokens", "revoke", std::string(32, 'a')},
       std::string(32, 'a'),
       "signalbox tokens list`"},
      {{"nodes", "remove", std::string(32, 'a')},
       std::string(32, 'a'),
       "signalbox nodes list`"},
      {{"audit", "show", "99999"}, "99999", "signalbox audit`"},
  };
  for (auto& [words, name, hint] : all) {
    const auto x = admin(words);
    const auto what = words[0] + ' ' + words[1] + ": " + x.err;
    BOOST_TEST(x.status == 3, what);
    BOOST_TEST(says(x.err, name), what);
    BOOST_TEST(says(x.err, hint), what);
    for (auto* wire : {"ListClients", "ListProfiles", "ListTemplates",
                       "ListPolicySets", "client_id", "(at /"})
      BOOST_TEST(!says(x.err, wire), what);
  }
}

BOOST_AUTO_TEST_CASE(refusals_name_the_option_and_not_the_parameter) {
  node.publish("vscode", "default", sample("vscode", "stdio-pinned-npx"));
  write_text(file("draft.json"), json::serialize(small_draft("a")));
  struct refusal {
    std::vector<std::string> words;
    std::string option, wire;
  };
  const std::vector<std::string> publish{"publish",    "claude-code", "default",
                                         "draft.json", "--changelog", "x"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), publish.begin(), publish.end());
    return more;
  };
  const refusal all[] = {
      {with({"--version", "one"}), "--version", "/version"},
      {with({"--policy-set", "other"}), "--policy-set", "policy_set_id"},
      {with({"--expect", "9"}), "--expect", "expected_version"},
      {{"get", "vscode", "default", "--at", "yesterday"}, "--at", "(at /at"},
      {{"get", "vscode", "default", "--accept", "x"}, "--accept", "/accept"},
      {{"audit", "--order", "x"}, "--order", "/order"},
      {{"audit", "--from", "x"}, "--from", "/from"},
      {{"watch", "--since", "yesterday"}, "--since", "since_token"},
  };
  for (auto& [words, option, wire] : all) {
    const auto x = admin(words);
    const auto what = words[0] + ' ' + option + ": " + x.err;
    BOOST_TEST(x.status != 0, what);
    BOOST_TEST(says(x.err, option), what);
    BOOST_TEST(!says(x.err, wire), what);
  }
  // Who calls an operation by its name has its parameters.
  const auto raw = admin(
      {"call", "GetConfig", "client_id=vscode", "profile=default", "accept=x"});
  BOOST_TEST(says(raw.err, "/accept"), raw.err);
}

BOOST_AUTO_TEST_CASE(content_of_an_older_release_is_found_and_brought_back) {
  const auto first = node.publish("claude-code", "default", small_draft("a"));
  node.publish("claude-code", "default", small_draft("b"));
  const auto raw = node.publish("claude-code", "default", small_draft("a"));
  BOOST_TEST(raw.code() == "already_released");
  BOOST_TEST(raw.text("/version") == "1.0.0");
  BOOST_TEST(raw.text("/artifact_id") == first.text("/artifact_id"));
  const auto refused = publish("claude-code", small_draft("a"));
  BOOST_TEST(refused.status == 5);
  BOOST_TEST(says(refused.err, "version 1.0.0"), refused.err);
  BOOST_TEST(says(refused.err, "signalbox revert claude-code default --to "
                               "1.0.0"),
             refused.err);
  BOOST_TEST(says(refused.err,
                  "signalbox audit --artifact " + first.text("/artifact_id")),
             refused.err);
  const auto shown = admin({"audit", "--artifact", first.text("/artifact_id")});
  BOOST_TEST(says(shown.out, "artifact_published"), shown.out);
  BOOST_TEST(admin({"revert", "claude-code", "default", "--to", "1.0.0",
                    "--changelog", "Back"})
                 .status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
