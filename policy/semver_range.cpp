#include "policy/semver_range.hpp"

#include "policy/defaults.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace signalbox {

namespace {

constexpr auto last_number = policy_defaults::max_version_number;

failure not_a_range() {
  return {errc::bad_request,
          "not a range of versions: write 1, 1.2, ^1.2 or >=1.0 <3"};
}

/// 1, 1.2, 1.2.3, with how many numbers were given.
struct partial {
  std::uint64_t numbers[3] = {0, 0, 0};
  int count = 0;

  semver low() const { return {numbers[0], numbers[1], numbers[2]}; }

  /// The first version that does not begin with the first `n` numbers, before
  /// all its pre-releases.
  semver next(int n) const {
    if (n == 0)
      return {last_number, 0, 0};
    semver out{numbers[0], n > 1 ? numbers[1] : 0, n > 2 ? numbers[2] : 0, "0"};
    ++(n == 1 ? out.major : n == 2 ? out.minor : out.patch);
    return out;
  }
};

std::optional<partial> read_partial(std::string_view text) {
  partial out;
  if (text == "*")
    return out;
  const auto* at = text.data();
  const auto* end = at + text.size();
  while (out.count < 3) {
    auto& number = out.numbers[out.count];
    auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc{} || number >= last_number ||
        (*at == '0' && stop != at + 1))
      return std::nullopt;
    ++out.count;
    if (stop == end)
      return out;
    if (*stop != '.')
      return std::nullopt;
    at = stop + 1;
    if (std::string_view{at, static_cast<std::size_t>(end - at)} == "x")
      return out;
  }
  return std::nullopt;
}

/// How many numbers `^` keeps: up to the first that is not 0.
int kept_by_caret(const partial& x) {
  for (int i = 0; i < x.count; ++i)
    if (x.numbers[i] != 0)
      return i + 1;
  return std::max(x.count, 1);
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Above all versions that are the partial one's.
semver above(const partial& x) {
  return x.next(x.count);
}

/// Raises `low` and lowers `high` by one comparison; false if it is none.
bool narrow(std::string_view text, semver& low, semver& high) {
  auto raise = [&](const semver& x) {
    if (precedence(x, low) > 0)
      low = x;
  };
  auto lower = [&](const semver& x) {
    if (precedence(x, high) < 0)
      high = x;
  };
  const bool at_least = take(text, ">=");
  const bool at_most = !at_least && take(text, "<=");
  const bool more = !at_least && !at_most && take(text, ">");
  const bool less = !at_least && !at_most && !more && take(text, "<");
  const bool compares = at_least || at_most || more || less;
  const bool caret = !compares && take(text, "^");
  const bool tilde = !compares && !caret && take(text, "~");
  if (!compares && !caret && !tilde)
    take(text, "=");
  auto x = read_partial(text);
  if (!x)
    return false;
  if (at_least || (!at_most && !more && !less))
    raise(x->low());
  if (more)
    raise(above(*x));
  if (less)
    lower(x->count == 0 ? semver{} : x->low());
  if (at_most)
    lower(above(*x));
  if (caret)
    lower(x->next(x->count == 0 ? 0 : kept_by_caret(*x)));
  else if (tilde)
    lower(x->next(std::min(x->count, 2)));
  else if (!compares)
    lower(above(*x));
  return true;
}

} // namespace

result<semver_range> semver_range::parse(std::string_view text) {
  semver_range out;
  out.high_ = {last_number, 0, 0};
  bool any = false;
  if (text.size() > policy_defaults::max_label)
    return not_a_range();
  while (!text.empty()) {
    auto blank = std::min(text.find(' '), text.size());
    auto one = text.substr(0, blank);
    text.remove_prefix(std::min(blank + 1, text.size()));
    if (one.empty())
      continue;
    if (!narrow(one, out.low_, out.high_))
      return not_a_range();
    any = true;
  }
  if (!any)
    return not_a_range();
  return out;
}

bool semver_range::contains(const semver& x) const {
  return precedence(x, low_) >= 0 && precedence(x, high_) < 0;
}

bool semver_range::meets_major(std::uint64_t major) const {
  return precedence(semver{major + 1, 0, 0, "0"}, low_) > 0 &&
         precedence(semver{major, 0, 0}, high_) < 0 &&
         precedence(low_, high_) < 0;
}

bool semver_range::holds_major(std::uint64_t major) const {
  return precedence(low_, semver{major, 0, 0}) <= 0 &&
         precedence(semver{major + 1, 0, 0, "0"}, high_) <= 0;
}

} // namespace signalbox
