#include "app/invocation.hpp"

#include <algorithm>
#include <ostream>

#include <boost/json/object.hpp>

#include "api/problem.hpp"
#include "events/json.hpp"

namespace signalbox {

bool wants_json(const invocation& x) {
  return std::find(x.arguments.begin(), x.arguments.end(), "--json") !=
         x.arguments.end();
}

invocation invocation::rest() const {
  auto begin = arguments.begin();
  return {{arguments.empty() ? begin : begin + 1, arguments.end()},
          out,
          err,
          shape};
}

exit_code report(const invocation& x, const failure& why) {
  if (wants_json(x)) {
    // Where a command's option stands in its place, it is no JSON pointer.
    const bool points = why.pointer.starts_with('/');
    x.err << to_canonical(problem_members(
                 {why.code, why.message, points ? why.pointer : ""}, {}))
          << '\n';
    return to_exit_code(why.code);
  }
  x.err << "signalbox: " << why.message;
  if (!why.pointer.empty())
    x.err << (why.pointer.starts_with('/') ? " (at " : " (") << why.pointer
          << ')';
  x.err << '\n';
  return to_exit_code(why.code);
}

exit_code report_usage(const invocation& x, std::string_view command,
                       std::string_view why) {
  if (wants_json(x))
    return report(x, {errc::bad_request, std::string{why}});
  x.err << "signalbox";
  if (!command.empty())
    x.err << ' ' << command;
  x.err << ": " << why << "\nRun `signalbox";
  if (!command.empty())
    x.err << ' ' << command;
  x.err << " --help` for "
        << (command.empty() ? "the list of commands.\n" : "what it takes.\n");
  return exit_code::usage;
}

} // namespace signalbox
