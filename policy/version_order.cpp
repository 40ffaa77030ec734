#include "policy/version_order.hpp"

#include <charconv>
#include <cstdint>
#include <vector>

#include "policy/semver.hpp"

namespace signalbox {

namespace {

using numbers = std::vector<std::uint64_t>;

/// The numbers of 1.2.3; none if the text is anything else.
std::optional<numbers> release(std::string_view text) {
  numbers out;
  for (;;) {
    std::uint64_t x = 0;
    auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), x);
    if (error != std::errc{})
      return std::nullopt;
    out.push_back(x);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty())
      break;
    if (text.front() != '.')
      return std::nullopt;
    text.remove_prefix(1);
  }
  while (!out.empty() && out.back() == 0)
    out.pop_back();
  return out;
}

} // namespace

std::optional<std::strong_ordering> compare_versions(std::string_view x,
                                                     std::string_view y) {
  if (auto a = release(x), b = release(y); a && b)
    return *a <=> *b;
  auto a = semver::parse(x);
  auto b = semver::parse(y);
  if (!a || !b)
    return std::nullopt;
  auto order = precedence(*a, *b);
  return order < 0   ? std::strong_ordering::less
         : order > 0 ? std::strong_ordering::greater
                     : std::strong_ordering::equal;
}

} // namespace signalbox
