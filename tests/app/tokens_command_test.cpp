#include <boost/test/unit_test.hpp>

#include "app/offline_ledger.hpp"
#include "events/hash.hpp"
#include "events/json.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;
using test::run;
using test::workplace;

namespace {

struct token_bench : workplace {
  token_bench() { BOOST_REQUIRE_EQUAL(create().code, exit_code::ok); }

  test::run_result issue(std::vector<std::string> more) const {
    more.insert(more.begin(),
                {"tokens", "issue", "--data", data.string(), "--json"});
    return run(std::move(more));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(tokens_command_test)

BOOST_AUTO_TEST_CASE(a_token_issued_offline_is_in_the_ledger) {
  token_bench bench;
  auto x = bench.issue({"--role", "administrator", "--role", "auditor"});
  BOOST_REQUIRE_MESSAGE(x.code == exit_code::ok, x.err);
  const auto said = parse_json(x.out.substr(0, x.out.size() - 1)).value();
  const auto token =
      parse_bearer_token(std::string_view{said.at("token").as_string()});
  BOOST_REQUIRE(token);
  const auto ledger = offline_ledger::open(bench.data).value();
  const auto* row = ledger->state().find_token(token->id);
  BOOST_REQUIRE(row != nullptr);
  BOOST_TEST((row->secret == token->secret_digest));
  BOOST_TEST(!row->revoked);
  const auto* who = ledger->state().find_principal(row->principal);
  BOOST_REQUIRE(who != nullptr);
  BOOST_TEST(who->roles == (role::administrator | role::auditor));
}

BOOST_AUTO_TEST_CASE(an_offline_token_needs_a_role_and_a_free_directory) {
  token_bench bench;
  BOOST_TEST(bench.issue({"--role", "king"}).code == exit_code::usage);
  BOOST_TEST(bench.issue({"--role", "node"}).code == exit_code::usage);
  BOOST_TEST(
      bench.issue({"--role", "reader", "--description", "for jane@example.com"})
          .code == exit_code::usage);
  const auto ledger = offline_ledger::open(bench.data);
  BOOST_REQUIRE(ledger);
  BOOST_TEST(bench.issue({"--role", "reader"}).code == exit_code::unavailable);
}

BOOST_AUTO_TEST_CASE(a_token_file_is_never_overwritten) {
  token_bench bench;
  const auto file = bench.file("token");
  BOOST_REQUIRE(bench.issue({"--role", "reader", "--output", file}).code ==
                exit_code::ok);
  const auto before = test::get_file(file);
  auto again = bench.issue({"--role", "reader", "--output", file});
  BOOST_TEST(again.code == exit_code::conflict);
  BOOST_TEST(test::get_file(file) == before);
  BOOST_TEST(
      bench.issue({"--role", "reader", "--output", bench.file("none/token")})
          .code == exit_code::not_found);
}

BOOST_AUTO_TEST_SUITE_END()
