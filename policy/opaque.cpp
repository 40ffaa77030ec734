#include "policy/opaque.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <utility>

#include "policy/defaults.hpp"

namespace signalbox {

namespace {

using std::size_t;
using std::string_view;

constexpr size_t min_two_classes = 24;
constexpr size_t min_letters = 28;

enum class kind { lower, upper, digit, other };

kind kind_of(char c) {
  if (c >= 'a' && c <= 'z')
    return kind::lower;
  if (c >= 'A' && c <= 'Z')
    return kind::upper;
  return c >= '0' && c <= '9' ? kind::digit : kind::other;
}

bool is_run(char c) {
  return kind_of(c) != kind::other || c == '+' || c == '/' || c == '_' ||
         c == '-';
}

bool is_hex(string_view text) {
  auto all = [&](char first, char last) {
    return std::all_of(text.begin(), text.end(), [=](char c) {
      return (c >= '0' && c <= '9') || (c >= first && c <= last);
    });
  };
  return all('a', 'f') || all('A', 'F');
}

bool is_digest(string_view text) {
  auto n = text.size();
  return (n == 32 || n == 40 || n == 56 || n == 64 || n == 96 || n == 128) &&
         is_hex(text);
}

bool is_uuid(string_view text) {
  if (text.size() != 36)
    return false;
  for (size_t i = 0; i < text.size(); ++i) {
    bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-'
               : !std::isxdigit(static_cast<unsigned char>(text[i])))
      return false;
  }
  return true;
}

/// Subresource integrity: the hash's name and its base64 without padding.
bool is_integrity(string_view text) {
  constexpr std::array<std::pair<string_view, size_t>, 4> forms{
      {{"sha1-", 27}, {"sha256-", 43}, {"sha384-", 64}, {"sha512-", 86}}};
  return std::any_of(forms.begin(), forms.end(), [&](auto& form) {
    return text.starts_with(form.first) &&
           text.size() == form.first.size() + form.second;
  });
}

/// How a run's characters change from one to the next.
struct profile {
  size_t lower = 0, upper = 0, digit = 0;
  size_t rises = 0;  ///< lower case to upper case
  size_t falls = 0;  ///< upper case to lower case
  size_t shouts = 0; ///< upper case to upper case
  size_t mixes = 0;  ///< letter to digit or back

  size_t length() const { return lower + upper + digit; }
};

profile measure(string_view run) {
  profile out;
  auto before = kind::other;
  for (char c : run) {
    auto now = kind_of(c);
    out.lower += now == kind::lower;
    out.upper += now == kind::upper;
    out.digit += now == kind::digit;
    out.rises += before == kind::lower && now == kind::upper;
    out.falls += before == kind::upper && now == kind::lower;
    out.shouts += before == kind::upper && now == kind::upper;
    out.mixes += before != kind::other && now != kind::other &&
                 (before == kind::digit) != (now == kind::digit);
    before = now;
  }
  return out;
}

/// Names in camel case rise and fall in pairs and seldom shout; names in
/// capitals shout and never rise; random text does all of it.
bool is_random(const profile& x) {
  auto n = x.length();
  auto share = [n](size_t count) { return double(count) / double(n); };
  auto rising = share(x.rises + x.shouts + x.mixes);
  auto turning = share(x.rises + x.falls + x.mixes);
  if (x.lower && x.upper && x.digit)
    return n >= policy_defaults::min_opaque && rising >= 0.38 &&
           turning >= 0.38;
  if (x.lower && x.upper)
    return n >= min_letters && rising >= 0.35 && turning >= 0.35;
  return x.digit && (x.lower || x.upper) && n >= min_two_classes &&
         share(x.mixes) >= 0.26;
}

bool is_harmless_piece(string_view piece) {
  return is_digest(piece) || is_uuid(piece) || is_integrity(piece);
}

/// The run without digests that a name is made of: release-<git hash>.
std::string without_digests(string_view run) {
  std::string out;
  while (!run.empty()) {
    if (run.size() >= 36 && is_uuid(run.substr(0, 36))) {
      run.remove_prefix(36);
      continue;
    }
    auto end = std::min(run.find_first_of("-_/+"), run.size());
    if (!is_digest(run.substr(0, end)))
      out += run.substr(0, end);
    if (end < run.size())
      out += run[end++];
    run.remove_prefix(end);
  }
  return out;
}

bool is_opaque(string_view run) {
  if (run.size() < policy_defaults::min_opaque || is_harmless_piece(run))
    return false;
  if (is_random(measure(without_digests(run))))
    return true;
  // A random name in a path is diluted by the path.
  auto slash = run.find('/');
  if (slash == string_view::npos)
    return false;
  return is_opaque(run.substr(0, slash)) || is_opaque(run.substr(slash + 1));
}

} // namespace

bool has_opaque_run(string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto end = i;
    while (end < text.size() && is_run(text[end]))
      ++end;
    // Checksums of Go modules: h1:<base64>.
    bool checksum = i >= 3 && text.substr(i - 3, 3) == "h1:" && end - i == 43;
    if (!checksum && is_opaque(text.substr(i, end - i)))
      return true;
    i = end + 1;
  }
  return false;
}

} // namespace signalbox
