#include "policy/template.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/json_place.hpp"
#include "tests/policy/support.hpp"

using namespace signalbox;
using test::describe;
using test::glue;
using test::has;

namespace {

/// A template of claude-code with a parameter of each type.
json::object example() {
  return {
      {"client_id", "claude-code"},
      {"template_id", "search"},
      {"version", "1.0.0"},
      {"description", "A search server"},
      {"payload",
       {{"mcpServers",
         {{"search",
           {{"type", "http"},
            {"url", "https://${param:host}:${param:port}/${param:tier}"},
            {"timeout", {{"$param", "timeout"}}},
            {"alwaysLoad", {{"$param", "eager"}}},
            {"args", {{"$param", "args"}}}}}}}}},
      {"parameters",
       {{"host", {{"type", "string"}, {"pattern", "[a-z.]+\\.example"}}},
        {"port",
         {{"type", "integer"},
          {"minimum", 1},
          {"maximum", 65535},
          {"default", 443},
          {"profile_defaults", {{"dev", 8443}}}}},
        {"tier",
         {{"type", "enum"}, {"values", {"free", "paid"}}, {"default", "free"}}},
        {"timeout", {{"type", "integer"}, {"default", 30}}},
        {"eager", {{"type", "boolean"}, {"default", false}}},
        {"args",
         {{"type", "strings"},
          {"pattern", "--?[a-z]+"},
          {"default", json::array{"-q"}}}}}}};
}

draft_template parsed(const json::object& x) {
  return parse_template(to_canonical(x)).value();
}

/// The example with one place set to another value.
json::object changed(const char* pointer, json::value value) {
  json::value out = example();
  test::place_in(out, pointer) = std::move(value);
  return out.get_object();
}

std::string wrong_at(const json::object& x) {
  auto read = parse_template(to_canonical(x));
  BOOST_REQUIRE(!read);
  BOOST_TEST(!read.error().message.empty());
  return read.error().pointer;
}

filled_template fill_with(json::object given,
                          std::string_view profile = "default") {
  given.emplace("host", "a.example");
  return fill(parsed(example()), profile, given);
}

const json::value& server(const filled_template& x) {
  return x.payload.at("mcpServers").at("search");
}

/// The pointer of the one finding of a fill.
std::string finding_at(json::object given) {
  const auto x = fill_with(std::move(given));
  BOOST_REQUIRE_MESSAGE(x.findings.size() == 1u, describe(x.findings));
  BOOST_TEST(x.payload.is_null());
  return x.findings[0].pointer;
}

std::string message_of(json::object given) {
  return fill_with(std::move(given)).findings.at(0).message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(templates)

BOOST_AUTO_TEST_CASE(values_of_every_type_fill_their_gaps_section3) {
  const auto x = fill_with({{"port", 9000},
                            {"tier", "paid"},
                            {"timeout", 5},
                            {"eager", true},
                            {"args", json::array{"--fast", "-v"}}});
  BOOST_TEST(x.findings.empty(), describe(x.findings));
  BOOST_TEST(to_canonical(server(x)) ==
             R"({"alwaysLoad":true,"args":["--fast","-v"],"timeout":5,)"
             R"("type":"http","url":"https://a.example:9000/paid"})");
}

BOOST_AUTO_TEST_CASE(a_profile_has_defaults_of_its_own_section3) {
  const auto url = [](const filled_template& x) {
    return std::string{std::string_view{server(x).at("url").get_string()}};
  };
  BOOST_TEST(url(fill_with({})) == "https://a.example:443/free");
  BOOST_TEST(url(fill_with({}, "dev")) == "https://a.example:8443/free");
  BOOST_TEST(url(fill_with({{"port", 1}}, "dev")) ==
             "https://a.example:1/free");
  // What was filled in is said whole, defaults included.
  BOOST_TEST(to_canonical(fill_with({}, "dev").parameters) ==
             R"({"args":["-q"],"eager":false,"host":"a.example",)"
             R"("port":8443,"tier":"free","timeout":30})");
}

BOOST_AUTO_TEST_CASE(what_is_put_in_is_not_looked_through_for_gaps) {
  auto x = example();
  x["parameters"].at("host") = {{"type", "string"}};
  const auto made =
      fill(parsed(x), "default", {{"host", "${param:port}\",\"x\":1"}});
  BOOST_TEST(made.findings.empty(), describe(made.findings));
  BOOST_TEST(server(made).at("url").get_string() ==
             "https://${param:port}\",\"x\":1:443/free");
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_told_by_pointer_section3) {
  const std::string at = "/template/parameters/";
  BOOST_TEST(finding_at({{"port", "443"}}) == at + "port");
  BOOST_TEST(finding_at({{"port", 443.5}}) == at + "port");
  BOOST_TEST(finding_at({{"port", nullptr}}) == at + "port");
  BOOST_TEST(finding_at({{"port", 0}}) == at + "port");
  BOOST_TEST(finding_at({{"port", 65536}}) == at + "port");
  BOOST_TEST(finding_at({{"eager", "true"}}) == at + "eager");
  BOOST_TEST(finding_at({{"tier", "gold"}}) == at + "tier");
  BOOST_TEST(finding_at({{"host", "a.other"}}) == at + "host");
  BOOST_TEST(finding_at({{"host", 1}}) == at + "host");
  BOOST_TEST(finding_at({{"host", std::string(5000, 'a')}}) == at + "host");
  BOOST_TEST(finding_at({{"args", "-q"}}) == at + "args");
  BOOST_TEST(finding_at({{"args", json::array{"-q", 1}}}) == at + "args");
  BOOST_TEST(finding_at({{"args", json::array{"rm"}}}) == at + "args");
  BOOST_TEST(finding_at({{"prot", 443}}) == at + "prot");
  BOOST_TEST(message_of({{"port", 0}}) == "The parameter must be at least 1");
  BOOST_TEST(message_of({{"tier", "gold"}}) ==
             "The parameter must be one of free, paid");
  BOOST_TEST(message_of({{"prot", 1}}) ==
             "The template has no parameter of this name");
}

BOOST_AUTO_TEST_CASE(all_wrong_parameters_are_told_at_once) {
  const auto x = fill(parsed(example()), "default",
                      {{"port", 0}, {"eager", 1}, {"other", 1}});
  for (auto* name : {"port", "eager", "other", "host"})
    BOOST_TEST(has(x.findings, "template",
                   std::string{"/template/parameters/"} + name),
               name);
  BOOST_TEST(x.findings.size() == 4u);
  json::object many;
  for (int i = 0; i < 1000; ++i)
    many["p" + std::to_string(i)] = i;
  BOOST_TEST(fill_with(many).findings.size() <= 60u);
}

BOOST_AUTO_TEST_CASE(a_secret_as_a_parameter_is_refused_unsaid_nfr5) {
  auto x = example();
  x["parameters"].at("host") = {{"type", "string"}};
  const auto secret = glue({"gh", "p_", test::noise(36, test::base62)});
  auto made = fill(parsed(x), "default", {{"host", secret}});
  BOOST_REQUIRE(has_errors(made.findings));
  BOOST_TEST(made.payload.is_null());
  BOOST_TEST(made.findings[0].rule.starts_with("secret/"));
  BOOST_TEST(made.findings[0].pointer == "/template/parameters/host");
  BOOST_TEST(describe(made.findings).find(secret) == std::string::npos);
  // One that poses as a parameter's name is not repeated either.
  made = fill(parsed(x), "default", {{"host", "a"}, {secret, 1}});
  BOOST_REQUIRE(has_errors(made.findings));
  BOOST_TEST(describe(made.findings).find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_in_a_template_is_found_nfr5) {
  const auto secret = glue({"gh", "p_", test::noise(36, test::base62)});
  const test::seed family{"claude-code"};
  const auto find = [&](const json::object& x) {
    const json::value document = parse_json(to_canonical(x)).value();
    return find_secrets(parsed(x), document, family.client.inputs);
  };
  BOOST_TEST(find(example()).empty(), describe(find(example())));
  for (auto* pointer : {"/payload/mcpServers/search/note",
                        "/parameters/timeout/description", "/description"}) {
    const auto found = find(changed(pointer, json::value(secret)));
    BOOST_REQUIRE_MESSAGE(!found.empty(), pointer);
    BOOST_TEST(found[0].pointer == pointer);
    BOOST_TEST(describe(found).find(secret) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_template_outside_the_rules_is_refused_at_its_place) {
  BOOST_TEST(wrong_at(changed("/template_id", "Search")) == "/template_id");
  BOOST_TEST(wrong_at(changed("/client_id", "")) == "/client_id");
  BOOST_TEST(wrong_at(changed("/version", "1")) == "/version");
  BOOST_TEST(wrong_at(changed("/more", 1)) == "/more");
  BOOST_TEST(wrong_at(changed("/payload", json::array{})) == "/payload");
  const std::pair<const char*, json::value> wrong[] = {
      {"/parameters/host/type", "text"},
      {"/parameters/host/pattern", "(?=x)"},
      {"/parameters/host/minimum", 1},
      {"/parameters/host/values", json::array{"a"}},
      {"/parameters/host/more", 1},
      {"/parameters/port/default", 0},
      {"/parameters/port/minimum", 1.5},
      {"/parameters/port/maximum", 0},
      {"/parameters/port/pattern", "[0-9]+"},
      {"/parameters/port/profile_defaults/dev", "x"},
      {"/parameters/port/profile_defaults/Dev", 1},
      {"/parameters/tier/values", json::array{}},
      {"/parameters/tier/default", "gold"},
      {"/parameters/args/default", json::array{"rm"}}};
  for (auto& [pointer, value] : wrong)
    BOOST_TEST(wrong_at(changed(pointer, value)) == pointer);
  BOOST_TEST(wrong_at(changed("/parameters/1st", {{"type", "string"}})) ==
             "/parameters/1st");
}

BOOST_AUTO_TEST_CASE(gaps_and_parameters_are_the_same_names) {
  const std::string search = "/payload/mcpServers/search";
  const auto gap = [&](const char* name, json::value value) {
    return wrong_at(changed((search + '/' + name).c_str(), std::move(value)));
  };
  BOOST_TEST(gap("url", "${param:nobody}") == search + "/url");
  BOOST_TEST(gap("url", "${param:host") == search + "/url");
  BOOST_TEST(gap("url", "${param:}") == search + "/url");
  BOOST_TEST(gap("note", "${param:args}") == search + "/note");
  BOOST_TEST(gap("note", {{"$param", "nobody"}}) == search + "/note");
  BOOST_TEST(gap("note", {{"$param", 1}}) == search + "/note");
  BOOST_TEST(gap("note", {{"$param", "host"}, {"x", 1}}) == search + "/note");
  BOOST_TEST(gap("note", json::array{{{"${param:host}", 1}}}) ==
             search + "/note/0");
  BOOST_TEST(wrong_at(changed("/parameters/idle", {{"type", "string"}})) ==
             "/parameters/idle");
}

BOOST_AUTO_TEST_CASE(a_small_template_cannot_make_a_huge_draft) {
  json::array places;
  for (int i = 0; i < 1000; ++i)
    places.emplace_back("${param:x}");
  const json::object x{{"client_id", "c"},
                       {"template_id", "t"},
                       {"version", "1.0.0"},
                       {"payload", {{"places", std::move(places)}}},
                       {"parameters", {{"x", {{"type", "string"}}}}}};
  auto made = fill(parsed(x), "default", {{"x", std::string(200, 'x')}});
  BOOST_TEST(made.findings.empty());
  made = fill(parsed(x), "default", {{"x", std::string(300, 'x')}});
  BOOST_REQUIRE_EQUAL(made.findings.size(), 1u);
  BOOST_TEST(made.findings[0].pointer == "/template");
}

BOOST_AUTO_TEST_CASE(what_policy_took_out_is_not_told_by_the_parameters_fr7) {
  const auto from = parsed(example());
  const auto made = fill_with({});
  const auto whole = describe_use(from, made, made.payload);
  BOOST_TEST(whole.at("template_id").get_string() == "search");
  BOOST_TEST(whole.at("version").get_string() == "1.0.0");
  BOOST_CHECK(whole.at("parameters") == json::value(made.parameters));
  BOOST_TEST(!whole.contains("withheld"));
  auto payload = made.payload;
  payload.at("mcpServers").at("search").get_object().erase("url");
  const auto rest = describe_use(from, made, payload);
  BOOST_CHECK(rest.at("withheld") == (json::array{"host", "port", "tier"}));
  BOOST_TEST(to_canonical(rest.at("parameters")) ==
             R"({"args":["-q"],"eager":false,"timeout":30})");
}

BOOST_AUTO_TEST_CASE(elements_that_move_keep_their_parameters) {
  const json::object x{
      {"client_id", "c"},
      {"template_id", "t"},
      {"version", "1.0.0"},
      {"payload", {{"a", json::array{"first", "${param:x}", "${param:y}"}}}},
      {"parameters",
       {{"x", {{"type", "string"}}}, {"y", {{"type", "string"}}}}}};
  const auto from = parsed(x);
  const auto made = fill(from, "default", {{"x", "one"}, {"y", "two"}});
  const auto told =
      describe_use(from, made, json::value{{"a", json::array{"one"}}});
  BOOST_TEST(to_canonical(told) ==
             R"({"parameters":{"x":"one"},"template_id":"t",)"
             R"("version":"1.0.0","withheld":["y"]})");
}

BOOST_AUTO_TEST_SUITE_END()
