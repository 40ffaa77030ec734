#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_shape.hpp"
#include "app/exit_code.hpp"
#include "events/errors.hpp"

namespace signalbox {

/// One run of a command: its arguments without program and command name, and
/// where it writes. Results go to `out`, all else to `err`.
struct invocation {
  std::vector<std::string> arguments;
  std::ostream& out;
  std::ostream& err;
  /// If set, the command describes itself here and does nothing.
  command_shape* shape = nullptr;

  /// The same without the first argument, which is a word of a command.
  invocation rest() const;
};

/// Whether the output is for programs.
bool wants_json(const invocation& x);

/// Says on `err` what failed, where and what to do; the code belongs to it.
/// As one line of JSON if the arguments hold `--json`: problem details (RFC
/// 9457) with the members that a server's have.
exit_code report(const invocation& x, const failure& why);

/// Like report, for a command line that is wrong; `command` may be empty.
exit_code report_usage(const invocation& x, std::string_view command,
                       std::string_view why);

} // namespace signalbox
