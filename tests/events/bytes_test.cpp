#include "events/bytes.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(hex_is_lower_case_both_ways) {
  byte_buffer all(256);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::uint8_t>(i);
  auto text = to_hex(all);
  BOOST_TEST(text.size() == 512u);
  BOOST_TEST(text.starts_with("000102"));
  BOOST_TEST(text.ends_with("fdfeff"));
  BOOST_TEST((from_hex(text) == all));
  for (auto wrong : {"0", "0A", "0g", "0x00", " 00"})
    BOOST_TEST(!from_hex(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(base64_answers_the_vectors_of_rfc_4648) {
  const char* vectors[][2] = {{"", ""},
                              {"f", "Zg=="},
                              {"fo", "Zm8="},
                              {"foo", "Zm9v"},
                              {"foob", "Zm9vYg=="},
                              {"fooba", "Zm9vYmE="},
                              {"foobar", "Zm9vYmFy"}};
  for (auto& [plain, coded] : vectors) {
    BOOST_TEST(to_base64(as_bytes(plain)) == coded);
    auto back = from_base64(coded);
    BOOST_REQUIRE(back);
    BOOST_TEST(as_text(*back) == plain);
  }
}

BOOST_AUTO_TEST_CASE(base64_takes_only_its_one_encoding) {
  // Missing, surplus or inner padding, loose bits, white space, the other
  // alphabet.
  for (auto wrong : {"Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=",
                     "Zg==Zg==", "Zm9v\n", "Z m=", "-_8="})
    BOOST_TEST(!from_base64(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(base64url_has_its_alphabet_and_no_padding) {
  byte_buffer bytes{0xfb, 0xff};
  BOOST_TEST(to_base64(bytes) == "+/8=");
  BOOST_TEST(to_base64url(bytes) == "-_8");
  BOOST_TEST((from_base64url("-_8") == bytes));
  for (auto wrong : {"+/8", "-_8=", "-_9", "A"})
    BOOST_TEST(!from_base64url(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(every_length_returns_from_both_base64_forms) {
  byte_buffer bytes;
  for (int i = 0; i < 300; ++i) {
    BOOST_TEST((from_base64(to_base64(bytes)) == bytes));
    BOOST_TEST((from_base64url(to_base64url(bytes)) == bytes));
    bytes.push_back(static_cast<std::uint8_t>(i * 167));
  }
}

BOOST_AUTO_TEST_SUITE_END()
