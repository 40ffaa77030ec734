#include "policy/pattern_cost.hpp"

#include "policy/defaults.hpp"

#include <algorithm>
#include <bitset>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace signalbox {

namespace {

using byte_set = std::bitset<256>;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::size_t no_bound = policy_defaults::max_pattern_subject;

struct node {
  enum class kind : std::uint8_t {
    bytes,
    nothing,
    end,
    all_of,
    one_of,
    repeat
  };
  kind what = kind::nothing;
  byte_set bytes{};                ///< of `bytes`
  std::size_t least = 0, most = 0; ///< of `repeat`
  std::vector<node> parts{};
  bool anchor = false; ///< of `nothing`: ^
};

// -- reading -----------------------------------------------------------------

/// Reads what RE2 took. What it does not know well is taken for any byte.
class pattern_reader {
 public:
  explicit pattern_reader(std::string_view text) : text_{text} {}

  node read() {
    node out{.what = node::kind::one_of};
    do
      out.parts.push_back(read_branch());
    while (take('|'));
    return out.parts.size() == 1 ? node{std::move(out.parts[0])} : out;
  }

 private:
  bool done() const { return at_ >= text_.size(); }

  bool take(char x) {
    bool found = !done() && text_[at_] == x;
    at_ += found ? 1 : 0;
    return found;
  }

  char next() { return done() ? '\0' : text_[at_++]; }

  node read_branch() {
    node out{.what = node::kind::all_of};
    while (!done() && text_[at_] != '|' && text_[at_] != ')') {
      auto x = read_atom();
      while (auto y = read_quantifier())
        x = node{.what = node::kind::repeat,
                 .least = y->first,
                 .most = y->second,
                 .parts = {std::move(x)}};
      out.parts.push_back(std::move(x));
    }
    return out;
  }

  node read_atom() {
    switch (auto x = next()) {
    case '(':
      return read_group();
    case '^':
      return {.anchor = true};
    case '$':
      return {.what = node::kind::end};
    case '[':
      return of(read_class());
    case '.':
      return of(byte_set{}.set());
    case '\\':
      if (auto bytes = read_escape())
        return of(*bytes);
      return {};
    default:
      return of(single(x));
    }
  }

  node read_group() {
    if (take('?'))
      while (!done() && text_[at_] != ')' && text_[at_++] != ':' &&
             text_[at_ - 1] != '>') {
      }
    auto out = read();
    take(')');
    return out;
  }

  static node of(const byte_set& x) {
    return {.what = node::kind::bytes, .bytes = x};
  }

  /// A byte of a longer character may be any such byte.
  static byte_set single(char x) {
    byte_set out;
    auto byte = static_cast<unsigned char>(x);
    out.set(byte);
    if (byte >= 0x80)
      out |= byte_set{}.set() & ~ascii();
    return out;
  }

  static byte_set ascii() {
    byte_set out;
    for (std::size_t i = 0; i < 0x80; ++i)
      out.set(i);
    return out;
  }

  template <class Is>
  static byte_set all(Is is) {
    byte_set out;
    for (int i = 0; i < 0x80; ++i)
      out.set(static_cast<std::size_t>(i), is(i));
    return out;
  }

  /// Nullopt for what takes no byte.
  std::optional<byte_set> read_escape() {
    auto word = [](int x) { return std::isalnum(x) != 0 || x == '_'; };
    auto digit = [](int x) { return std::isdigit(x) != 0; };
    auto space = [](int x) { return std::isspace(x) != 0; };
    switch (auto x = next()) {
    case 'b':
    case 'B':
    case 'A':
      return std::nullopt;
    case 'w':
      return all(word);
    case 'd':
      return all(digit);
    case 's':
      return all(space);
    case 'W':
      return ~all(word);
    case 'D':
      return ~all(digit);
    case 'S':
      return ~all(space);
    default:
      if (std::isalnum(static_cast<unsigned char>(x)) == 0)
        return single(x);
      skip_code(x);
      return byte_set{}.set();
    }
  }

  /// The rest of \x41, \x{41}, \p{L}, \pL and octal numbers.
  void skip_code(char x) {
    if (x == 'z' || x == 'a' || x == 'f' || x == 'n' || x == 'r' || x == 't' ||
        x == 'v' || x == 'C')
      return;
    if (take('{')) {
      while (!done() && next() != '}') {
      }
      return;
    }
    auto digits = x == 'x' ? 2U : x == 'p' || x == 'P' ? 1U : 0U;
    at_ = std::min(text_.size(), at_ + digits);
  }

  byte_set read_class() {
    byte_set out;
    bool negated = take('^');
    for (bool first = true; !done() && (first || text_[at_] != ']');
         first = false)
      out |= read_class_item();
    take(']');
    return negated ? ~out | (~ascii()) : out;
  }

  byte_set read_class_item() {
    if (text_.substr(at_).starts_with("[:")) {
      at_ = std::min(text_.size(), text_.find(":]", at_) + 2);
      return byte_set{}.set();
    }
    auto low = next();
    if (low == '\\') {
      auto escaped = read_escape();
      return escaped ? *escaped : single('\b');
    }
    bool range =
        at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']';
    if (!range)
      return single(low);
    ++at_;
    auto high = next();
    if (high == '\\' || static_cast<unsigned char>(high) >= 0x80)
      return byte_set{}.set();
    byte_set out;
    for (std::size_t i = static_cast<unsigned char>(low);
         i <= static_cast<unsigned char>(high); ++i)
      out.set(i);
    return out;
  }

  /// Least and most of the quantifier that stands here; laziness is no matter.
  std::optional<std::pair<std::size_t, std::size_t>> read_quantifier() {
    std::optional<std::pair<std::size_t, std::size_t>> out;
    if (take('*'))
      out = {0, no_bound};
    else if (take('+'))
      out = {1, no_bound};
    else if (take('?'))
      out = {0, 1};
    else
      out = read_count();
    if (out)
      take('?');
    return out;
  }

  std::optional<std::pair<std::size_t, std::size_t>> read_count() {
    if (done() || text_[at_] != '{')
      return std::nullopt;
    const auto* begin = text_.data() + at_ + 1;
    const auto* end = text_.data() + text_.size();
    std::size_t least = 0;
    auto [p, error] = std::from_chars(begin, end, least);
    if (error != std::errc{} || p == end)
      return std::nullopt; // a brace that stands for itself
    auto most = least;
    if (*p == ',') {
      most = no_bound;
      p = std::from_chars(p + 1, end, most).ptr;
    }
    if (p == end || *p != '}')
      return std::nullopt;
    at_ = static_cast<std::size_t>(p - text_.data()) + 1;
    return std::pair{least, most};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// -- counting ----------------------------------------------------------------

/// What may come after a place.
struct sequel {
  byte_set first;    ///< bytes that it may begin with
  bool done = false; ///< or the match is complete here
};

bool is_nullable(const node& x) {
  auto nullable = [](const node& y) { return is_nullable(y); };
  switch (x.what) {
  case node::kind::bytes:
  case node::kind::end:
    return false;
  case node::kind::nothing:
    return true;
  case node::kind::all_of:
    return std::all_of(x.parts.begin(), x.parts.end(), nullable);
  case node::kind::one_of:
    return std::any_of(x.parts.begin(), x.parts.end(), nullable);
  case node::kind::repeat:
    return x.least == 0 || is_nullable(x.parts[0]);
  }
  return true;
}

byte_set first_of(const node& x) {
  byte_set out = x.bytes;
  for (auto& part : x.parts) {
    out |= first_of(part);
    if (x.what == node::kind::all_of && !is_nullable(part))
      break;
  }
  return out;
}

double ways(const node& x, const sequel& then);

double ways_of_all(const node& x, sequel then) {
  double out = 1;
  for (auto i = x.parts.rbegin(); i != x.parts.rend(); ++i) {
    out *= ways(*i, then);
    if (is_nullable(*i))
      then.first |= first_of(*i);
    else
      then = {first_of(*i)};
  }
  return out;
}

/// Branches that begin differently exclude each other.
double ways_of_one(const node& x, const sequel& then) {
  double sum = 0, most = 0;
  byte_set seen;
  bool apart = true;
  for (auto& branch : x.parts) {
    auto n = ways(branch, then);
    sum += n;
    most = std::max(most, n);
    auto first = first_of(branch);
    apart = apart && !is_nullable(branch) && (seen & first).none();
    seen |= first;
  }
  return apart ? most : sum;
}

double ways_of_repeat(const node& x, const sequel& then) {
  auto& body = x.parts[0];
  auto first = first_of(body);
  bool apart = (first & then.first).none();
  if (x.most <= 1) {
    auto n = ways(body, then);
    return x.least == 1 || apart ? n : n + 1;
  }
  auto each = ways(body, {first | then.first});
  if (each <= 1)
    return apart || then.done ? 1 : static_cast<double>(x.most - x.least + 1);
  double out = 0, power = 1;
  for (std::size_t i = 0; i <= x.most && out < infinite; ++i, power *= each)
    out += i >= x.least ? power : 0;
  return out;
}

double ways(const node& x, const sequel& then) {
  switch (x.what) {
  case node::kind::bytes:
  case node::kind::nothing:
  case node::kind::end:
    return 1;
  case node::kind::all_of:
    return ways_of_all(x, then);
  case node::kind::one_of:
    return ways_of_one(x, then);
  case node::kind::repeat:
    return ways_of_repeat(x, then);
  }
  return infinite;
}

double states(const node& x) {
  double out = 1;
  for (auto& part : x.parts)
    out += states(part);
  if (x.what != node::kind::repeat)
    return out;
  const auto copies = x.most == no_bound ? x.least + 1 : x.most;
  return out * static_cast<double>(std::max<std::size_t>(copies, 1));
}

bool is_anchored(const node& x) {
  return x.what == node::kind::all_of && !x.parts.empty() && x.parts[0].anchor;
}

} // namespace

double pattern_ways(std::string_view pattern) {
  auto root = pattern_reader{pattern}.read();
  auto out = ways(root, {{}, true});
  // One that is not anchored is tried from every place.
  return is_anchored(root) ? out : out * static_cast<double>(no_bound);
}

double pattern_states(std::string_view pattern) {
  return states(pattern_reader{pattern}.read());
}

} // namespace signalbox
