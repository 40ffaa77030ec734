#include "events/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace signalbox {

namespace {

/// ECMA-262 section 6.1.6.1.20 (Number::toString) on the shortest digits that
/// read back as the same double.
void append_double(std::string& out, double x) {
  if (!std::isfinite(x))
    throw std::invalid_argument{"to_canonical: a number is not finite"};
  if (x == 0) {
    out += '0'; // also for -0
    return;
  }
  std::array<char, 32> buffer;
  auto [end, ec] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                 std::abs(x), std::chars_format::scientific);
  auto mantissa_end = std::find(buffer.data(), end, 'e');
  std::string_view fraction{buffer.data() + 1, mantissa_end};
  int exponent = 0;
  auto digits = mantissa_end + (mantissa_end[1] == '+' ? 2 : 1);
  std::from_chars(digits, end, exponent);
  if (!fraction.empty())
    fraction.remove_prefix(1); // the point
  if (x < 0)
    out += '-';
  auto count = static_cast<int>(fraction.size());
  if (exponent >= 21 || exponent < -6) {
    out += buffer[0];
    if (count > 0)
      (out += '.') += fraction;
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  } else if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0');
    (out += buffer[0]) += fraction;
  } else if (count <= exponent) {
    (out += buffer[0]) += fraction;
    out.append(static_cast<std::size_t>(exponent - count), '0');
  } else {
    auto whole = static_cast<std::size_t>(exponent);
    (out += buffer[0]) += fraction.substr(0, whole);
    (out += '.') += fraction.substr(whole);
  }
}

template <class Integer>
void append_integer(std::string& out, Integer x) {
  std::array<char, 24> buffer;
  auto [end, ec] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), x);
  out.append(buffer.data(), end);
}

/// The letter after the backslash for bytes that need an escape ('u' if there
/// is no short one), 0 for the rest.
constexpr auto escapes = [] {
  std::array<char, 256> table{};
  std::fill_n(table.begin(), 0x20, 'u');
  table['\b'] = 'b';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\f'] = 'f';
  table['\r'] = 'r';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<std::uint8_t>(text[i]);
    auto escape = escapes[byte];
    if (escape == 0)
      continue;
    out += text.substr(copied, i - copied);
    copied = i + 1;
    (out += '\\') += escape;
    if (escape == 'u')
      ((out += "00") += hex[byte >> 4]) += hex[byte & 15];
  }
  (out += text.substr(copied)) += '"';
}

/// Order by UTF-16 code units, told from UTF-8: the byte order, except that
/// surrogates (lead bytes from F0) come before U+E000 to U+FFFF (EE and EF).
bool utf16_less(std::string_view a, std::string_view b) {
  auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end())
    return x == a.end() && y != b.end();
  auto left = static_cast<std::uint8_t>(*x);
  auto right = static_cast<std::uint8_t>(*y);
  if (left >= 0xEE && right >= 0xEE && (left >= 0xF0) != (right >= 0xF0))
    return left >= 0xF0;
  return left < right;
}

class canonical_writer {
 public:
  explicit canonical_writer(std::string& out) : out_{out} {}

  void write(const json::value& x) {
    switch (x.kind()) {
    case json::kind::null:
      out_ += "null";
      break;
    case json::kind::bool_:
      out_ += x.get_bool() ? "true" : "false";
      break;
    case json::kind::int64:
      append_integer(out_, x.get_int64());
      break;
    case json::kind::uint64:
      append_integer(out_, x.get_uint64());
      break;
    case json::kind::double_:
      append_double(out_, x.get_double());
      break;
    case json::kind::string:
      append_string(out_, x.get_string());
      break;
    case json::kind::array:
      write(x.get_array());
      break;
    case json::kind::object:
      write(x.get_object());
      break;
    }
  }

 private:
  void write(const json::array& items) {
    char separator = '[';
    for (auto& item : items) {
      out_ += std::exchange(separator, ',');
      write(item);
    }
    out_ += items.empty() ? "[]" : "]";
  }

  void write(const json::object& members) {
    auto first = sorted_.size();
    for (auto& member : members)
      sorted_.push_back(&member);
    std::sort(sorted_.begin() + static_cast<std::ptrdiff_t>(first),
              sorted_.end(),
              [](auto* a, auto* b) { return utf16_less(a->key(), b->key()); });
    char separator = '{';
    for (auto i = first; i < first + members.size(); ++i) {
      out_ += std::exchange(separator, ',');
      append_string(out_, sorted_[i]->key());
      out_ += ':';
      write(sorted_[i]->value());
    }
    out_ += members.empty() ? "{}" : "}";
    sorted_.resize(first);
  }

  std::string& out_;
  // The members of all open objects, innermost last: one allocation for all.
  std::vector<const json::key_value_pair*> sorted_;
};

} // namespace

std::string to_canonical(const json::value& x) {
  std::string out;
  out.reserve(512);
  canonical_writer{out}.write(x);
  return out;
}

} // namespace signalbox
