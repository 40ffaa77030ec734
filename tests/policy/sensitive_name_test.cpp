#include "policy/sensitive_name.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/policy/support.hpp"

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(sensitive_name)

BOOST_AUTO_TEST_CASE(scopes_tell_about_a_sign_in_and_hold_no_secret) {
  for (auto name : {"oauthScopes", "oauth_scope", "TOKEN_SCOPES"})
    BOOST_TEST(!is_sensitive_name(name), name);
  for (auto name : {"oauthToken", "SCOPED_TOKEN", "scopeSecret"})
    BOOST_TEST(is_sensitive_name(name), name);
}

BOOST_AUTO_TEST_CASE(scopes_of_a_kiro_server_are_published_nfr5) {
  test::seed kiro{"kiro"};
  auto checked = kiro.check(R"({"mcpServers":{"docs":{
    "url":"https://docs.example.com/mcp",
    "oauthScopes":["documents.read","documents:write.all"]}}})");
  BOOST_TEST(!has_errors(checked.findings), test::describe(checked.findings));
}

BOOST_AUTO_TEST_SUITE_END()
