#include "app/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include "api/error_table.hpp"
#include "app/duration.hpp"
#include "app/open_files.hpp"
#include "app/serve.hpp"
#include "events/json.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;
using test::run;

BOOST_AUTO_TEST_SUITE(command_line_test)

BOOST_AUTO_TEST_CASE(an_unknown_command_is_a_usage_error_with_a_hint) {
  auto x = run({"pubish"});
  BOOST_TEST(x.code == exit_code::usage);
  BOOST_TEST(x.err.find("pubish") != std::string::npos);
  BOOST_TEST(x.err.find("--help") != std::string::npos);
  BOOST_TEST(run({}).code == exit_code::usage);
}

BOOST_AUTO_TEST_CASE(help_names_every_command_and_every_exit_code) {
  auto x = run({"--help"});
  BOOST_TEST(x.code == exit_code::ok);
  for (auto& command : commands())
    BOOST_TEST(x.out.find(std::string{command.name}) != std::string::npos);
  for (int i = 0; i <= 7; ++i)
    BOOST_TEST(x.out.find(describe(static_cast<exit_code>(i))) !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_command_explains_itself) {
  for (auto& command : commands()) {
    auto x = run({std::string{command.name}, "--help"});
    BOOST_TEST(x.code == exit_code::ok, command.name);
    BOOST_TEST(x.out.find("Usage") != std::string::npos, command.name);
    BOOST_TEST(x.err.empty(), command.name);
  }
}

BOOST_AUTO_TEST_CASE(help_of_a_command_is_its_own_help) {
  BOOST_TEST(run({"help", "publish"}).out == run({"publish", "--help"}).out);
  BOOST_TEST(run({"help", "keys", "rotate"}).out ==
             run({"keys", "rotate", "--help"}).out);
  BOOST_TEST(run({"help", "pubish"}).code == exit_code::usage);
  BOOST_TEST(run({"help"}).out == run({"--help"}).out);
}

BOOST_AUTO_TEST_CASE(a_missing_token_file_is_not_found_like_other_files) {
  auto x = run({"clients", "--token-file", "/nonexistent/token"});
  BOOST_TEST(x.code == exit_code::not_found);
  BOOST_TEST(x.err.find("/nonexistent/token") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_usage_errors) {
  for (auto& words : std::vector<std::vector<std::string>>{
           {"get"},
           {"get", "codex"},
           {"get", "codex", "default", "more"},
           {"get", "codex", "default", "--no-such-option"},
           {"get", "codex", "default", "--timeout", "soon"},
           {"publish", "codex", "default", "FILE"},
           {"diff", "codex", "default"},
           {"serve"},
           {"serve", "--data", "D", "--listen", "nowhere"},
           {"serve", "--data", "D", "--workers", "0"},
           {"serve", "--data", "D", "--workers", "-1"},
           {"serve", "--data", "D", "--workers", "257"},
           {"ledger"},
           {"ledger", "destroy"},
           {"keys"},
           {"tokens", "issue"},
           {"profiles", "put", "codex"},
           {"reseal", "codex"},
           {"verify", "FILE", "--root-fingerprint", "abc"}})
    BOOST_TEST(run(words).code == exit_code::usage, words.front());
}

BOOST_AUTO_TEST_CASE(an_abbreviated_option_is_not_guessed) {
  BOOST_TEST(run({"get", "codex", "default", "--rend"}).code ==
             exit_code::usage);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_is_unavailable) {
  // Port 1 is reserved and nothing listens there.
  auto x = run({"clients", "--url", "http://127.0.0.1:1"});
  BOOST_TEST(x.code == exit_code::unavailable);
  BOOST_TEST(x.err.find("http://127.0.0.1:1") != std::string::npos);
  BOOST_TEST(run({"clients", "--url", "not a url"}).code == exit_code::usage);
}

BOOST_AUTO_TEST_CASE(programs_get_failures_as_one_line_of_json) {
  auto x = run({"clients", "--url", "http://127.0.0.1:1", "--json"});
  BOOST_TEST(x.out.empty());
  BOOST_REQUIRE(x.err.ends_with('\n'));
  x.err.pop_back();
  auto document = parse_json(x.err);
  BOOST_REQUIRE(document);
  BOOST_TEST((document->at("code") == json::value("unavailable")));
}

BOOST_AUTO_TEST_CASE(programs_get_usage_errors_as_json_too) {
  for (auto& words : std::vector<std::vector<std::string>>{
           {"--json"},
           {"pubish", "--json"},
           {"keys", "--json"},
           {"keys", "turn", "--json"},
           {"version", "--bogus", "--json"},
           {"serve", "--json"},
           {"get", "codex", "--json"},
           {"get", "codex", "default", "--bogus", "--json"},
           {"diff", "codex", "default", "--json"}}) {
    auto x = run(words);
    BOOST_TEST(x.code == exit_code::usage, words.front());
    BOOST_TEST(x.out.empty());
    BOOST_REQUIRE_MESSAGE(x.err.ends_with('\n'), words.front());
    x.err.pop_back();
    auto document = parse_json(x.err);
    BOOST_REQUIRE_MESSAGE(document, x.err);
    BOOST_TEST((document->at("code") == json::value("bad_request")));
  }
}

BOOST_AUTO_TEST_CASE(connections_leave_files_for_the_database) {
  BOOST_TEST(connections_within(1'000'000) == 20'000u);
  BOOST_TEST(connections_within(4096) == 3584u);
  BOOST_TEST(connections_within(1024) == 512u);
  BOOST_TEST(connections_within(256) == 128u);
  BOOST_TEST(connections_within(0) == 1u);
  BOOST_TEST(raise_open_files() > 0u);
  BOOST_TEST(raise_open_files() == raise_open_files());
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_not_found) {
  BOOST_TEST(run({"verify", "/nonexistent/artifact", "--root-fingerprint",
                  std::string(64, 'a'), "--keyset", "/nonexistent/keyset"})
                 .code == exit_code::not_found);
}

BOOST_AUTO_TEST_CASE(failures_have_the_exit_codes_of_the_one_table) {
  BOOST_TEST(to_exit_code(errc::not_found) == exit_code::not_found);
  BOOST_TEST(to_exit_code(errc::validation_failed) == exit_code::refused);
  BOOST_TEST(to_exit_code(errc::bad_signature) == exit_code::refused);
  BOOST_TEST(to_exit_code(errc::conflict) == exit_code::conflict);
  BOOST_TEST(to_exit_code(errc::forbidden) == exit_code::denied);
  BOOST_TEST(to_exit_code(errc::pending) == exit_code::unavailable);
  BOOST_TEST(to_exit_code(errc::log_corrupt) == exit_code::failure);
}

BOOST_AUTO_TEST_CASE(durations_are_strict) {
  BOOST_TEST(parse_duration("90s").value() == 90'000);
  BOOST_TEST(parse_duration("30d").value() == 30LL * 86'400'000);
  for (auto text : {"", "d", "30", "-1d", "0d", "1.5h", "1w", " 1d",
                    "99999999999999999999d", "36500d"})
    BOOST_TEST(!parse_duration(text), text);
}

BOOST_AUTO_TEST_CASE(listen_addresses_are_read_with_their_port) {
  serve_options x;
  BOOST_REQUIRE(parse_listen("[::1]:0", x));
  BOOST_TEST(x.address == "::1");
  BOOST_TEST(x.port == 0);
  BOOST_REQUIRE(parse_listen("localhost:80", x));
  BOOST_TEST(x.address == "127.0.0.1");
  for (auto text : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                    "127.0.0.1:80x", "::1:80"})
    BOOST_TEST(!parse_listen(text, x), text);
}

BOOST_AUTO_TEST_CASE(version_is_the_projects) {
  BOOST_TEST(run({"version"}).out == "signalbox " SIGNALBOX_VERSION "\n");
  BOOST_TEST(run({"--version"}).out == run({"version"}).out);
  BOOST_TEST(run({"version", "more"}).code == exit_code::usage);
}

BOOST_AUTO_TEST_SUITE_END()
