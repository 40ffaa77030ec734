#include "api/audit_cursor.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/api/operation_bench.hpp"

namespace signalbox::test {

BOOST_AUTO_TEST_SUITE(audit_cursors)

BOOST_AUTO_TEST_CASE(a_cursor_comes_back_as_it_was_given) {
  operation_bench x;
  const audit_cursor given{audit_order::oldest_first, 3, 17};
  const auto back = parse_audit_cursor(to_string(given, x.seen()), x.seen());
  BOOST_REQUIRE(back);
  BOOST_CHECK(back->order == given.order);
  BOOST_TEST(back->decisions == 3u);
  BOOST_TEST(back->activity == 17u);
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_history_is_refused) {
  operation_bench x;
  auto text = to_string({audit_order::newest_first, 3, 0}, x.seen());
  auto bytes = from_base64url(text).value();
  bytes.back() ^= 1;
  const auto foreign = parse_audit_cursor(to_base64url(bytes), x.seen());
  BOOST_REQUIRE(!foreign);
  BOOST_CHECK(foreign.error().code == errc::history_changed);
  const audit_cursor ahead{audit_order::newest_first, 4, 0};
  bytes = from_base64url(to_string(ahead, x.seen())).value();
  bytes[7] = 0xff; // a place that was not reached
  const auto beyond = parse_audit_cursor(to_base64url(bytes), x.seen());
  BOOST_REQUIRE(!beyond);
  BOOST_CHECK(beyond.error().code == errc::not_yet);
}

BOOST_AUTO_TEST_CASE(what_is_no_cursor_is_refused) {
  operation_bench x;
  for (auto* text : {"", "abc", "%%%", "AAAA"})
    BOOST_CHECK(parse_audit_cursor(text, x.seen()).error().code ==
                errc::bad_request);
}

BOOST_AUTO_TEST_CASE(pages_cover_every_entry_once_in_either_order_fr13) {
  operation_bench x;
  for (const char* order : {"newest", "oldest"}) {
    std::vector<std::int64_t> seen;
    json::object params{{"limit", 3}, {"order", order}};
    for (;;) {
      const auto page = x.call("GetAudit", params);
      BOOST_REQUIRE(!page.failed);
      const auto records = json::parse(*page.body);
      for (auto& y : records.as_array())
        seen.push_back(y.at("index").as_int64());
      if (page.cursor.empty())
        break;
      params["cursor"] = page.cursor;
    }
    if (order == std::string{"newest"})
      std::reverse(seen.begin(), seen.end());
    BOOST_REQUIRE_EQUAL(seen.size(), x.seen().size);
    for (std::size_t i = 0; i < seen.size(); ++i)
      BOOST_TEST(seen[i] == static_cast<std::int64_t>(i));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
