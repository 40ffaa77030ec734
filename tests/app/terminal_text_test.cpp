#include "app/terminal_text.hpp"

#include <sstream>

#include <boost/test/unit_test.hpp>

#include <boost/json.hpp>

#include "app/json_text.hpp"
#include "app/table.hpp"

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(terminal_text_test)

BOOST_AUTO_TEST_CASE(plain_text_of_any_language_stays_as_it_is) {
  for (auto* text : {"", "plain", "Größe 大小 حجم 🚦", "a\tb\nc"})
    BOOST_TEST(to_visible(text) == text);
}

BOOST_AUTO_TEST_CASE(what_drives_a_terminal_is_escaped) {
  BOOST_TEST(to_visible("\x1b]0;title\x07") == "\\u001b]0;title\\u0007");
  BOOST_TEST(to_visible("over\rwritten\b") == "over\\u000dwritten\\u0008");
  BOOST_TEST(to_visible("\x7f") == "\\u007f");
  BOOST_TEST(to_visible("\u009b31m") == "\\u009b31m"); // CSI in one character
  BOOST_TEST(to_visible(std::string_view{"\0", 1}) == "\\u0000");
}

BOOST_AUTO_TEST_CASE(what_turns_text_around_is_escaped) {
  for (auto& [text, seen] :
       {std::pair{"\u202e", "\\u202e"}, std::pair{"\u2066", "\\u2066"},
        std::pair{"\u2069", "\\u2069"}, std::pair{"\u061c", "\\u061c"},
        std::pair{"\u200f", "\\u200f"}, std::pair{"\u2028", "\\u2028"}})
    BOOST_TEST(to_visible(std::string{"a"} + text + "b") ==
               std::string{"a"} + seen + "b");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_shown_as_bytes) {
  BOOST_TEST(to_visible("\x9b"
                        "31m") == "\\x9b31m");
  BOOST_TEST(to_visible("\xc0\x9b") == "\\xc0\\x9b"); // too long a form
  BOOST_TEST(to_visible("\xed\xa0\x80") == "\\xed\\xa0\\x80"); // a surrogate
  BOOST_TEST(to_visible("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  BOOST_TEST(to_visible("cut \xe2\x80") == "cut \\xe2\\x80");
}

BOOST_AUTO_TEST_CASE(one_line_stays_one_line) {
  BOOST_TEST(to_visible_line("a\nb\tc") == "a\\u000ab\\u0009c");
  table rows{{"NAME"}};
  rows.add({"two\nlines \x1b[2J"});
  std::ostringstream out;
  rows.print(out);
  BOOST_TEST(out.str() == "NAME\ntwo lines \\u001b[2J\n");
}

BOOST_AUTO_TEST_CASE(visible_json_means_what_it_meant) {
  const json::value x{{"name", "\u202e\x7f \u009b"}};
  const auto shown = to_visible(to_pretty(x));
  BOOST_TEST(shown.find("\\u202e\\u007f \\u009b") != shown.npos, shown);
  BOOST_TEST((json::parse(shown) == x));
}

BOOST_AUTO_TEST_CASE(a_stream_makes_all_text_visible_but_what_is_exact) {
  std::ostringstream sink;
  {
    visible_output buffer{sink};
    std::ostream out{&buffer};
    out << "a\x1b" << '\x07' << 42 << std::flush;
    exact_output(out) << "\x1b";
    out << "\u202e";
  }
  BOOST_TEST(sink.str() == "a\\u001b\\u000742\x1b\\u202e");
}

BOOST_AUTO_TEST_CASE(a_stream_that_cannot_be_written_says_so) {
  std::ostringstream sink;
  sink.setstate(std::ios::badbit);
  visible_output buffer{sink};
  std::ostream out{&buffer};
  out << "a" << std::flush;
  BOOST_TEST(!out);
}

BOOST_AUTO_TEST_SUITE_END()
