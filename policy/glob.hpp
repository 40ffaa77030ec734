#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"

namespace signalbox {

/// Whether upper and lower case of A to Z are the same.
enum class letter_case { matters, ignored };

/// Names as policy rules list them: exact, or with `*` for any run of
/// characters, the empty one and slashes included. Matching takes a time in
/// the sum of both lengths for each star; there is nothing else to go wrong.
class glob_list {
 public:
  /// Matches nothing.
  glob_list() = default;

  /// Errors: `bad_request` for an entry that is empty, longer than
  /// policy_defaults::max_glob bytes, or has more than
  /// policy_defaults::max_stars stars.
  static result<glob_list> parse(const std::vector<std::string>& entries,
                                 letter_case letters);

  bool matches(std::string_view text) const;
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<std::string> entries_;
  letter_case letters_ = letter_case::matters;
};

/// A to Z in lower case, all else as it is.
std::string lower_case(std::string_view text);

} // namespace signalbox
