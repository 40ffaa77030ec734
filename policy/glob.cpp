#include "policy/glob.hpp"

#include <algorithm>
#include <cstring>

#include "policy/defaults.hpp"

namespace signalbox {

namespace {

using std::string_view;

/// string_view::find may take a time in the product of the lengths.
std::size_t find(string_view text, string_view piece) {
  if (piece.empty())
    return 0;
  auto* at = ::memmem(text.data(), text.size(), piece.data(), piece.size());
  return at == nullptr ? string_view::npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) -
                                                  text.data());
}

/// The leftmost place for each piece leaves the most to those behind it.
bool fits(string_view pattern, string_view text) {
  auto star = pattern.find('*');
  if (star == string_view::npos)
    return pattern == text;
  if (!text.starts_with(pattern.substr(0, star)))
    return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  while ((star = pattern.find('*')) != string_view::npos) {
    auto at = find(text, pattern.substr(0, star));
    if (at == string_view::npos)
      return false;
    text.remove_prefix(at + star);
    pattern.remove_prefix(star + 1);
  }
  return text.ends_with(pattern);
}

} // namespace

result<glob_list> glob_list::parse(const std::vector<std::string>& entries,
                                   letter_case letters) {
  glob_list out;
  out.letters_ = letters;
  for (auto& x : entries) {
    if (x.empty() || x.size() > policy_defaults::max_glob)
      return failure{errc::bad_request,
                     "an entry must have 1 to " +
                         std::to_string(policy_defaults::max_glob) + " bytes"};
    if (std::count(x.begin(), x.end(), '*') > policy_defaults::max_stars)
      return failure{errc::bad_request,
                     "an entry may have " +
                         std::to_string(policy_defaults::max_stars) +
                         " stars at most"};
    out.entries_.push_back(letters == letter_case::ignored ? lower_case(x) : x);
  }
  return out;
}

bool glob_list::matches(string_view text) const {
  std::string folded;
  if (letters_ == letter_case::ignored && !entries_.empty()) {
    folded = lower_case(text);
    text = folded;
  }
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](auto& x) { return fits(x, text); });
}

std::string lower_case(string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

} // namespace signalbox
