#include <boost/test/unit_test.hpp>

#include "policy/glob.hpp"
#include "policy/packages.hpp"
#include "policy/url_host.hpp"
#include "policy/version_order.hpp"
#include "tests/policy/rule_checker.hpp"

using namespace signalbox;
using test::rule;
using test::rule_checker;

namespace {

std::string run(const std::string& command, const std::string& arguments = {}) {
  return R"({"command":")" + command + R"(","args":[)" + arguments + "]}";
}

std::string call(const std::string& url) {
  return R"({"type":"http","url":")" + url + "\"}";
}

const std::string at_url = "r /mcpServers/a/url\n";
const std::string at_command = "r /mcpServers/a/command\n";

} // namespace

BOOST_AUTO_TEST_SUITE(policy_rules)

BOOST_AUTO_TEST_CASE(stars_stand_for_any_run_of_characters) {
  auto matches = [](const char* entry, const char* text) {
    return glob_list::parse({entry}, letter_case::matters)
        .value()
        .matches(text);
  };
  BOOST_TEST(matches("a", "a"));
  BOOST_TEST(!matches("a", "A"));
  BOOST_TEST(!matches("a", "ab"));
  BOOST_TEST(matches("*", ""));
  BOOST_TEST(matches("@acme/*", "@acme/x/y"));
  BOOST_TEST(!matches("@acme/*", "@acme"));
  BOOST_TEST(matches("*.example.com", "a.example.com"));
  BOOST_TEST(!matches("*.example.com", "a.example.com.evil.org"));
  BOOST_TEST(matches("a*b*c", "a-b-b-c"));
  BOOST_TEST(!matches("a*a", "a"));
  BOOST_TEST(matches("a**a", "aa"));
  BOOST_TEST(!glob_list::parse({""}, letter_case::matters).has_value());
  BOOST_TEST(!glob_list::parse({"*********"}, letter_case::matters));
  BOOST_TEST(!glob_list::parse({std::string(257, 'a')}, letter_case::matters));
}

BOOST_AUTO_TEST_CASE(a_package_is_known_by_what_is_fetched) {
  auto name = [](const char* text, bool python = false) {
    return parse_package(text, python).name;
  };
  BOOST_TEST(name("@acme/files@1.2.3") == "@acme/files");
  BOOST_TEST(parse_package("@acme/files@1.2.3", false).version == "1.2.3");
  BOOST_TEST(name("files") == "files");
  BOOST_TEST(name("good@npm:evil@1.0.0") == "evil");
  BOOST_TEST(name("good@github:evil/x") == "other:good@github:evil/x");
  BOOST_TEST(name("evil/x") == "other:evil/x");
  BOOST_TEST(name("Acme_Files[all]==1.2", true) == "acme-files");
  BOOST_TEST(parse_package("a[x]==1.2", true).version == "1.2");
  BOOST_TEST(parse_package("a@1.2", true).version == "1.2");
  BOOST_TEST(name("a @ https://evil.example/x", true) ==
             "other:a @ https://evil-example/x");
  BOOST_TEST(name("git+https://evil.example/x", true) ==
             "other:git+https://evil-example/x");
}

BOOST_AUTO_TEST_CASE(versions_that_cannot_be_compared_have_no_order) {
  BOOST_CHECK(compare_versions("1.10", "1.9.5").value() > 0);
  BOOST_CHECK(compare_versions("1.2", "1.2.0").value() == 0);
  BOOST_CHECK(compare_versions("1.0.0-rc.1", "1.0.0").value() < 0);
  BOOST_TEST(!compare_versions("latest", "1.0.0"));
  BOOST_TEST(!compare_versions("", "1.0.0"));
  BOOST_TEST(!compare_versions("1..2", "1.0.0"));
}

BOOST_AUTO_TEST_CASE(a_host_is_plain_filled_in_or_odd) {
  auto kind = [](const char* text) { return find_host(text)->kind; };
  BOOST_TEST(find_host("HTTPS://u:p@A.Example.com.:8/x")->name ==
             "a.example.com");
  BOOST_CHECK(kind("https://[::1]:80/") == host_kind::plain);
  BOOST_CHECK(kind("https://${HOST}/x") == host_kind::reference);
  BOOST_CHECK(kind("${URL}") == host_kind::reference);
  BOOST_CHECK(kind("https://${HOST:-evil.example}/x") == host_kind::reference);
  BOOST_TEST(find_host("https://${HOST:-evil.example}/x")->name ==
             "evil.example");
  BOOST_CHECK(kind("https://good.example\\\\@evil.example/") == host_kind::odd);
  BOOST_CHECK(kind("https://evil%2eexample/") == host_kind::odd);
  BOOST_CHECK(kind("https:///x") == host_kind::odd);
  BOOST_TEST(!find_host("no url").has_value());
}

BOOST_AUTO_TEST_CASE(
    denied_commands_are_found_behind_folders_and_wrappers_fr7) {
  rule_checker x{rule(R"("action":"deny-commands","list":["curl","sh"])")};
  BOOST_TEST(x.found_in(run("curl")) == at_command);
  BOOST_TEST(x.found_in(run("/usr/bin/CURL.exe")) == at_command);
  BOOST_TEST(x.found_in(run("curl -s x")) == at_command);
  BOOST_TEST(x.found_in(run("cmd", R"("/c","curl")")) ==
             "r /mcpServers/a/args/1\n");
  BOOST_TEST(x.found_in(run("env", R"("-i","A=1","sh","-c","x")")) ==
             "r /mcpServers/a/args/2\n");
  BOOST_TEST(x.found_in(run("env", R"("-u","A","curl")")) ==
             "r /mcpServers/a/args/2\n");
  BOOST_TEST(x.found_in(run("env", R"("-S","curl -s x")")) ==
             "r /mcpServers/a/args/1\n");
  BOOST_TEST(x.found_in(run("curling", R"("curl")")) == "");
}

BOOST_AUTO_TEST_CASE(an_allowed_command_is_no_program_in_another_folder_fr7) {
  rule_checker x{
      rule(R"("action":"allow-commands","list":["npx","/opt/acme/*"])")};
  BOOST_TEST(x.found_in(run("npx")) == "");
  BOOST_TEST(x.found_in(run("/opt/acme/server")) == "");
  BOOST_TEST(x.found_in(run("/tmp/npx")) == at_command);
  BOOST_TEST(x.found_in(run("${RUNNER}")) == at_command);
  BOOST_TEST(x.found_in(call("https://a.example.com/mcp")) == "");
}

BOOST_AUTO_TEST_CASE(hosts_are_listed_in_urls_and_arguments_fr7) {
  rule_checker allow{
      rule(R"("action":"allow-hosts","list":["*.acme.example"])")};
  BOOST_TEST(allow.found_in(call("https://mcp.ACME.example:8443/x")) == "");
  BOOST_TEST(allow.found_in(call("https://evil.example/")) == at_url);
  BOOST_TEST(allow.found_in(call("https://${HOST}/x")) == at_url);
  BOOST_TEST(allow.found_in(run("proxy", R"("--to=https://evil.example/x")")) ==
             "r /mcpServers/a/args/0\n");
  BOOST_TEST(allow.found_in(run("proxy", R"("--to=${PLACE}","--x")")) == "");
  rule_checker deny{rule(R"("action":"deny-hosts","list":["evil.example"])")};
  BOOST_TEST(deny.found_in(call("https://evil.example./")) == at_url);
  BOOST_TEST(deny.found_in(call("https://${H:-evil.example}/x")) == at_url);
  BOOST_TEST(deny.found_in(call("https://${HOST}/x")) == "");
  BOOST_TEST(deny.found_in(call("https://good.example/")) == "");
  BOOST_TEST(deny.found_in(call("https://evil%2eexample/")).ends_with(at_url));
}

BOOST_AUTO_TEST_CASE(packages_are_listed_by_name_and_source_fr7) {
  rule_checker allow{
      rule(R"("action":"allow-packages","list":["@acme/*","acme_tools"])")};
  BOOST_TEST(allow.found_in(run("npx", R"("-y","@acme/files@1.0.0")")) == "");
  BOOST_TEST(allow.found_in(run("uvx", R"("acme.tools==1.2")")) == "");
  BOOST_TEST(allow.found_in(run("acme-server", R"("files")")) == "");
  for (auto* package : {"evil", "@acme/files@npm:evil@1.0.0", "@acme/x/y",
                        "@acme/files@https://evil.example/x.tgz", "${PKG}"})
    BOOST_TEST(allow.found_in(run("npx", "\"" + std::string{package} + "\"")) ==
                   "r /mcpServers/a/args/0\n",
               package);
  rule_checker git{rule(R"("action":"allow-packages",
    "list":["other:git+https://git.acme.example/*"])")};
  BOOST_TEST(git.found_in(
                 run("uvx", R"("git+https://git.acme.example/tools")")) == "");
  BOOST_TEST(git.found_in(run("uvx", R"("git+https://evil.example/x")")) ==
             "r /mcpServers/a/args/0\n");
  rule_checker deny{rule(R"("action":"deny-packages","list":["evil*"])")};
  BOOST_TEST(deny.found_in(run("npx", R"("-p","good","-p","Evil-x","y")")) ==
             "r /mcpServers/a/args/3\n");
}

BOOST_AUTO_TEST_CASE(a_command_that_is_one_list_is_read_as_one_line_fr7) {
  rule_checker x{rule(R"("action":"deny-packages","list":["evil"])"),
                 "opencode"};
  BOOST_TEST(x.found(R"({"mcp":{"a":{"type":"local",
    "command":["npx","-y","evil@1.0.0"]}}})") == "r /mcp/a/command/2\n");
  rule_checker y{rule(R"("check":"unpinned-package")"), "opencode"};
  BOOST_TEST(y.found(R"({"mcp":{"a":{"type":"local",
    "command":["npx","-y","pkg"]}}})") == "r /mcp/a/command/2\n");
}

BOOST_AUTO_TEST_CASE(pinned_packages_have_the_version_that_is_asked_for_fr7) {
  rule_checker x{rule(R"("action":"pin-packages","pins":[
    {"package":"@acme/files","version":"1.2.3"},
    {"package":"acme-tools","at_least":"2.10"}])")};
  auto found = [&](const char* command, const std::string& package) {
    return !x.found_in(run(command, "\"" + package + "\"")).empty();
  };
  BOOST_TEST(!found("npx", "@acme/files@1.2.3"));
  BOOST_TEST(found("npx", "@acme/files@1.2.4"));
  BOOST_TEST(found("npx", "@acme/files"));
  BOOST_TEST(found("npx", "x@npm:@acme/files@1.2.4"));
  BOOST_TEST(!found("npx", "other@9"));
  BOOST_TEST(!found("uvx", "acme_tools==2.10.0"));
  BOOST_TEST(!found("uvx", "acme-tools==3"));
  BOOST_TEST(found("uvx", "acme-tools==2.9.9"));
  BOOST_TEST(found("uvx", "acme-tools==2.11rc1"));
}

BOOST_AUTO_TEST_CASE(required_fields_are_named_where_they_are_missing_fr7) {
  rule_checker x{rule(R"("action":"require-fields","pointers":
    ["/mcpServers/*/type","/mcpServers/*/env/LOG"])")};
  BOOST_TEST(x.found(R"({"mcpServers":{
      "a":{"type":"stdio","command":"x","env":{"LOG":"1"}},
      "b":{"command":"x"}}})") ==
             "r /mcpServers/b/env\nr /mcpServers/b/type\n");
  BOOST_TEST(x.found(R"({"mcpServers":{}})") == "");
}

BOOST_AUTO_TEST_CASE(values_at_places_are_listed_too_fr7) {
  rule_checker x{rule(R"("action":"deny-values","list":["delete_*"],
    "pointers":["/mcpServers/*/args/*"])")};
  BOOST_TEST(x.found_in(run("x", R"("read","Delete_all")")) ==
             "r /mcpServers/a/args/1\n");
}

BOOST_AUTO_TEST_CASE(servers_are_allowed_by_all_that_they_run_and_call_fr7) {
  rule_checker x{rule(R"("action":"allow-servers","names":["wiki"],
    "commands":["acme-mcp"],"packages":["@acme/*"],
    "hosts":["*.acme.example"])")};
  const std::string refused = "r /mcpServers/a\n";
  BOOST_TEST(x.found(R"({"mcpServers":{"wiki":{"command":"x"}}})") == "");
  BOOST_TEST(x.found_in(run("acme-mcp")) == "");
  BOOST_TEST(x.found_in(run("npx", R"("@acme/files@1.0.0")")) == "");
  BOOST_TEST(x.found_in(run("npx", R"("-p","evil","-p","@acme/f","f")")) ==
             refused);
  BOOST_TEST(x.found_in(run("/tmp/npx", R"("@acme/files@1.0.0")")) == refused);
  BOOST_TEST(x.found_in(call("https://mcp.acme.example/")) == "");
  BOOST_TEST(x.found_in(call("https://evil.example/")) == refused);
  // A URL in an argument makes no program trustworthy.
  BOOST_TEST(x.found_in(run("evil", R"("https://mcp.acme.example/")")) ==
             refused);
  BOOST_TEST(x.found_in(R"({"type":"http","url":"https://mcp.acme.example/",
    "headersHelper":"evil"})") == refused);
}

BOOST_AUTO_TEST_CASE(rules_are_for_whom_their_selector_names_fr7) {
  auto found = [](const std::string& select, const policy_target& where) {
    rule_checker x{
        rule(R"("action":"deny-servers","names":["a"],"select":)" + select)};
    x.where = where;
    return !x.found_in(run("x")).empty();
  };
  const policy_target prod{"prod-eu", {"eu", "prod"}};
  const policy_target dev{"dev", {}};
  BOOST_TEST(found(R"({"profiles":["prod*"]})", prod));
  BOOST_TEST(!found(R"({"profiles":["prod*"]})", dev));
  BOOST_TEST(found(R"({"environments":["prod"]})", prod));
  BOOST_TEST(!found(R"({"environments":["prod"]})", dev));
  BOOST_TEST(found(R"({"clients":["claude-*"]})", dev));
  BOOST_TEST(!found(R"({"clients":["codex"]})", dev));
  BOOST_TEST(!found(R"({"clients":["codex"],"environments":["prod"]})", prod));
  BOOST_TEST(found("{}", dev));
}

BOOST_AUTO_TEST_CASE(no_set_permits_a_literal_secret_nfr5) {
  const std::string secret =
      R"({"mcpServers":{"a":{"command":"x","env":{"API_TOKEN":"hunter2x"}}}})";
  const std::string check = R"("check":"literal-secret")";
  for (auto& rules : {rule(R"("action":"deny-commands","list":["bash"])"),
                      rule(check, "warning"),
                      rule(check + R"(,"select":{"clients":["codex"]})")}) {
    rule_checker x{rules};
    BOOST_TEST(has_errors(x.check(secret).findings), rules);
  }
  rule_checker own{rule(check)};
  BOOST_TEST(own.check(secret).findings.size() == 1u); // and only once
}

BOOST_AUTO_TEST_CASE(a_rule_that_the_engine_cannot_keep_is_refused_fr7) {
  const std::string deny = R"("action":"deny-servers","names":["a"])";
  const std::pair<std::string, const char*> bad[] = {
      {rule(deny + R"(,"select":{"claims":["x"]})"), "/rules/0/select/claims"},
      {rule(deny + R"(,"select":{"time":"x"})"), "/rules/0/select/time"},
      {rule(deny + R"(,"select":{"moon":"x"})"), "/rules/0/select/moon"},
      {rule(deny + R"(,"list":["x"])"), "/rules/0/list"},
      {rule(R"("action":"deny-servers")"), "/rules/0/action"},
      {rule(R"("action":"deny-moons","list":["x"])"), "/rules/0/action"},
      {rule(R"("action":"deny-hosts","list":[])"), "/rules/0/list"},
      {rule(R"("action":"deny-hosts","list":["x"])", "changed"),
       "/rules/0/severity"},
      {rule(R"("action":"redact-keys","names":["x"])", "error"),
       "/rules/0/severity"},
      {rule(R"("action":"redact-keys","pointers":["x"])", "changed"),
       "/rules/0/pointers"},
      {rule(R"("action":"redact-keys","pointers":[""])", "changed"),
       "/rules/0/pointers"},
      {rule(R"("action":"set-defaults","values":[{"pointer":"/a/*",
        "value":1}])",
            "changed"),
       "/rules/0/values/0/pointer"},
      {rule(R"("action":"set-defaults","values":[{"pointer":"/a"}])",
            "changed"),
       "/rules/0/values/0/value"},
      {rule(R"("action":"pin-packages","pins":[{"package":"a",
        "at_least":"new"}])"),
       "/rules/0/pins/0/at_least"},
      {rule(R"("action":"pin-packages","pins":[{"package":"a","version":"1",
        "at_least":"1"}])"),
       "/rules/0/pins/0/at_least"},
      {R"({"id":"schema","check":"plain-http","severity":"error",
        "message":"m"})",
       "/rules/0/id"},
  };
  for (auto& [text, pointer] : bad) {
    auto out = parse_policy_set(rule_checker::document(text));
    BOOST_REQUIRE_MESSAGE(!out, text);
    BOOST_TEST(out.error().pointer == pointer, text);
  }
}

BOOST_AUTO_TEST_CASE(a_set_has_limits) {
  auto many = [](std::size_t n, auto entry) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i)
      out += (i ? "," : "") + entry(i);
    return out;
  };
  auto entries = [&](std::size_t n) {
    return rule(R"("action":"deny-hosts","list":[)" +
                many(n, [](auto) { return std::string{"\"a\""}; }) + "]");
  };
  BOOST_TEST(bool(parse_policy_set(rule_checker::document(entries(256)))));
  BOOST_TEST(!parse_policy_set(rule_checker::document(entries(257))));
  auto rules = [&](std::size_t n) {
    return many(n, [](auto i) {
      return R"({"id":"r)" + std::to_string(i) +
             R"(","check":"plain-http","severity":"error","message":"m"})";
    });
  };
  BOOST_TEST(bool(parse_policy_set(rule_checker::document(rules(256)))));
  auto above = parse_policy_set(rule_checker::document(rules(257)));
  BOOST_REQUIRE(!above);
  BOOST_TEST(above.error().pointer == "/rules");
  auto large = parse_policy_set(rule_checker::document(
      rule(R"("check":"plain-http")") + std::string(64 * 1024, ' ')));
  BOOST_REQUIRE(!large);
  BOOST_CHECK(large.error().code == errc::too_large);
}

BOOST_AUTO_TEST_SUITE_END()
