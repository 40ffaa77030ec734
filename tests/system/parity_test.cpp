#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/system/operation_examples.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// NAME:=JSON for each parameter, as `signalbox call` takes them.
std::vector<std::string> call_words(const std::string& operation,
                                    const json::object& params) {
  std::vector<std::string> out{"call", operation};
  for (auto& [name, value] : params)
    out.push_back(std::string{name} + ":=" + json::serialize(value));
  return out;
}

json::value ask_command(const example_stage& x,
                        std::vector<std::string> words) {
  words.insert(words.end(), {"--json", "--url", x.node.url, "--token-file",
                             (x.ledger.data() / "admin.token").string()});
  const auto done = x.ledger.signalbox(words);
  BOOST_REQUIRE_MESSAGE(done.status == 0, words[0] << ": " << done.err);
  return json::parse(done.out);
}

json::value ask_rpc(const example_stage& x, const operation_example& y) {
  const auto said =
      x.node.rpc(y.operation, y.params(x, surface::rpc), x.ledger.admin);
  BOOST_REQUIRE_MESSAGE(said.has("/result"), y.operation << ": " << said.body);
  return said.at("/result");
}

/// Members and types without the values.
json::value form_of(const json::value& x) {
  if (auto* list = x.if_array()) {
    json::array out;
    for (auto& one : *list)
      out.push_back(form_of(one));
    return out;
  }
  if (!x.is_object())
    return json::string{to_string(x.kind())};
  json::object out;
  for (auto& [name, value] : x.get_object())
    out[name] = form_of(value);
  return out;
}

void check_same(likeness wanted, const json::value& x, const json::value& y) {
  if (wanted == likeness::same)
    BOOST_TEST((x == y), json::serialize(x) << "\nis not\n"
                                            << json::serialize(y));
  else
    BOOST_TEST((form_of(x) == form_of(y)), json::serialize(x)
                                               << "\nhas not the form of\n"
                                               << json::serialize(y));
}

/// Commands print the consistency token, which REST has in a header, as a last
/// member. It differs from call to call. An artifact that is read is printed as
/// it was served. Publish prints the check's report, too.
void check_command(const operation_example& example, const answer& rest,
                   json::value said) {
  const auto wanted = example.alike;
  auto* like = rest.document.if_object();
  if (like != nullptr && example.operation != "GetConfig" &&
      !rest.header("Signalbox-Token").empty() && !like->contains("token")) {
    BOOST_TEST(said.as_object().contains("token"), json::serialize(said));
    said.as_object().erase("token");
  }
  if (like != nullptr && said.is_object() && !like->contains("report"))
    said.as_object().erase("report");
  check_same(wanted, rest.document, said);
}

} // namespace

BOOST_AUTO_TEST_SUITE(parity)

BOOST_AUTO_TEST_CASE(every_operation_answers_the_same_on_all_three_surfaces) {
  const example_stage x;
  std::set<std::string> seen;
  for (auto& y : operation_examples())
    BOOST_TEST_CONTEXT(y.operation) {
      seen.insert(y.operation);
      const auto rest = ask_rest(x, y);
      BOOST_REQUIRE_MESSAGE(rest.status < 300, rest.body);
      check_same(y.alike, rest.document, ask_rpc(x, y));
      if (y.words)
        check_command(y, rest, ask_command(x, y.words(x)));
      else
        check_command(
            y, rest,
            ask_command(
                x, call_words(y.operation, y.params(x, surface::command))));
    }
  for (auto& what : all_operations()) // no example? See tests/README.md.
    BOOST_TEST(seen.contains(std::string{what.name}), what.name);
}

BOOST_AUTO_TEST_CASE(a_call_says_what_is_wrong_before_it_asks_anybody) {
  const test_ledger ledger;
  const auto say = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "call");
    words.insert(words.end(), {"--url", "http://127.0.0.1:1"});
    const auto done = ledger.signalbox(words);
    BOOST_TEST(done.status == 2, done.err);
    return done.err;
  };
  BOOST_TEST(say({"GetConfg"}).find("GetConfig") != std::string::npos);
  BOOST_TEST(
      say({"GetConfig", "client_id=codex"}).find("profile: is missing") !=
      std::string::npos);
  BOOST_TEST(say({"GetConfig", "client=codex"}).find("at /client") !=
             std::string::npos);
  BOOST_TEST(say({"GetConfig", "codex"}).find("NAME=TEXT") !=
             std::string::npos);
  BOOST_TEST(say({"GetKeyset", "version:=x"}).find("version: ") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
