#include <boost/test/unit_test.hpp>

#include "events/json.hpp"
#include "tests/json_place.hpp"
#include "tests/policy/support.hpp"
#include "tests/system/acme_family.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A template of claude-code: one remote server.
json::object remote_server(const std::string& version = "1.0.0") {
  return {{"version", version},
          {"description", "One remote server"},
          {"payload",
           {{"mcpServers",
             {{"docs",
               {{"type", "http"},
                {"url", "https://${param:host}:${param:port}/v" + version},
                {"timeout", {{"$param", "timeout"}}}}}}}}},
          {"parameters",
           {{"host", {{"type", "string"}, {"pattern", "[a-z.]+"}}},
            {"port",
             {{"type", "integer"},
              {"minimum", 1},
              {"maximum", 65535},
              {"default", 443},
              {"profile_defaults", {{"prod", 8443}}}}},
            {"timeout", {{"type", "integer"}, {"default", 1000}}}}}};
}

struct template_bench : node_fixture {
  static std::string path(const std::string& id = "remote",
                          const std::string& client = "claude-code") {
    return "clients/" + client + "/templates/" + id;
  }

  answer put(const json::object& x, const std::string& token = {},
             const std::string& where = path()) const {
    return node.ask("PUT", where, token.empty() ? ledger.admin : token,
                    json::serialize(x));
  }
  void put_remote() const {
    const auto made = put(remote_server());
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
  }

  static json::object use(json::object parameters, json::object more = {}) {
    more["template_id"] = "remote";
    more["parameters"] = std::move(parameters);
    return {{"template", std::move(more)}};
  }

  answer send(const std::string& what, const std::string& profile,
              json::object body, const std::string& more = {},
              const std::string& client = "claude-code") const {
    if (what == "publish")
      body.emplace("changelog", "Filled in");
    return node.post("clients/" + client + "/profiles/" + profile + '/' + what,
                     body, ledger.admin, more);
  }
  answer publish(const json::object& parameters,
                 const std::string& profile = "default") const {
    return send("publish", profile, use(parameters));
  }

  finished command(std::vector<std::string> words,
                   const std::string& token = {}) const {
    words.insert(words.begin(), program.string());
    words.insert(words.end(), {"--url", node.url});
    return run({words,
                {"SIGNALBOX_PASSPHRASE=correct horse battery staple",
                 "SIGNALBOX_TOKEN=" + (token.empty() ? ledger.admin : token)},
                ledger.place()});
  }

  std::string file(const std::string& name) const {
    return (ledger.place() / name).string();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(templates, template_bench)

BOOST_AUTO_TEST_CASE(an_artifact_of_a_template_is_whole_and_names_it_section3) {
  const auto publisher = node.issue({"publisher"});
  BOOST_REQUIRE_EQUAL(put(remote_server(), publisher).status, 201u);
  const auto made = publish({{"host", "docs.example"}});
  BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
  BOOST_TEST(to_canonical(made.at("/payload")) ==
             R"({"mcpServers":{"docs":{"timeout":1000,"type":"http",)"
             R"("url":"https://docs.example:443/v1.0.0"}}})");
  BOOST_TEST(to_canonical(made.at("/template")) ==
             R"({"parameters":{"host":"docs.example","port":443,)"
             R"("timeout":1000},"template_id":"remote","version":"1.0.0"})");
  // Another profile has another default.
  const auto prod = publish({{"host", "docs.example"}}, "prod");
  BOOST_TEST(prod.text("/payload/mcpServers/docs/url") ==
             "https://docs.example:8443/v1.0.0");
  BOOST_TEST(prod.at("/template/parameters/port") == 8443);
  // It is what a draft of the same payload would have made.
  const auto same = node.publish("claude-code", "default", made.at("/payload"));
  BOOST_TEST(same.status == 200u, same.body);
  BOOST_TEST(same.text("/artifact_id") == made.text("/artifact_id"));
  const auto draft = node.publish("claude-code", "default", small_draft("a"));
  BOOST_TEST(!draft.has("/template"));
  // Sealed with the rest.
  write_text(file("a.json"), prod.body);
  BOOST_REQUIRE_EQUAL(command({"keysets", "-o", "k.jsonl"}).status, 0);
  const std::vector<std::string> verify{
      "verify",           "a.json",   "--root-fingerprint",
      ledger.fingerprint, "--keyset", "k.jsonl"};
  BOOST_TEST(ledger.signalbox(verify).status == 0);
  auto forged = prod.body;
  forged.replace(forged.find("\"port\":8443"), 11, "\"port\":8444");
  write_text(file("a.json"), forged);
  BOOST_TEST(ledger.signalbox(verify).status != 0);
}

BOOST_AUTO_TEST_CASE(a_template_never_changes_and_has_versions_section3) {
  put_remote();
  BOOST_TEST(put(remote_server()).status == 200u);
  auto other = remote_server();
  other["description"] = "Another";
  const auto refused = put(other);
  BOOST_TEST(refused.status == 409u, refused.body);
  BOOST_TEST(refused.text("/pointer") == "/version");
  BOOST_REQUIRE_EQUAL(put(remote_server("1.10.0")).status, 201u);
  BOOST_REQUIRE_EQUAL(put(remote_server("1.9.0")).status, 201u);
  BOOST_TEST(node.get(path()).text("/version") == "1.10.0");
  BOOST_TEST(node.get(path() + "?version=1.9.0").text("/version") == "1.9.0");
  BOOST_TEST(node.get(path() + "?version=2.0.0").status == 404u);
  BOOST_TEST(node.get(path("nothing")).status == 404u);
  const auto listed = node.get("clients/claude-code/templates");
  BOOST_TEST(listed.document.as_array().size() == 3u);
  BOOST_TEST(node.get("templates").body == listed.body);
  BOOST_TEST(node.get("clients/codex/templates").body == "[]");
  BOOST_TEST(node.get("clients/nobody/templates").status == 404u);
  const auto newest = publish({{"host", "a.example"}});
  BOOST_TEST(newest.text("/template/version") == "1.10.0");
  const auto pinned =
      send("publish", "default",
           use({{"host", "a.example"}}, {{"version", "1.9.0"}}));
  BOOST_REQUIRE_MESSAGE(pinned.status == 201u, pinned.body);
  BOOST_TEST(pinned.text("/template/version") == "1.9.0");
  const auto gone =
      send("publish", "default", use({{"host", "a"}}, {{"version", "3.0.0"}}));
  BOOST_TEST(gone.status == 404u, gone.body);
  BOOST_TEST(gone.text("/pointer") == "/template");
  // It is in the log, not in memory.
  node.stop();
  node.restart();
  BOOST_TEST(node.get("templates").body == listed.body);
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_refused_by_pointer_section3_fr8) {
  put_remote();
  const std::pair<json::object, const char*> wrong[] = {
      {json::object{}, "host"},
      {{{"host", "a"}, {"port", "443"}}, "port"},
      {{{"host", "a"}, {"port", 0}}, "port"},
      {{{"host", "a"}, {"port", 70000}}, "port"},
      {{{"host", "A"}}, "host"},
      {{{"host", "a"}, {"hots", "a"}}, "hots"}};
  for (auto& [parameters, name] : wrong) {
    const std::string at = std::string{"/template/parameters/"} + name;
    const auto report = send("validate", "default", use(parameters));
    BOOST_TEST(report.at("/valid") == false, report.body);
    BOOST_TEST(report.text("/errors/0/pointer") == at);
    BOOST_TEST(report.text("/errors/0/rule") == "template");
    const auto refused = publish(parameters);
    BOOST_TEST(refused.status == 422u, refused.body);
    BOOST_TEST(refused.text("/report/errors/0/pointer") == at);
    auto params = use(parameters);
    params["client_id"] = "claude-code";
    params["profile"] = "default";
    const auto rpc = node.rpc("ValidateDraft", params, ledger.admin);
    BOOST_TEST(rpc.text("/result/errors/0/pointer") == at);
  }
  BOOST_TEST(node.get(config_path("claude-code")).status == 404u);
  // What is no template at all.
  for (auto& [from, pointer] : std::vector<std::pair<json::value, std::string>>{
           {"remote", "/template"},
           {json::object{}, "/template"},
           {{{"template_id", 1}}, "/template/template_id"},
           {{{"template_id", "remote"}, {"version", 1}}, "/template/version"},
           {{{"template_id", "remote"}, {"parameters", "x"}},
            "/template/parameters"},
           {{{"template_id", "remote"}, {"more", 1}}, "/template"}}) {
    const auto refused =
        send("validate", "default", json::object{{"template", from}});
    BOOST_TEST(refused.status == 400u, refused.body);
    BOOST_TEST(refused.text("/pointer") == pointer);
  }
  auto both = use({{"host", "a"}});
  both["draft_payload"] = small_draft("a");
  BOOST_TEST(send("publish", "default", both).text("/pointer") == "/template");
}

BOOST_AUTO_TEST_CASE(a_secret_as_a_parameter_goes_nowhere_nfr5_section3) {
  auto open = remote_server();
  open["parameters"].as_object()["host"] = {{"type", "string"}};
  BOOST_REQUIRE_EQUAL(put(open).status, 201u);
  const auto secret = glue({"gh", "p_", noise(36, base62)});
  for (auto& parameters :
       {json::object{{"host", secret}}, {{"host", "a"}, {secret, "x"}}}) {
    const auto refused = publish(parameters);
    BOOST_TEST(refused.status == 422u, refused.body);
    BOOST_TEST(refused.body.find(secret) == std::string::npos);
  }
  BOOST_TEST(publish({{"host", secret}}).text("/report/errors/0/pointer") ==
             "/template/parameters/host");
  const auto said =
      command({"publish", "claude-code", "default", "--template", "remote",
               "--param", "host=" + secret, "--changelog", "x"});
  BOOST_TEST(said.status == 4);
  BOOST_TEST((said.out + said.err).find(secret) == std::string::npos);
  // Nor into a template, which stays for ever.
  auto leaky = remote_server("2.0.0");
  leaky["parameters"].as_object()["host"] = {{"type", "string"},
                                             {"default", secret}};
  const auto refused = put(leaky);
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.text("/report/errors/0/pointer") ==
             "/parameters/host/default");
  BOOST_TEST(refused.body.find(secret) == std::string::npos);
  BOOST_TEST(node.get("audit?limit=1000", ledger.admin).body.find(secret) ==
             std::string::npos);
  node.stop();
  BOOST_TEST(node.log().find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_filled_template_goes_through_policy_and_schema_fr6_fr7) {
  put_remote();
  const json::object strip{{"id", "strip-docs"},
                           {"select", {{"profiles", json::array{"prod"}}}},
                           {"action", "deny-servers"},
                           {"hosts", json::array{"old.example"}},
                           {"severity", "changed"},
                           {"message", "This host is closed."}};
  const json::object refuse{{"id", "refuse-docs"},
                            {"select", {{"profiles", json::array{"default"}}}},
                            {"action", "deny-servers"},
                            {"hosts", json::array{"old.example"}},
                            {"severity", "error"},
                            {"message", "This host is closed."}};
  const json::object rules{{"policy_set_id", "tight"},
                           {"version", "1.0.0"},
                           {"description", "For a test"},
                           {"rules", json::array{strip, refuse}}};
  BOOST_REQUIRE_EQUAL(
      node.post("policies", json::object{{"document", rules}}, ledger.admin)
          .status,
      201u);
  for (auto* profile : {"default", "prod"})
    BOOST_REQUIRE_EQUAL(node.ask("PUT",
                                 "clients/claude-code/profiles/" +
                                     std::string{profile} + "/policy",
                                 ledger.admin, R"({"policy_set_id":"tight"})")
                            .status,
                        200u);
  const auto refused = publish({{"host", "old.example"}});
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.text("/report/errors/0/rule") == "refuse-docs");
  BOOST_TEST(
      refused.text("/report/errors/0/pointer").starts_with("/mcpServers/docs"));
  // What policy takes out, the record of the parameters does not tell either.
  const auto made = publish({{"host", "old.example"}}, "prod");
  BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
  BOOST_TEST(!made.has("/payload/mcpServers/docs"));
  BOOST_TEST(made.body.find("old.example") == std::string::npos);
  BOOST_CHECK(made.at("/template/withheld") ==
              (json::array{"host", "port", "timeout"}));
  // A value that fits its type and not the client's schema.
  const auto misfit = send("validate", "default",
                           use({{"host", "a.example"}, {"timeout", -5}}));
  BOOST_TEST(misfit.at("/valid") == false, misfit.body);
  BOOST_TEST(misfit.text("/errors/0/rule") == "schema");
}

BOOST_AUTO_TEST_CASE(a_template_outlives_versions_of_its_family_section3_uc1) {
  const auto put_family = [&](const json::object& body) {
    return node.ask("PUT", "clients/acme", ledger.admin, json::serialize(body));
  };
  BOOST_REQUIRE_EQUAL(put_family(acme()).status, 201u);
  const json::object form{
      {"version", "1.0.0"},
      {"payload",
       {{"servers", json::object{}}, {"x1.0.0", {{"$param", "word"}}}}},
      {"parameters", {{"word", {{"type", "string"}}}}}};
  BOOST_REQUIRE_EQUAL(put(form, {}, path("form", "acme")).status, 201u);
  const auto fill_in = [&](const std::string& word, json::object more = {}) {
    more["template"] = {{"template_id", "form"},
                        {"parameters", {{"word", word}}}};
    return send("publish", "default", more, {}, "acme");
  };
  BOOST_TEST(fill_in("a").status == 201u);
  // The family goes on: the template stays as it is, and what it makes is
  // judged by the schema of now.
  BOOST_REQUIRE_EQUAL(put_family(acme({"1.0.0", "1.1.0"})).status, 201u);
  BOOST_TEST(node.get(path("form", "acme")).text("/version") == "1.0.0");
  const auto refused = fill_in("b");
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.text("/report/schema_ref") == "acme/1.1.0");
  BOOST_TEST(refused.text("/report/errors/0/rule") == "schema");
  BOOST_TEST(fill_in("b", {{"schema_ref", "acme/1.0.0"}}).status == 201u);
  // Deprecated: a warning at first, then nothing is published under it.
  const auto deprecate = [&](const std::string& until) {
    auto body = acme({"1.0.0", "1.1.0"});
    body["descriptor"].at_pointer("/schemas/0").as_object()["deprecated"] = {
        {"since", "2025-01-01"},
        {"until", until},
        {"message", "Use acme/1.1.0"}};
    return put_family(body).status;
  };
  BOOST_REQUIRE_EQUAL(deprecate("2999-01-01"), 201u);
  const auto warned = fill_in("c", {{"schema_ref", "acme/1.0.0"}});
  BOOST_REQUIRE_MESSAGE(warned.status == 201u, warned.body);
  BOOST_TEST(warned.text("/validation/warnings/0/rule") == "schema-deprecated");
  BOOST_REQUIRE_EQUAL(deprecate("2025-06-01"), 201u);
  BOOST_TEST(fill_in("d", {{"schema_ref", "acme/1.0.0"}}).status == 422u);
  BOOST_TEST(node.get(path("form", "acme")).status == 200u);
}

BOOST_AUTO_TEST_CASE(a_wrong_template_is_refused_at_its_place_section3) {
  const std::pair<const char*, const char*> wrong[] = {
      {"/parameters/port/default", "/parameters/port/default"},
      {"/parameters/host/type", "/parameters/host/type"},
      {"/payload/mcpServers/docs/url", "/parameters/host"},
      {"/payload/mcpServers/docs/note/$param", "/payload/mcpServers/docs/note"},
      {"/version", "/version"}};
  for (auto& [place, pointer] : wrong) {
    json::value x = remote_server();
    place_in(x, place) = "nothing";
    const auto refused = put(x.as_object());
    BOOST_TEST(refused.status == 400u, refused.body);
    BOOST_TEST(refused.text("/pointer") == pointer);
  }
  BOOST_TEST(put(remote_server(), {}, path("remote", "nobody")).status == 404u);
  BOOST_TEST(put(remote_server(), {}, path("Remote")).text("/pointer") ==
             "/template_id");
  BOOST_TEST(put(remote_server(), node.issue({"operator"})).status == 403u);
}

BOOST_AUTO_TEST_CASE(a_retry_is_answered_with_the_first_outcome_section3) {
  put_remote();
  const std::string key = "Idempotency-Key: filled-1\r\n";
  const auto body = use({{"host", "a.example"}});
  const auto first = send("publish", "default", body, key);
  BOOST_REQUIRE_EQUAL(first.status, 201u);
  // A newer version of the template changes nothing of it.
  BOOST_REQUIRE_EQUAL(put(remote_server("2.0.0")).status, 201u);
  const auto again = send("publish", "default", body, key);
  BOOST_TEST(again.status == 200u, again.body);
  BOOST_TEST(again.text("/artifact_id") == first.text("/artifact_id"));
  BOOST_TEST(
      send("publish", "default", use({{"host", "b.example"}}), key).code() ==
      "key_reused");
}

BOOST_AUTO_TEST_CASE(the_audit_names_the_template_fr12) {
  const auto made = put(remote_server());
  const auto found = node.get("audit?kind=template_put", ledger.admin);
  BOOST_REQUIRE_EQUAL(found.document.as_array().size(), 1u);
  BOOST_TEST(found.text("/0/client_id") == "claude-code");
  BOOST_TEST(!found.has("/0/policy_version"));
  const auto index = std::to_string(found.at("/0/index").as_int64());
  const auto record = node.get("audit/" + index, ledger.admin);
  BOOST_TEST(record.body.find(R"("template_id":"remote")") !=
             std::string::npos);
  BOOST_TEST(record.body.find(R"("template_version":"1.0.0")") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_command_line_puts_gets_and_fills_in_section3) {
  auto document = remote_server();
  document["client_id"] = "claude-code";
  document["template_id"] = "remote";
  document["parameters"].as_object()["args"] = {{"type", "strings"},
                                                {"default", json::array{}}};
  document["payload"] = {
      {"mcpServers",
       {{"docs",
         {{"command", "docs-mcp"},
          {"args", {{"$param", "args"}}},
          {"timeout", {{"$param", "timeout"}}},
          {"env", {{"DOCS_URL", "https://${param:host}:${param:port}"}}}}}}}};
  write_text(file("t.json"), json::serialize(document));
  auto said = command({"templates", "put", file("t.json")});
  BOOST_TEST(said.status == 0, said.err);
  BOOST_TEST(said.out == "template claude-code/remote 1.0.0: put\n");
  BOOST_TEST(command({"templates", "put", file("t.json")}).out ==
             "template claude-code/remote 1.0.0: is there already\n");
  said = command({"templates", "list", "claude-code"});
  BOOST_TEST(said.out.find("remote") != std::string::npos);
  said = command({"templates", "get", "claude-code", "remote@1.0.0"});
  BOOST_TEST(said.out.find("integer from 1 to 65535") != std::string::npos,
             said.out);
  BOOST_TEST(command({"templates", "get", "claude-code", "no"}).status == 3);
  const auto with = [&](std::vector<std::string> words,
                        const std::vector<std::string>& values) {
    words.insert(words.end(), {"--template", "remote@1.0.0"});
    for (auto& value : values)
      words.insert(words.end(), {"--param", value});
    return command(std::move(words));
  };
  const std::vector<std::string> validate{"validate", "claude-code", "default"};
  std::vector<std::string> publish{"publish",     "claude-code", "default",
                                   "--changelog", "Filled in",   "--json"};
  BOOST_TEST(with(validate, {"host=a.example", "port=8080"}).status == 0);
  said = with(validate, {"host=a.example", "port=high"});
  BOOST_TEST(said.status == 4);
  BOOST_TEST(said.out.find("/template/parameters/port") != std::string::npos);
  said = with(validate, {"host=a.example", "prot=1"});
  BOOST_TEST(said.out.find("/template/parameters/prot") != std::string::npos);
  BOOST_TEST(with(validate, {"host"}).status == 2);
  BOOST_TEST(with(validate, {"host=a", "host=b"}).status == 2);
  BOOST_TEST(
      with({"validate", "claude-code", "default", "x.json"}, {}).status == 2);
  BOOST_TEST(command({"validate", "claude-code", "default"}).status == 2);
  said = with(publish,
              {"host=a.example", "port=8080", "args=--one", "args=--two=2"});
  BOOST_REQUIRE_MESSAGE(said.status == 0, said.err);
  const auto made = json::parse(said.out);
  BOOST_TEST(to_canonical(made.at("template").at("parameters")) ==
             R"({"args":["--one","--two=2"],"host":"a.example",)"
             R"("port":8080,"timeout":1000})");
  auto served = node.get(config_path("claude-code")).body;
  served.pop_back(); // the token follows, as a last member
  BOOST_TEST(said.out.starts_with(served + ",\"report\":{"));
}

BOOST_AUTO_TEST_SUITE_END()

/// A ledger as earlier builds made them: there was no other fold version.
struct old_ledger : test_ledger {
  old_ledger() {
    std::filesystem::remove_all(data());
    const auto made = signalbox(
        {"ledger", "create", "--data", data(), "--fold-version", "1"});
    BOOST_REQUIRE_MESSAGE(made.status == 0, made.err);
    admin = read_text(data() / "admin.token");
    admin.resize(admin.find('\n'));
  }
};

BOOST_AUTO_TEST_SUITE(fold_gate)

BOOST_AUTO_TEST_CASE(an_old_ledger_takes_templates_once_it_is_raised_section3) {
  const old_ledger ledger;
  node_process node{ledger};
  const auto path = template_bench::path();
  const auto put = [&](const std::string& token) {
    return node.ask("PUT", path, token, json::serialize(remote_server()));
  };
  const auto publisher = node.issue({"publisher"});
  const auto refused = put(publisher);
  BOOST_TEST(refused.status == 409u, refused.body);
  BOOST_TEST(refused.text("/detail").find("signalbox ledger activate") !=
             std::string::npos);
  BOOST_TEST(node.get("templates").body == "[]");
  BOOST_TEST(node.publish("claude-code", "default", small_draft("a")).status ==
             201u);
  // A restart takes the stored state, and the gate is where it was.
  node.stop();
  node.restart();
  BOOST_TEST(put(publisher).status == 409u);
  // Nobody but an administrator, and only to what this build knows.
  const auto raise = [&](const std::string& token, const char* body) {
    return node.ask("POST", "fold", token, body);
  };
  BOOST_TEST(raise(publisher, "{}").status == 403u);
  for (auto* beyond : {R"({"fold_version":3})", R"({"fold_version":0})"}) {
    const auto said = raise(ledger.admin, beyond);
    BOOST_TEST(said.status == 400u, said.body);
    BOOST_TEST(said.text("/pointer") == "/fold_version");
  }
  auto said =
      ledger.signalbox({"ledger", "activate", "--url", node.url, "--token-file",
                        (ledger.data() / "admin.token").string()});
  BOOST_REQUIRE_MESSAGE(said.status == 0, said.err);
  BOOST_TEST(said.out == "fold version 2 of 2\n");
  BOOST_TEST(raise(ledger.admin, "{}").at("/fold_version") == 2);
  BOOST_TEST(raise(ledger.admin, R"({"fold_version":1})").status == 400u);
  const auto made = put(publisher);
  BOOST_TEST(made.status == 201u, made.body);
  node.stop();
  said = ledger.signalbox({"replay", "--data", ledger.data()});
  BOOST_TEST(said.status == 0, said.err);
  node.restart();
  BOOST_TEST(node.get(path).text("/template_id") == "remote");
}

BOOST_AUTO_TEST_CASE(a_new_ledger_has_the_newest_fold_version) {
  const node_fixture x;
  const auto said = x.node.ask("POST", "fold", x.ledger.admin, "{}");
  BOOST_TEST(said.at("/fold_version") == said.at("/newest"));
  const auto beyond =
      x.ledger.signalbox({"ledger", "create", "--data",
                          x.ledger.place() / "other", "--fold-version", "3"});
  BOOST_TEST(beyond.status == 2);
  BOOST_TEST(beyond.err.find("--fold-version") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
