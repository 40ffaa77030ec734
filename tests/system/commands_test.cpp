#include <boost/test/unit_test.hpp>

#include "tests/system/command_bench.hpp"
#include "tests/system/instructions.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_FIXTURE_TEST_SUITE(command_files, command_bench)

BOOST_AUTO_TEST_CASE(get_writes_the_bytes_that_were_served) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  const auto served = node.get(config_path("codex")).body;
  BOOST_REQUIRE(
      nobody({"get", "codex", "default", "--output", "a.json"}).status == 0);
  BOOST_TEST(read_text(file("a.json")) == served);
  BOOST_TEST(nobody({"get", "codex", "default", "--json"}).out ==
             served + '\n');
}

BOOST_AUTO_TEST_CASE(what_writes_tells_programs_the_token_too) {
  write_text(file("draft.json"),
             json::serialize(sample("codex", "no-servers")));
  const auto token_of = [&](std::vector<std::string> words) {
    words.emplace_back("--json");
    const auto done = admin(words);
    BOOST_REQUIRE_MESSAGE(done.status == 0, words[0] << ": " << done.err);
    auto said = json::parse(done.out).as_object();
    BOOST_REQUIRE_MESSAGE(said.contains("token"), words[0] << ": " << done.out);
    return std::string{said.at("token").as_string()};
  };
  const auto first = token_of(
      {"publish", "codex", "default", "draft.json", "--changelog", "First"});
  const auto published = admin({"publish", "codex", "default", "draft.json",
                                "--changelog", "Again", "--json"});
  const auto artifact = json::parse(published.out).at("artifact_id");
  const auto then =
      nobody({"get", "codex", "default", "--json", "--at", first});
  BOOST_TEST((json::parse(then.out).at("artifact_id") == artifact));
  token_of({"profiles", "put", "codex", "prod"});
  token_of({"policies", "bind", "codex", "prod", "baseline"});
  token_of({"reseal", "codex", "default"});
  token_of({"revert", "codex", "default", "--to", "1.0.0", "--changelog",
            "Back", "--idempotency-key", "back"});
  const auto issued =
      json::parse(admin({"tokens", "issue", "--role", "reader", "--json"}).out);
  token_of(
      {"tokens", "revoke", std::string{issued.at("token_id").as_string()}});
  // What publish printed verifies all the same.
  write_text(file("p.json"), published.out);
  BOOST_REQUIRE(nobody({"keysets", "-o", "k.jsonl"}).status == 0);
  const auto verified =
      ledger.signalbox({"verify", file("p.json"), "--keyset", file("k.jsonl"),
                        "--root-fingerprint", ledger.fingerprint});
  BOOST_TEST(verified.status == 0, verified.err);
}

BOOST_AUTO_TEST_CASE(the_printed_lines_verify_what_the_commands_wrote_ac4) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  rotate();
  node.publish("vscode", "default", sample("vscode", "stdio-pinned-npx"));
  BOOST_REQUIRE(nobody({"keysets", "--output", "keysets.jsonl"}).status == 0);
  BOOST_REQUIRE(
      nobody({"keysets", "--current", "--output", "keyset.json"}).status == 0);
  const auto chain = read_text(file("keysets.jsonl"));
  BOOST_TEST(std::count(chain.begin(), chain.end(), '\n') == 2);
  instructions by;
  for (auto* client : {"codex", "vscode"}) {
    BOOST_REQUIRE(
        nobody({"get", client, "default", "--output", "a.json"}).status == 0);
    BOOST_REQUIRE(nobody({"get", client, "default", "--json"}).status == 0);
    const auto artifact = read_text(file("a.json"));
    for (auto* keysets : {"keyset.json", "keysets.jsonl"}) {
      for (auto& kept : {artifact, artifact + '\n'}) {
        const evidence x{client, kept, read_text(file(keysets)),
                         ledger.fingerprint};
        const auto said = by.judge(x);
        BOOST_TEST(said.all(), client << ' ' << keysets << said.reasons);
      }
      BOOST_TEST(ledger
                     .signalbox({"verify", "a.json", "--keyset", keysets,
                                 "--root-fingerprint", ledger.fingerprint})
                     .status == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_openssl_lines_say_why_they_refuse) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  evidence x{"", node.get(config_path("codex")).body,
             node.get("keysets/current").body, ledger.fingerprint};
  instructions by;
  const auto why = [&](const evidence& y) {
    const auto done = by.by_hand(y, "bash");
    BOOST_TEST(done.status != 0);
    return done.err;
  };
  auto root = x;
  root.fingerprint = std::string(64, 'a');
  BOOST_TEST(says(why(root), "refused: the keyset is not of the pinned root"));
  auto pretty = x;
  pretty.artifact = json::serialize(json::parse(x.artifact).at("payload"));
  BOOST_TEST(says(why(pretty), "refused: artifact.json is not what GetConfig"));
  auto changed = x;
  changed.artifact.replace(changed.artifact.find("\"codex\""), 7, "\"codey\"");
  BOOST_TEST(says(why(changed), "refused: artifact: the signature"));
  auto upper = x;
  for (auto& c : upper.fingerprint)
    c = static_cast<char>(std::toupper(c));
  BOOST_TEST(by.judge(upper).all());
}

BOOST_AUTO_TEST_CASE(verify_says_one_line_of_json_for_each_file) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  BOOST_REQUIRE(nobody({"get", "codex", "default", "-o", "a.json"}).status ==
                0);
  BOOST_REQUIRE(nobody({"keysets", "-o", "k.jsonl"}).status == 0);
  auto changed = read_text(file("a.json"));
  changed.replace(changed.find("\"codex\""), 7, "\"codey\"");
  write_text(file("b.json"), changed);
  const auto verify = [&](std::string root) {
    return ledger.signalbox({"verify", "a.json", "b.json", "none.json",
                             "--keyset", "k.jsonl", "--root-fingerprint", root,
                             "--json"});
  };
  const auto lines = [](const std::string& text) {
    std::vector<json::value> out;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);)
      out.push_back(json::parse(line));
    return out;
  };
  auto upper = ledger.fingerprint;
  for (auto& c : upper)
    c = static_cast<char>(std::toupper(c));
  const auto some = verify(upper);
  BOOST_TEST(some.status == 4);
  BOOST_TEST(some.err == "");
  const auto said = lines(some.out);
  BOOST_REQUIRE(said.size() == 3u);
  const std::vector<std::string> codes{"ok", "bad_signature", "not_found"};
  for (std::size_t i = 0; i < said.size(); ++i) {
    BOOST_TEST(said[i].at("verified") == json::value(i == 0));
    BOOST_TEST(said[i].at("code") == json::value(codes[i]));
    BOOST_TEST(said[i].at("message").is_string());
  }
  BOOST_TEST(said[1].at("file") == json::value("b.json"));
  const auto none = verify(std::string(64, 'a'));
  BOOST_TEST(none.status == 4);
  BOOST_REQUIRE(lines(none.out).size() == 3u);
  for (auto& line : lines(none.out))
    BOOST_TEST(line.at("verified") == json::value(false));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(commands, command_bench)

BOOST_AUTO_TEST_CASE(the_last_administrator_comes_back_with_an_offline_token) {
  const auto tokens = json::parse(admin({"tokens", "list", "--json"}).out);
  const std::string first{
      std::string_view{tokens.as_array().front().at("token_id").as_string()}};
  // The other token is thrown away: nobody holds one that is valid.
  const auto other = node.issue({"administrator"});
  BOOST_REQUIRE(ask({"tokens", "revoke", first}, other).status == 0);
  const auto again = ask({"tokens", "revoke", first}, other);
  BOOST_TEST(again.status == 0);
  BOOST_TEST(says(again.out, "revoked already"), again.out);
  BOOST_TEST(admin({"tokens", "list"}).status == 6);
  const std::vector<std::string> issue{
      "tokens", "issue",         "--data",   ledger.data(),
      "--role", "administrator", "--output", "new.token"};
  BOOST_TEST(ledger.signalbox(issue).status == 7); // the server runs
  BOOST_REQUIRE(node.stop() == 0);
  const auto issued = ledger.signalbox(issue);
  BOOST_REQUIRE_MESSAGE(issued.status == 0, issued.err);
  node.restart();
  BOOST_TEST(nobody({"tokens", "list", "--token-file", "new.token"}).status ==
             0);
  BOOST_REQUIRE(node.stop() == 0);
  BOOST_TEST(ledger.signalbox({"replay", "--data", ledger.data()}).status == 0);
}

BOOST_AUTO_TEST_CASE(serve_names_the_administrators_token_while_it_is_there) {
  BOOST_TEST(says(read_text(file("serve.out")), "token_file"));
  BOOST_REQUIRE(node.stop() == 0);
  fs::remove(ledger.data() / "admin.token");
  node.restart();
  BOOST_TEST(!says(read_text(file("serve.out")), "token_file"));
}

BOOST_AUTO_TEST_CASE(a_profile_is_made_and_filled_by_commands) {
  const auto made = admin({"profiles", "put", "codex", "edge", "--tag", "edge",
                           "--default-major", "1", "--policy-set", "baseline"});
  BOOST_REQUIRE_MESSAGE(made.status == 0, made.err);
  BOOST_TEST(says(admin({"profiles", "codex"}).out, "edge"));
  BOOST_TEST(
      node.publish("codex", "edge", sample("codex", "no-servers")).status ==
      201u);
  BOOST_TEST(admin({"profiles", "put", "nobody", "x"}).status == 3);
  BOOST_TEST(ask({"profiles", "put", "codex", "x"}, node.issue({"publisher"}))
                 .status == 6);
}

BOOST_AUTO_TEST_CASE(a_key_in_use_is_revoked_only_after_resealing_or_by_force) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  node.publish("vscode", "prod", sample("vscode", "stdio-pinned-npx"));
  const auto old = seal_of("codex");
  rotate();
  const auto revoke = [&](std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"keys", "revoke", old, "--online", "--data", ledger.data()});
    return admin(more);
  };
  const auto refused = revoke();
  BOOST_TEST(refused.status == 5);
  BOOST_TEST(says(refused.err, "codex/default/1"), refused.err);
  BOOST_TEST(says(refused.err, "vscode/prod/1"), refused.err);
  const auto resealed = admin({"reseal", "codex", "default", "--major", "1"});
  BOOST_REQUIRE_MESSAGE(resealed.status == 0, resealed.err);
  BOOST_TEST(seal_of("codex") != old);
  BOOST_TEST(says(resealed.out, seal_of("codex")), resealed.out);
  BOOST_TEST(!says(revoke().err, "codex/default"));
  // Offline the same word.
  BOOST_REQUIRE(node.stop() == 0);
  const auto offline =
      ledger.signalbox({"keys", "revoke", old, "--data", ledger.data()});
  BOOST_TEST(offline.status == 5);
  BOOST_TEST(says(offline.err, "vscode/prod/1"), offline.err);
  node.restart();
  BOOST_REQUIRE(admin({"reseal", "vscode", "prod"}).status == 0);
  BOOST_TEST(revoke().status == 0);
  const auto current = seal_of("codex");
  BOOST_TEST(
      admin({"keys", "revoke", current, "--online", "--data", ledger.data()})
          .status == 5);
  BOOST_TEST(admin({"keys", "revoke", current, "--online", "--data",
                    ledger.data(), "--force"})
                 .status == 0);
}

BOOST_AUTO_TEST_CASE(refusals_speak_of_commands_and_repeat_what_was_wrong) {
  const auto anonymous = nobody({"tokens", "list"});
  BOOST_TEST(anonymous.status == 6);
  for (auto what : {"SIGNALBOX_TOKEN", "--token-file"})
    BOOST_TEST(says(anonymous.err, what), anonymous.err);
  BOOST_TEST(!says(anonymous.err, "Authorization"));
  const auto wrong = ask({"tokens", "list"}, "sbx_nonsense");
  BOOST_TEST(wrong.status == 6);
  BOOST_TEST(says(wrong.err, "SIGNALBOX_TOKEN"), wrong.err);
  const auto reader = ask({"tokens", "list"}, node.issue({"reader"}));
  BOOST_TEST(says(reader.err, "administrator"), reader.err);
  for (auto& words : std::vector<std::vector<std::string>>{
           {"get", "codexx", "default"}, {"profiles", "codexx"}}) {
    const auto x = nobody(words);
    BOOST_TEST(x.status == 3);
    BOOST_TEST(says(x.err, "'codexx'"), x.err);
    BOOST_TEST(says(x.err, "signalbox clients"), x.err);
    BOOST_TEST(!says(x.err, "ListClients"), x.err);
  }
  const auto profile = nobody({"get", "codex", "prodd"});
  BOOST_TEST(says(profile.err, "'prodd'"), profile.err);
  BOOST_TEST(!says(profile.err, "ListProfiles"), profile.err);
  BOOST_TEST(says(nobody({"clients", "--ledger", "other"}).err, "--ledger"));
}

BOOST_AUTO_TEST_CASE(a_token_copied_with_its_scheme_is_taken) {
  for (auto* scheme : {"Bearer ", "bearer  ", " "})
    BOOST_TEST(ask({"tokens", "list"}, scheme + ledger.admin + "\n").status ==
               0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(run_script)

// What is refused is refused before anything is installed or built.
BOOST_AUTO_TEST_CASE(wrong_arguments_and_foreign_places_are_left_alone) {
  const temporary_directory place;
  const auto script = (fs::path{SIGNALBOX_SOURCE_DIR} / "ops" / "run").string();
  const auto ops_run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"bash", script});
    return run({words, {}, place.path()});
  };
  for (auto& words :
       std::vector<std::vector<std::string>>{{"--listen", "nowhere"},
                                             {"--listen=127.0.0.1:70000"},
                                             {"--listen", "::1:80"},
                                             {"--no-such-option"},
                                             {"word"},
                                             {"--data"}}) {
    const auto x = ops_run(words);
    BOOST_TEST(x.status == 1, words.front());
    BOOST_TEST(says(x.err, words.front().substr(0, 6)), x.err);
    BOOST_TEST(!says(x.err, "build"), x.err);
  }
  BOOST_TEST(fs::is_empty(place.path()));
  fs::create_directory(place / "mine");
  write_text(place / "mine" / "letter", "dear");
  const auto foreign = ops_run({"--data", "mine"});
  BOOST_TEST(foreign.status == 1);
  BOOST_TEST(says(foreign.err, "--data"), foreign.err);
  BOOST_TEST(!fs::exists(place / "mine" / "passphrase"));
}

BOOST_AUTO_TEST_CASE(no_new_passphrase_is_made_beside_a_ledger) {
  const test_ledger ledger;
  const auto script = (fs::path{SIGNALBOX_SOURCE_DIR} / "ops" / "run").string();
  const auto x =
      run({{"bash", script, "--data", ledger.data()}, {}, ledger.place()});
  BOOST_TEST(x.status == 1);
  BOOST_TEST(says(x.err, "--passphrase-file"), x.err);
  BOOST_TEST(!fs::exists(ledger.data() / "passphrase"));
}

BOOST_AUTO_TEST_SUITE_END()
