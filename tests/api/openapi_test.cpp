#include "api/openapi.hpp"

#include <algorithm>
#include <set>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "api/routes.hpp"
#include "api/target.hpp"

namespace signalbox {

namespace {

json::object document(read_access reads = read_access::everybody) {
  return json::parse(make_openapi("main", reads)).as_object();
}

std::string path_of(const route_row& row) {
  const std::string path{row.path};
  return row.to == end_point::operation ? "/v1/ledgers/{ledger}/" + path
                                        : '/' + path;
}

std::string verb_of(http_method x) {
  switch (x) {
  case http_method::post:
    return "post";
  case http_method::put:
    return "put";
  case http_method::delete_:
    return "delete";
  default:
    return "get";
  }
}

/// Every object in the document, with its pointer.
template <class F>
void walk(const json::value& x, const std::string& at, F visit) {
  if (x.is_array()) {
    std::size_t i = 0;
    for (auto& y : x.as_array())
      walk(y, at + '/' + std::to_string(i++), visit);
  }
  if (!x.is_object())
    return;
  visit(x.as_object(), at);
  for (auto& [name, y] : x.as_object())
    walk(y, append_pointer(at, name), visit);
}

} // namespace

BOOST_AUTO_TEST_SUITE(openapi)

BOOST_AUTO_TEST_CASE(every_route_stands_in_the_document_and_nothing_else_nfr9) {
  const auto all = document();
  std::set<std::string> routes, paths;
  for (auto& row : all_routes())
    routes.insert(verb_of(row.method) + ' ' + path_of(row));
  for (auto& [path, item] : all.at("paths").as_object())
    for (auto& [verb, what] : item.as_object())
      paths.insert(std::string{verb} + ' ' + std::string{path});
  BOOST_TEST(routes == paths, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_operation_is_described_in_a_file_of_its_own) {
  std::set<std::string> files, operations;
  for (auto& x : openapi_files())
    if (x.path.starts_with("operations/"))
      files.emplace(x.path.substr(11, x.path.size() - 16));
  for (auto& x : all_operations())
    operations.emplace(x.name);
  // Missing? See schemas/README.md.
  BOOST_TEST(files == operations, boost::test_tools::per_element());
  const auto paths = document().at("paths");
  walk(paths, "", [&](const json::object& x, const std::string& at) {
    if (x.contains("responses")) {
      BOOST_TEST(x.contains("summary"), at);
      BOOST_TEST(x.at("responses").as_object().size() >= 1u, at);
    }
    if (x.contains("in") && x.contains("name"))
      BOOST_TEST(x.contains("description"), at << ' ' << x.at("name"));
  });
}

BOOST_AUTO_TEST_CASE(every_parameter_of_json_rpc_is_described) {
  const auto all = document();
  for (auto& what : all_operations()) {
    const auto& params = all.at("components")
                             .at("schemas")
                             .at(std::string{what.name} + "Params")
                             .as_object();
    std::set<std::string> known;
    for (auto list : {what.positional, what.named})
      for (auto& name : split_list(list)) {
        known.insert(name);
        BOOST_TEST(params.at("properties")
                       .at(name)
                       .as_object()
                       .contains("description"),
                   what.name << ' ' << name);
      }
    if (auto* needed = params.if_contains("required"))
      for (auto& name : needed->as_array())
        BOOST_TEST(known.contains(std::string{name.as_string()}),
                   what.name << " requires what it does not take");
  }
}

BOOST_AUTO_TEST_CASE(every_reference_leads_somewhere) {
  const json::value all = document();
  walk(all, "", [&](const json::object& x, const std::string& at) {
    auto* target = x.if_contains("$ref");
    if (target == nullptr)
      return;
    boost::system::error_code error;
    const std::string text{target->as_string()};
    BOOST_TEST_REQUIRE(text.starts_with("#/"));
    BOOST_TEST((all.find_pointer(text.substr(1), error) != nullptr),
               at << ": " << text);
  });
}

BOOST_AUTO_TEST_CASE(operation_ids_are_unique) {
  std::set<std::string> seen;
  const json::value all = document();
  walk(all.at("paths"), "", [&](const json::object& x, const std::string& at) {
    if (x.contains("responses"))
      BOOST_TEST(
          seen.emplace(std::string{x.at("operationId").as_string()}).second,
          at);
  });
  BOOST_TEST(seen.contains("GetKeyset"));
  BOOST_TEST(seen.contains("GetKeyset_current"));
}

BOOST_AUTO_TEST_CASE(who_may_read_follows_the_configuration) {
  const auto security = [](read_access reads, const char* path) {
    return document(reads)
        .at("paths")
        .at(std::string{"/v1/ledgers/{ledger}/"} + path)
        .at("get")
        .at("security")
        .as_array();
  };
  const json::value reader = json::object{{"bearer", json::array{"reader"}}};
  BOOST_CHECK(security(read_access::everybody, "clients") ==
              (json::array{json::object{}, reader}));
  BOOST_CHECK(security(read_access::token, "clients") == json::array{reader});
  BOOST_CHECK(
      security(read_access::everybody, "tokens") ==
      (json::array{json::object{{"bearer", json::array{"administrator"}}}}));
}

BOOST_AUTO_TEST_CASE(what_the_path_holds_stands_neither_in_query_nor_in_body) {
  const auto paths = document().at("paths");
  const auto& publish =
      paths
          .at("/v1/ledgers/{ledger}/clients/{client_id}/profiles/{profile}/"
              "publish")
          .at("post");
  const auto& body = publish.at("requestBody")
                         .at("content")
                         .at("application/json")
                         .at("schema")
                         .as_object();
  BOOST_TEST(!body.at("properties").as_object().contains("profile"));
  BOOST_CHECK(body.at("required") == (json::array{"changelog"}));
  const auto& keysets = paths.at("/v1/ledgers/{ledger}/keysets/current");
  BOOST_TEST(keysets.at("get").at("parameters").as_array().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
