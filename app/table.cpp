#include "app/table.hpp"

#include <algorithm>
#include <ostream>

#include "app/terminal_text.hpp"

namespace signalbox {

table::table(std::vector<std::string> names) {
  add(std::move(names));
}

void table::add(std::vector<std::string> cells) {
  // A cell is one line: it may come from the server.
  for (auto& cell : cells) {
    std::replace_if(
        cell.begin(), cell.end(),
        [](unsigned char c) { return c == '\t' || c == '\n' || c == '\r'; },
        ' ');
    cell = to_visible_line(cell);
  }
  rows_.push_back(std::move(cells));
}

void table::print(std::ostream& out) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (auto& row : rows_)
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  for (auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size())
        out << std::string(widths[i] - row[i].size() + 2, ' ');
    }
    out << '\n';
  }
}

} // namespace signalbox
