#include "events/json.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/temporary_directory.hpp"

using namespace signalbox;
using namespace std::literals;

namespace {

const std::string test_files = SIGNALBOX_SOURCE_DIR "/tests/events/";

std::string canonical(std::string_view text) {
  return to_canonical(parse_json(text).value());
}

void check_refused(std::string_view text, std::string_view pointer,
                   errc code = errc::bad_json, const json_limits& limits = {}) {
  BOOST_TEST_CONTEXT(text.substr(0, 80)) {
    auto parsed = parse_json(text, limits);
    BOOST_REQUIRE(parsed.has_error());
    BOOST_TEST(to_string(parsed.error().code) == to_string(code));
    BOOST_TEST(parsed.error().pointer == pointer);
    BOOST_TEST(!parsed.error().message.empty());
  }
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

// -- random documents --------------------------------------------------------

class document_generator {
 public:
  explicit document_generator(std::uint64_t seed) : random_{seed} {}

  json::value value(int depth) {
    switch (pick(depth > 0 ? 8 : 6)) {
    case 0:
      return pick(2) == 0;
    case 1:
      return nullptr;
    case 2:
      return integer();
    case 3:
      return real();
    case 4:
    case 5:
      return json::string{text()};
    case 6:
      return array(depth);
    default:
      return object(depth);
    }
  }

  json::object object(int depth) {
    json::object out;
    for (auto n = pick(8); n > 0; --n)
      out.insert_or_assign(text(), value(depth - 1));
    return out;
  }

  /// Any finite double but the integers that parse_json refuses.
  double real() {
    for (;;) {
      auto x = any_double();
      if (x != std::trunc(x) || std::abs(x) < 9007199254740992.0 ||
          std::abs(x) >= 1e21)
        return x;
    }
  }

  double any_double() {
    for (;;) {
      auto x = std::bit_cast<double>(random_());
      if (pick(2) == 0) // around 1, where the layout changes
        x = std::ldexp(1 + static_cast<double>(random_() >> 12) * 0x1p-52,
                       static_cast<int>(pick(160)) - 80);
      if (std::isfinite(x))
        return x;
    }
  }

  std::uint64_t pick(std::uint64_t n) { return random_() % n; }

 private:
  std::int64_t integer() {
    auto x = static_cast<std::int64_t>(random_() >> (11 + pick(53)));
    return pick(2) == 0 ? x : -x;
  }

  json::array array(int depth) {
    json::array out;
    for (auto n = pick(6); n > 0; --n)
      out.push_back(value(depth - 1));
    return out;
  }

  std::string text() {
    std::string out;
    for (auto n = pick(7); n > 0; --n)
      append_utf8(out, code_point());
    return out;
  }

  char32_t code_point() {
    static constexpr char32_t favourites[] = {
        '"',    '\\',   '/',    0x7f,   0x80,    0x2028,  0x2029,
        0xd7ff, 0xe000, 0xfb33, 0xfffd, 0x10000, 0x1f600, 0x10fffd};
    switch (pick(5)) {
    case 0:
      return static_cast<char32_t>(pick(0x20)); // controls, NUL too
    case 1:
      return favourites[pick(std::size(favourites))];
    case 2:
      return static_cast<char32_t>(0xe000 + pick(0x1d00));
    case 3:
      return static_cast<char32_t>(0x10000 + pick(0xff000) / 0x10000 * 0x10000 +
                                   pick(0xfffe));
    default:
      return static_cast<char32_t>('a' + pick(4));
    }
  }

  static void append_utf8(std::string& out, char32_t c) {
    auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80)
      return put(c);
    if (c < 0x800) {
      put(0xc0 | c >> 6);
    } else {
      if (c < 0x10000) {
        put(0xe0 | c >> 12);
      } else {
        put(0xf0 | c >> 18);
        put(0x80 | (c >> 12 & 63));
      }
      put(0x80 | (c >> 6 & 63));
    }
    put(0x80 | (c & 63));
  }

  std::mt19937_64 random_;
};

/// Writes a document in a form that is deliberately not canonical: members in
/// the order of insertion, 17 digits, needless escapes and blanks.
void write_plain(std::string& out, const json::value& x) {
  auto text = [&](std::string_view s) {
    out += '"';
    for (auto c : s) {
      auto byte = static_cast<unsigned char>(c);
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04X", byte);
      if (byte < 0x20 || c == '"' || c == '\\' || c == '/' || c == 'b')
        out += escape;
      else
        out += c;
    }
    out += '"';
  };
  if (auto* object = x.if_object()) {
    auto separator = "{ "sv;
    for (auto& member : *object) {
      out += std::exchange(separator, " , ");
      text(member.key());
      out += " : ";
      write_plain(out, member.value());
    }
    out += object->empty() ? "{ }" : "}";
  } else if (auto* array = x.if_array()) {
    auto separator = "["sv;
    for (auto& item : *array) {
      out += std::exchange(separator, ", ");
      write_plain(out, item);
    }
    out += array->empty() ? "[ ]" : " ]";
  } else if (auto* string = x.if_string()) {
    text(*string);
  } else if (auto* number = x.if_double()) {
    char digits[40];
    std::snprintf(digits, sizeof(digits), "%.17g", *number);
    out += digits;
  } else {
    out += json::serialize(x);
  }
}

/// What ECMAScript makes of one document a line. Fails without node.
std::string ask_node(const std::string& lines) {
  temporary_directory directory;
  write_text(directory / "in", lines);
  auto in = (directory / "in").string(), out = (directory / "out").string();
  auto command = "node '" + test_files + "canonical_oracle.mjs' < '" + in +
                 "' > '" + out + "'";
  BOOST_REQUIRE_MESSAGE(std::system(command.c_str()) == 0,
                        "node failed or is missing");
  return read_text(out);
}

/// Compares line by line, to name the first document that differs.
void check_same_lines(std::string_view ours, std::string_view theirs,
                      std::size_t expected) {
  std::size_t line = 0;
  for (; !ours.empty() && !theirs.empty(); ++line) {
    auto a = ours.substr(0, ours.find('\n'));
    auto b = theirs.substr(0, theirs.find('\n'));
    BOOST_REQUIRE_MESSAGE(a == b, "document " << line << ": ours " << a
                                              << ", node's " << b);
    ours.remove_prefix(a.size() + 1);
    theirs.remove_prefix(b.size() + 1);
  }
  BOOST_TEST(line == expected);
  BOOST_TEST((ours.empty() && theirs.empty()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_documents)

BOOST_AUTO_TEST_CASE(published_documents_of_rfc_8785_come_out_byte_for_byte) {
  for (auto name :
       {"arrays", "french", "structures", "unicode", "values", "weird"}) {
    auto file = test_files + "vectors/" + name;
    BOOST_TEST(canonical(read_text(file + ".json")) ==
                   read_text(file + ".canonical"),
               name);
  }
}

BOOST_AUTO_TEST_CASE(published_numbers_of_rfc_8785_print_as_ecmascript_does) {
  const std::pair<std::uint64_t, const char*> vectors[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (auto& [bits, text] : vectors)
    BOOST_TEST(to_canonical(json::value(std::bit_cast<double>(bits))) == text);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_are_never_printed) {
  for (auto x : {std::numeric_limits<double>::quiet_NaN(),
                 std::numeric_limits<double>::infinity(),
                 -std::numeric_limits<double>::infinity()})
    BOOST_CHECK_THROW(to_canonical(json::value(x)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(whole_numbers_become_integers_however_they_are_written) {
  for (auto text : {"7", "7.0", "70e-1", "0.7E1", "7.000000000000000000000"}) {
    auto x = parse_json(text).value();
    BOOST_REQUIRE(x.is_int64());
    BOOST_TEST(x.get_int64() == 7);
  }
  for (auto text : {"0", "-0", "-0.0", "0e99", "-1e-999"})
    BOOST_TEST(canonical(text) == "0");
  BOOST_TEST(canonical("[9007199254740991,-9007199254740991]") ==
             "[9007199254740991,-9007199254740991]");
}

BOOST_AUTO_TEST_CASE(doubles_are_read_to_the_nearest) {
  // Values on which a reader without correct rounding is off by one unit.
  for (auto text :
       {"2.2250738585072011e-308", "8.41e+21", "9214.8429999999989",
        "5.0000000000000002e-324", "1.00000000000000011102230246251566"}) {
    auto x = parse_json(text).value();
    BOOST_TEST(x.as_double() == std::strtod(text, nullptr), text);
  }
}

BOOST_AUTO_TEST_CASE(keys_sort_by_utf_16_code_units) {
  BOOST_TEST(
      canonical("{\"\uffee\":1,\"\U0001f600\":2,\"\ue000\":3,"
                "\"\ud7ff\":4,\"\":5,\"aa\":6,\"a\":7,\"\U00010000\":8}") ==
      "{\"\":5,\"a\":7,\"aa\":6,\"\ud7ff\":4,\"\U00010000\":8,"
      "\"\U0001f600\":2,\"\ue000\":3,\"\uffee\":1}");
}

BOOST_AUTO_TEST_CASE(duplicate_keys_are_refused_where_they_stand_c14) {
  check_refused(R"({"a":1,"a":1})", "/a");
  check_refused(R"({"a":{"x":[0,{"k":1,"\u006b":2}]}})", "/a/x/1/k");
  check_refused(R"({"a/b~c":1,"a/b~c":2})", "/a~1b~0c");
  check_refused(R"({"":1,"":2})", "/");
}

BOOST_AUTO_TEST_CASE(what_json_has_no_number_for_is_refused_c14) {
  for (auto text : {"NaN", "Infinity", "-Infinity", "nan", "1e400", "-1e400",
                    "+1", ".5", "1.", "1e", "--1"}) {
    check_refused(text, "");
    check_refused(R"({"a":[true,)" + std::string{text} + "]}", "/a/1");
  }
}

BOOST_AUTO_TEST_CASE(integers_beyond_2_to_the_53_are_refused_c14) {
  for (auto text : {"9007199254740992", "-9007199254740992", "9007199254740993",
                    "18446744073709551615", "100000000000000000000000000000",
                    "1e20", "9007199254740992.0", "999999999999999900000"})
    check_refused(R"({"n":)" + std::string{text} + "}", "/n");
  BOOST_TEST(canonical("1e21") == "1e+21");
}

BOOST_AUTO_TEST_CASE(text_that_is_no_unicode_is_refused_c14) {
  for (auto text : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\u0041)",
                    R"(\udc00\ud800)", R"(\ud800\ud800)", "\xff", "\xc0\x80",
                    "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    check_refused("[0,\"" + std::string{text} + "\"]", "/1");
    check_refused("[0,{\"" + std::string{text} + "\":1}]", "/1");
  }
}

BOOST_AUTO_TEST_CASE(noncharacters_are_refused_c14) {
  const std::pair<std::string, std::string> texts[] = {
      {R"(\uffff)", "\xef\xbf\xbf"},
      {R"(\ufffe)", "\xef\xbf\xbe"},
      {R"(\ufdd0)", "\xef\xb7\x90"},
      {R"(\ufdef)", "\xef\xb7\xaf"},
      {R"(\ud83f\udfff)", "\xf0\x9f\xbf\xbf"},
      {R"(\udbff\udffe)", "\xf4\x8f\xbf\xbe"},
      {"x\xef\xbf\xbfy", "x\xef\xbf\xbfy"},
  };
  for (auto& [text, plain] : texts) {
    check_refused("[\"" + text + "\"]", "/0");
    check_refused("{\"" + text + "\":1}", "/" + plain);
  }
  for (std::string text : {"\ufdcf", "\ufdf0", "\ufffd", "\U0001fffd"})
    BOOST_TEST(canonical('"' + text + '"') == '"' + text + '"');
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_refused_c14) {
  check_refused("\xef\xbb\xbf{}", "");
  check_refused("\xff\xfe{\0}\0"sv, "");
}

BOOST_AUTO_TEST_CASE(text_around_the_document_is_refused_c14) {
  check_refused("{} x", "");
  check_refused("{}{}", "");
  check_refused("1 2", "");
  check_refused("[]\0"sv, "");
  check_refused("// no\n1", "");
  BOOST_TEST(canonical(" \t\r\n[] \t\r\n") == "[]");
}

BOOST_AUTO_TEST_CASE(broken_syntax_is_refused_with_the_innermost_place) {
  check_refused("", "");
  check_refused(" ", "");
  check_refused("{", "");
  check_refused(R"({"a")", "/a");
  check_refused(R"({"a":{"b":[1,2)", "/a/b/2");
  check_refused(R"({"a":[1,]})", "/a/1");
  check_refused(R"({"a":1,})", "");
  check_refused(R"({"a":tru})", "/a");
  check_refused("[\"\n\"]", "/0");
  check_refused(R"(["\x"])", "/0");
  check_refused("['a']", "/0");
  check_refused("[01]", "/1"); // "0" was read as a whole item
  check_refused("[0x10]", "/1");
}

BOOST_AUTO_TEST_CASE(depth_is_limited_c14) {
  BOOST_TEST(canonical(nested(32)) == nested(32));
  std::string place;
  for (int i = 0; i < 32; ++i)
    place += "/0";
  check_refused(nested(33), place, errc::too_large);
  check_refused(std::string(100'000, '['), place, errc::too_large);
  check_refused(R"({"a":{"b":{}}})", "/a/b", errc::too_large, {1024, 2});
  BOOST_TEST(parse_json("1", {1024, 0}).has_value());
  check_refused("[]", "", errc::too_large, {1024, 0});
}

BOOST_AUTO_TEST_CASE(size_is_limited_c14) {
  json_limits limits{10, 32};
  BOOST_TEST(parse_json("\"12345678\"", limits).has_value());
  check_refused("\"123456789\"", "", errc::too_large, limits);
  check_refused(std::string(256 * 1024 + 1, ' '), "", errc::too_large);
}

BOOST_AUTO_TEST_CASE(messages_never_quote_a_value) {
  for (auto text : {R"({"a":"hunter2)", R"({"a":hunter2})", "hunter2",
                    R"({"a":"hunter2","a":"hunter2"})"}) {
    auto parsed = parse_json(text);
    BOOST_REQUIRE(parsed.has_error());
    BOOST_TEST(parsed.error().message.find("hunter2") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(pointers_escape_tilde_and_slash) {
  BOOST_TEST(append_pointer("", "a") == "/a");
  BOOST_TEST(append_pointer("/a", "") == "/a/");
  BOOST_TEST(append_pointer("/a", "~1/") == "/a/~01~1");
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_random_documents_agree_with_node) {
  constexpr std::uint64_t seed = 8785;
  constexpr std::size_t count = 100'000;
  BOOST_TEST_MESSAGE("seed " << seed);
  document_generator generate{seed};
  std::string lines, ours;
  for (std::size_t i = 0; i < count; ++i) {
    json::value document = generate.object(4);
    auto start = lines.size();
    write_plain(lines, document);
    auto text = to_canonical(document);
    auto parsed = parse_json(std::string_view{lines}.substr(start));
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), "document " << i);
    BOOST_REQUIRE(to_canonical(*parsed) == text);
    BOOST_REQUIRE((parse_json(text).value() == *parsed));
    lines += '\n';
    ours += text + '\n';
  }
  check_same_lines(ours, ask_node(lines), count);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_random_doubles_agree_with_node) {
  constexpr std::uint64_t seed = 754;
  constexpr std::size_t count = 100'000;
  BOOST_TEST_MESSAGE("seed " << seed);
  document_generator generate{seed};
  std::string lines, ours;
  for (std::size_t i = 0; i < count; ++i) {
    json::value number = generate.any_double();
    write_plain(lines, number);
    lines += '\n';
    ours += to_canonical(number) + '\n';
  }
  check_same_lines(ours, ask_node(lines), count);
}

BOOST_AUTO_TEST_SUITE_END()
