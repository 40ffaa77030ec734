#include <boost/test/unit_test.hpp>

#include "tests/api/operation_bench.hpp"

// What system tests cannot stage: a log that fails between two steps.

namespace signalbox::test {

BOOST_AUTO_TEST_SUITE(issue_token)

BOOST_AUTO_TEST_CASE(a_retry_issues_the_token_that_the_first_try_could_not) {
  operation_bench x;
  const json::object wanted{{"roles", json::array{"reader"}},
                            {"description", "for the mirror"},
                            {"idempotency_key", "mirror"}};
  x.refuse_after(1); // the principal is put, the token is not issued
  const auto first = x.call("IssueToken", wanted);
  BOOST_REQUIRE(first.failed);
  BOOST_TEST(first.failed->code == errc::read_only);
  BOOST_TEST(x.seen().access->tokens.size() == 0u);
  x.refuse_nothing();
  const auto second = x.call("IssueToken", wanted);
  BOOST_REQUIRE(!second.failed);
  BOOST_TEST(second.status == 201u);
  BOOST_TEST(!second.token.empty());
  const auto issued = json::parse(*second.body).as_object();
  BOOST_TEST(issued.at("token").as_string().starts_with("sbx_"));
  BOOST_REQUIRE_EQUAL(x.seen().access->tokens.size(), 1u);
  const auto& [id, row] = *x.seen().access->tokens.begin();
  BOOST_TEST(issued.at("token_id").as_string() == id.hex());
  BOOST_TEST(issued.at("principal_id").as_string() ==
             row.first.principal.hex());
  BOOST_TEST(x.seen().access->principals.at(row.first.principal).roles ==
             static_cast<role_mask>(role::reader));
  const auto third = x.call("IssueToken", wanted);
  BOOST_REQUIRE(third.failed);
  BOOST_TEST(third.failed->code == errc::conflict);
  BOOST_TEST(x.seen().access->tokens.size() == 1u);
}

BOOST_AUTO_TEST_CASE(each_key_and_each_call_without_one_makes_a_principal) {
  operation_bench x;
  json::object wanted{{"roles", json::array{"reader"}}};
  for (const auto* key : {"", "", "a", "b"}) {
    if (*key != '\0')
      wanted["idempotency_key"] = key;
    BOOST_TEST(x.call("IssueToken", wanted).status == 201u);
  }
  std::set<principal_id> owners;
  for (auto& [id, row] : x.seen().access->tokens)
    owners.insert(row.first.principal);
  BOOST_TEST(owners.size() == 4u);
  wanted["roles"] = json::array{"auditor"};
  const auto other = x.call("IssueToken", wanted);
  BOOST_REQUIRE(other.failed);
  BOOST_TEST(other.failed->code == errc::key_reused);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
