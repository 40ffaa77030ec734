#include <sstream>

#include <boost/test/unit_test.hpp>

#include <boost/json.hpp>

#include "app/audit_table.hpp"
#include "app/deprecation_text.hpp"
#include "app/duration.hpp"
#include "app/publish_report.hpp"

using namespace signalbox;

namespace {

std::string audit_of(const json::value& records) {
  std::ostringstream out;
  print_audit(out, records);
  return out.str();
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_rendering_test)

BOOST_AUTO_TEST_CASE(an_audit_row_begins_with_what_shows_it_again_fr12) {
  const auto text = audit_of(json::array{
      json::object{{"activity_index", 7},
                   {"kind", "access_denied"},
                   {"status", "denied"},
                   {"operation", "Publish"},
                   {"reason", "forbidden"}},
      json::object{{"index", 12}, {"kind", "tick"}, {"status", "accepted"}}});
  BOOST_TEST(text.find("\nactivity-7 ") != text.npos, text);
  BOOST_TEST(text.find("denied (forbidden)  Publish") != text.npos, text);
  BOOST_TEST(text.find("\n12 ") != text.npos, text);
}

BOOST_AUTO_TEST_CASE(a_family_without_profile_has_no_slash_behind_it_fr12) {
  const auto text = audit_of(json::array{
      json::object{{"index", 3}, {"kind", "family_put"}, {"client_id", "zed"}},
      json::object{{"index", 4}, {"client_id", "zed"}, {"profile", "prod"}}});
  BOOST_TEST(text.find("zed/ ") == text.npos, text);
  BOOST_TEST(text.find("zed/prod") != text.npos, text);
}

BOOST_AUTO_TEST_CASE(an_outcome_is_named_unless_it_is_accepted_fr12) {
  const auto text = audit_of(json::array{
      json::object{{"index", 1}, {"status", "void"}, {"outcome", "conflict"}},
      json::object{
          {"index", 2}, {"status", "current"}, {"outcome", "accepted"}}});
  BOOST_TEST(text.find("void (conflict)") != text.npos, text);
  BOOST_TEST(text.find("(accepted)") == text.npos, text);
}

BOOST_AUTO_TEST_CASE(a_window_of_deprecation_is_told_in_days_where_it_can_be) {
  json::object leaving{{"since", "2026-12-01T00:00:00.000Z"},
                       {"message", "Use 2.0.0"}};
  BOOST_TEST(deprecation_text(leaving) ==
             "deprecated from 2026-12-01: Use 2.0.0");
  const auto family = [&] {
    return json::object{
        {"schemas",
         {json::object{{"schema_ref", "a/1.0.0"}, {"deprecated", leaving}},
          json::object{{"schema_ref", "a/2.0.0"}}}}};
  };
  BOOST_TEST(schemas_text(family()) ==
             "a/1.0.0 (deprecated from 2026-12-01), a/2.0.0");
  leaving["until"] = "2027-06-01T12:30:00.000Z";
  BOOST_TEST(deprecation_text(leaving) ==
             "deprecated from 2026-12-01, no drafts from "
             "2027-06-01T12:30:00.000Z on: Use 2.0.0");
  BOOST_TEST(deprecation_text(nullptr) == "");
}

BOOST_AUTO_TEST_CASE(a_time_without_a_unit_counts_seconds) {
  BOOST_TEST(*parse_seconds("90") == 90);
  BOOST_TEST(*parse_seconds("1h") == 3600);
  for (auto* wrong : {"", "0", "-1", "1.5h", "soon", "99999999999999999999"})
    BOOST_TEST(!parse_seconds(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_said_uc1) {
  std::ostringstream out;
  publish_report x;
  x.findings = {{"warnings", json::array{}}, {"changes", json::array{}}};
  x.since = predecessor{"sha256:a", "1.0.0", "a/1.0.0"};
  x.missing = "another release came after this one";
  print(out, x);
  BOOST_TEST(out.str().find("another release") != std::string::npos);
  BOOST_TEST(!to_members(x).at("report").as_object().contains("diff"));
  x.missing.clear();
  x.patch = json::array{};
  BOOST_TEST(to_members(x).at("report").as_object().contains("diff"));
}

BOOST_AUTO_TEST_SUITE_END()
