#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace signalbox {

/// Lines of text in columns, for people.
class table {
 public:
  explicit table(std::vector<std::string> names);

  void add(std::vector<std::string> cells);

  /// Every column is as wide as its widest cell; the last is not filled up.
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

} // namespace signalbox
