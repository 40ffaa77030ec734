#include "api/routes.hpp"

#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include "api/target.hpp"

namespace signalbox {

namespace {

route find(http_method method, std::string_view target) {
  request_head head;
  head.method = method;
  head.target = target;
  return find_route(head, "main");
}

std::string base(std::string_view path) {
  return "/v1/ledgers/main/" + std::string{path};
}

} // namespace

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(every_operation_has_a_path) {
  const std::string client = "clients/c";
  const std::string profile = client + "/profiles/p";
  std::set<std::string_view> found;
  for (const auto& [method, path] :
       std::vector<std::pair<http_method, std::string>>{
           {http_method::get, "clients"},
           {http_method::get, client},
           {http_method::put, client},
           {http_method::get, client + "/schemas/1.0.0"},
           {http_method::get, client + "/profiles"},
           {http_method::get, profile + "/config"},
           {http_method::get, profile + "/diff"},
           {http_method::post, profile + "/validate"},
           {http_method::post, profile + "/publish"},
           {http_method::put, profile},
           {http_method::post, profile + "/reseal"},
           {http_method::post, profile + "/revert"},
           {http_method::put, profile + "/policy"},
           {http_method::get, "templates"},
           {http_method::get, client + "/templates"},
           {http_method::get, client + "/templates/t"},
           {http_method::put, client + "/templates/t"},
           {http_method::post, "fold"},
           {http_method::get, "policies"},
           {http_method::post, "policies"},
           {http_method::get, "policies/p"},
           {http_method::post, profile + "/reports"},
           {http_method::get, "deployments"},
           {http_method::get, "audit"},
           {http_method::get, "audit/7"},
           {http_method::get, "changes"},
           {http_method::get, "subscribe"},
           {http_method::get, "keysets/current"},
           {http_method::get, "keysets/2"},
           {http_method::post, "keysets"},
           {http_method::get, "commands/00"},
           {http_method::get, "tokens"},
           {http_method::post, "tokens"},
           {http_method::delete_, "tokens/00"},
           {http_method::get, "nodes"},
           {http_method::put, "nodes/00"}}) {
    const auto x = find(method, base(path));
    BOOST_TEST_REQUIRE((x.to == end_point::operation), path);
    BOOST_TEST_REQUIRE(x.what != nullptr, path);
    BOOST_TEST(x.name() == x.what->name);
    BOOST_TEST(!check_method(x, method));
    found.insert(x.what->name);
  }
  for (auto& x : all_operations())
    BOOST_TEST(found.contains(x.name), x.name);
}

BOOST_AUTO_TEST_CASE(the_nodes_own_pages_are_in_the_same_table) {
  for (const auto& [path, to] : std::vector<std::pair<std::string, end_point>>{
           {"/healthz", end_point::health},
           {"/metrics", end_point::metrics},
           {"/readyz/read", end_point::read_readiness},
           {"/readyz/write", end_point::write_readiness}})
    for (auto method : {http_method::get, http_method::head}) {
      BOOST_TEST((find(method, path).to == to), path);
      BOOST_TEST(find(method, path).name() == path);
      BOOST_TEST((find(method, path + "?x=1").to == to), path);
    }
  BOOST_TEST((find(http_method::post, "/rpc").to == end_point::rpc));
  BOOST_TEST((find(http_method::get, "/rpc").to == end_point::none));
  // Neither is below the other's prefix.
  BOOST_TEST(find(http_method::get, base("healthz")).missing.has_value());
  BOOST_TEST(find(http_method::get, "/clients").missing.has_value());
}

BOOST_AUTO_TEST_CASE(the_path_wins_over_the_query) {
  const auto x =
      find(http_method::get, base("clients/a%2Fb/profiles/p/diff?client_id=evil"
                                  "&current_artifact_id=sha256%3Aff&x=1&x=2"));
  BOOST_REQUIRE(x.what != nullptr);
  BOOST_TEST(x.params.at("client_id").as_string() == "a/b");
  BOOST_TEST(x.params.at("profile").as_string() == "p");
  BOOST_TEST(x.params.at("current_artifact_id").as_string() == "sha256:ff");
  BOOST_TEST(x.params.at("x").as_string() == "1");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_says_what_is_missing) {
  for (const auto* path :
       {"/", "/v1", "/v1/ledgers/main", "/v2/ledgers/main/x",
        "/v1/ledgers/other/clients", "/v1/ledgers/main/nothing",
        "/v1/ledgers/main/clients/c/d"}) {
    const auto x = find(http_method::get, path);
    BOOST_REQUIRE_MESSAGE(x.missing, path);
    BOOST_CHECK(x.missing->code == errc::not_found);
    BOOST_TEST(x.allow == "");
    BOOST_TEST(!check_method(x, http_method::options));
    BOOST_TEST(x.name() == "unknown");
  }
  BOOST_TEST(
      find(http_method::get, "/v1/ledgers/other/clients").missing->message ==
      "there is no ledger of this name");
  for (const auto* bad : {"//", "/v1//x", "/a/../b", "/%zz", "/a%00"})
    BOOST_CHECK(find(http_method::get, bad).missing->code == errc::bad_request);
}

BOOST_AUTO_TEST_CASE(other_methods_are_told_which_there_are) {
  for (const auto& [path, allow] :
       std::vector<std::pair<std::string, std::string>>{
           {"/healthz", "GET, HEAD"},
           {"/rpc", "POST"},
           {base("tokens"), "GET, HEAD, POST"},
           {base("keysets/current"), "GET, HEAD"},
           {base("clients/c/profiles/p"), "PUT"}}) {
    const auto x = find(http_method::patch, path);
    BOOST_TEST((x.to == end_point::none));
    BOOST_TEST(x.allow == allow);
    const auto refused = check_method(x, http_method::patch);
    BOOST_REQUIRE(refused);
    BOOST_TEST(refused->status == 405u);
    BOOST_TEST((refused->headers.back() ==
                std::pair<std::string, std::string>{"Allow", allow}));
    BOOST_TEST(check_method(x, http_method::options)->status == 204u);
  }
  BOOST_TEST(check_method(find(http_method::options, "*"), http_method::options)
                 ->status == 204u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(a_target_is_taken_apart_and_decoded) {
  const auto x = parse_target("/a/b%20c?k=v%26w&empty=&k=2&bare").value();
  BOOST_TEST(x.segments == (std::vector<std::string>{"a", "b c"}));
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"k", "v&w"}, {"empty", ""}, {"k", "2"}, {"bare", ""}};
  BOOST_CHECK(x.parameters == wanted);
  BOOST_TEST(parse_target("/").value().segments.empty());
}

BOOST_AUTO_TEST_CASE(odd_and_endless_targets_are_refused_c16) {
  std::string deep;
  for (int i = 0; i < 16; ++i)
    deep += "/s";
  BOOST_TEST(parse_target(deep).has_value());
  BOOST_TEST(parse_target(deep + "/s").has_error());
  std::string wide = "/a?x";
  for (int i = 1; i < 32; ++i)
    wide += "&x";
  BOOST_TEST(parse_target(wide).has_value());
  BOOST_TEST(parse_target(wide + "&x").has_error());
  for (const auto* bad : {"", "a", "//", "/a//b", "/a/", "/.", "/a/..",
                          "/%2e%2e", "/a%00b", "/%", "/a b"})
    BOOST_TEST(parse_target(bad).has_error(), bad);
}

BOOST_AUTO_TEST_CASE(lists_leave_out_empty_pieces) {
  BOOST_TEST(split_list("a,,b,") == (std::vector<std::string>{"a", "b"}));
  BOOST_TEST(split_list("").empty());
  BOOST_TEST(split_list(",").empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
