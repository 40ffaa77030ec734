#include "policy/semver.hpp"

#include <algorithm>
#include <optional>

#include "policy/defaults.hpp"

namespace signalbox {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool has_leading_zero(std::string_view number) {
  return number.size() > 1 && number.front() == '0';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-';
  });
}

/// Cuts at the first separator: returns the part before it, keeps the rest.
std::string_view cut(std::string_view& rest, char separator) {
  auto end = std::min(rest.find(separator), rest.size());
  auto out = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
  if (!is_number(text) || has_leading_zero(text) || text.size() > 12)
    return std::nullopt;
  std::uint64_t out = 0;
  for (char c : text)
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  if (out > policy_defaults::max_version_number)
    return std::nullopt;
  return out;
}

enum class leading_zeros { allowed, refused };

bool are_identifiers(std::string_view text, leading_zeros rule) {
  if (text.empty() || text.back() == '.')
    return false;
  while (!text.empty()) {
    auto one = cut(text, '.');
    if (!is_identifier(one))
      return false;
    if (rule == leading_zeros::refused && is_number(one) &&
        has_leading_zero(one))
      return false;
  }
  return true;
}

std::weak_ordering compare_identifier(std::string_view x, std::string_view y) {
  if (is_number(x) != is_number(y))
    return is_number(x) ? std::weak_ordering::less
                        : std::weak_ordering::greater;
  if (is_number(x) && x.size() != y.size())
    return x.size() <=> y.size();
  return x <=> y;
}

std::weak_ordering compare_prerelease(std::string_view x, std::string_view y) {
  if (x.empty() || y.empty())
    return x.empty() <=> y.empty();
  while (!x.empty() && !y.empty()) {
    auto order = compare_identifier(cut(x, '.'), cut(y, '.'));
    if (order != 0)
      return order;
  }
  return y.empty() <=> x.empty();
}

} // namespace

result<semver> semver::parse(std::string_view text) {
  failure bad{errc::bad_request,
              "not a semantic version: write MAJOR.MINOR.PATCH"};
  if (text.size() > policy_defaults::max_version)
    return bad;
  semver out;
  if (auto plus = text.find('+'); plus != std::string_view::npos) {
    out.build = text.substr(plus + 1);
    text = text.substr(0, plus);
    if (!are_identifiers(out.build, leading_zeros::allowed))
      return bad;
  }
  if (auto hyphen = text.find('-'); hyphen != std::string_view::npos) {
    out.prerelease = text.substr(hyphen + 1);
    text = text.substr(0, hyphen);
    if (!are_identifiers(out.prerelease, leading_zeros::refused))
      return bad;
  }
  if (std::count(text.begin(), text.end(), '.') != 2)
    return bad;
  auto first = number(cut(text, '.'));
  auto second = number(cut(text, '.'));
  auto third = number(text);
  if (!first || !second || !third)
    return bad;
  out.major = *first;
  out.minor = *second;
  out.patch = *third;
  return out;
}

std::string to_string(const semver& x) {
  auto out = std::to_string(x.major) + '.' + std::to_string(x.minor) + '.' +
             std::to_string(x.patch);
  if (!x.prerelease.empty())
    out += '-' + x.prerelease;
  if (!x.build.empty())
    out += '+' + x.build;
  return out;
}

std::weak_ordering precedence(const semver& x, const semver& y) {
  if (x.major != y.major)
    return x.major <=> y.major;
  if (x.minor != y.minor)
    return x.minor <=> y.minor;
  if (x.patch != y.patch)
    return x.patch <=> y.patch;
  return compare_prerelease(x.prerelease, y.prerelease);
}

semver next_patch(const semver& x) {
  auto patch = x.prerelease.empty() ? x.patch + 1 : x.patch;
  return {x.major, x.minor, patch};
}

} // namespace signalbox
