#include "events/ids.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(a_digest_returns_from_hex_and_from_its_content_id) {
  digest x;
  x.value.fill(0xab);
  auto hex = x.hex();
  BOOST_TEST((digest::from_hex(hex) == x));
  BOOST_TEST(to_content_id(x) == "sha256:" + hex);
  BOOST_TEST((from_content_id("sha256:" + hex) == x));
}

BOOST_AUTO_TEST_CASE(other_forms_of_a_content_id_are_refused) {
  std::string hex(64, 'a');
  BOOST_TEST(from_content_id("sha256:" + hex).has_value());
  for (auto& wrong :
       {hex, "sha512:" + hex, "SHA256:" + hex, "sha256:" + hex + "a",
        "sha256:" + hex.substr(1), "sha256:" + std::string(64, 'A')})
    BOOST_TEST(!from_content_id(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(bytes_of_another_length_make_a_zero_id) {
  byte_buffer short_by_one(15, 1);
  BOOST_TEST(ledger_id::from(short_by_one).is_zero());
  BOOST_TEST(!ledger_id::from(byte_buffer(16, 1)).is_zero());
  BOOST_TEST(!ledger_id::from_hex(to_hex(short_by_one)));
}

BOOST_AUTO_TEST_CASE(ids_order_like_their_bytes) {
  auto low = ledger_id::from(byte_buffer(16, 1));
  auto high = low;
  high.value[15] = 2;
  BOOST_TEST((low < high));
  BOOST_TEST((low != high));
}

BOOST_AUTO_TEST_CASE(times_print_in_rfc_3339_with_milliseconds) {
  BOOST_TEST(to_rfc3339(timestamp{0}) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(to_rfc3339(timestamp{-1}) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(to_rfc3339(timestamp{951782400123}) == "2000-02-29T00:00:00.123Z");
}

BOOST_AUTO_TEST_CASE(times_return_from_their_text) {
  for (std::int64_t x : {0ll, 1ll, 951782400123ll, 253402300799999ll})
    BOOST_TEST((from_rfc3339(to_rfc3339(timestamp{x})) == timestamp{x}));
  BOOST_TEST((from_rfc3339("2000-02-29T00:00:01Z") == timestamp{951782401000}));
}

BOOST_AUTO_TEST_CASE(other_forms_of_a_time_are_refused) {
  for (auto wrong :
       {"", "2000-02-29", "2001-02-29T00:00:00Z", "2000-13-01T00:00:00Z",
        "2000-01-01T24:00:00Z", "2000-01-01T00:60:00Z", "2000-01-01T00:00:60Z",
        "2000-01-01t00:00:00Z", "2000-01-01T00:00:00z",
        "2000-01-01T00:00:00.1Z", "2000-01-01T00:00:00,000Z",
        "2000-01-01T00:00:00+00:00", "-200-01-01T00:00:00Z",
        "2000-01-0 T00:00:00Z"})
    BOOST_TEST(!from_rfc3339(wrong), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
