#include "events/utf8.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(well_formed_text_is_taken) {
  for (std::string x :
       {"", "a", "twelve bytes", "caf\xC3\xA9", "\xC2\x80", "\xDF\xBF",
        "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    BOOST_TEST(is_utf8(x));
    BOOST_TEST(is_utf8("0123456" + x + "x"));
  }
  BOOST_TEST(is_utf8({"\0", 1}));
}

BOOST_AUTO_TEST_CASE(ill_formed_text_is_refused_wherever_it_stands) {
  for (std::string x :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3x", "\xE0\x9F\xBF",
        "\xE2\x82", "\xE2\x82x", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"})
    for (std::string before : {"", "abc", "0123456789abcdef"}) {
      BOOST_TEST(!is_utf8(before + x));
      BOOST_TEST(!is_utf8(before + x + "0123456789"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
