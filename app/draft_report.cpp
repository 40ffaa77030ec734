#include "app/draft_report.hpp"

#include <ostream>

#include <boost/json/array.hpp>

#include "app/draft_problem.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

result<json::value> read_draft(const std::string& path) {
  auto text = read_file(path);
  if (!text)
    return text.error();
  auto out = parse_json(*text);
  if (!out)
    return explain_draft(path, *text, out.error());
  return out;
}

void print_findings(std::ostream& out, const json::value& report) {
  table rows{{"SEVERITY", "RULE", "POINTER", "MESSAGE"}};
  bool any = false;
  for (auto list : {"errors", "warnings", "changes"})
    for (auto& x : elements(at(report, list))) {
      any = true;
      rows.add({text_at(x, "severity"), text_at(x, "rule"),
                text_at(x, "pointer"), text_at(x, "message")});
    }
  if (any)
    rows.print(out);
  else
    out << "no findings\n";
}

} // namespace signalbox
