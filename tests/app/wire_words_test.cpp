#include "app/wire_words.hpp"

#include <boost/test/unit_test.hpp>

#include "app/missing_hint.hpp"

using namespace signalbox;

namespace {

asked below(std::vector<std::string> path) {
  asked out;
  out.path = std::move(path);
  return out;
}

const asked publish = below({"clients", "a", "profiles", "b", "publish"});
const asked revert = below({"clients", "a", "profiles", "b", "revert"});

failure say(const std::string& message, const std::string& pointer,
            const asked& what = publish) {
  return in_words_of_options({errc::bad_request, message, pointer}, what);
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_words_test)

BOOST_AUTO_TEST_CASE(a_parameter_at_the_beginning_becomes_the_option) {
  const auto x =
      say("expected_version: must be an integer", "/expected_version");
  BOOST_TEST(x.message == "--expect: must be an integer");
  BOOST_TEST(x.pointer == "");
  BOOST_TEST(say("versions differ", "/version").message == "versions differ");
}

BOOST_AUTO_TEST_CASE(a_parameter_that_the_message_does_not_name_follows_it) {
  BOOST_TEST(say("this is too old", "/major").pointer == "--major");
  BOOST_TEST(say("no such version", "/version", revert).pointer == "--to");
  BOOST_TEST(say("a secret", "/draft_payload/mcpServers/x").pointer ==
             "FILE at /mcpServers/x");
  BOOST_TEST(say("is missing", "/template/parameters/team").pointer ==
             "--param team");
}

BOOST_AUTO_TEST_CASE(what_no_option_stands_for_stays_a_pointer) {
  BOOST_TEST(say("odd", "/later_than_this").pointer == "/later_than_this");
  BOOST_TEST(say("odd", "").pointer == "");
  // Members of a document that was sent whole.
  for (auto& path : std::vector<std::vector<std::string>>{
           {"clients", "a"}, {"clients", "a", "templates", "t"}, {"policies"}})
    BOOST_TEST(say("version: odd", "/version", below(path)).pointer ==
               "/version");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named_once) {
  const auto what = below({"clients", "a", "profiles", "b", "config"});
  BOOST_TEST(explain_missing("there is no client family of this client_id; "
                             "ListClients names them",
                             what) ==
             "there is no client family: client 'a'; `signalbox clients` "
             "lists the families");
  BOOST_TEST(explain_missing("this client has no profile of this name; "
                             "ListProfiles names them",
                             what) ==
             "this client has no profile of this name: client 'a', profile "
             "'b'; `signalbox profiles a` lists its profiles");
  BOOST_TEST(explain_missing("client 'a' is gone", what) ==
             "client 'a' is gone: profile 'b'");
}

BOOST_AUTO_TEST_SUITE_END()
