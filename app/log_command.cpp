#include "app/command_line.hpp"
#include "app/commands.hpp"
#include "app/log_commands.hpp"

namespace signalbox {

exit_code run_log(const invocation& x) {
  static constexpr command_entry words[] = {
      {"copy", "move a ledger to Kafka, or from there", run_log_copy},
      {"backup", "write the log of a node into a file", run_log_backup},
      {"restore", "make a node from such a file", run_log_restore},
      {"verify", "check chain, signatures and contents", run_log_verify},
      {"dump", "show every entry as a line of JSON", run_log_dump},
  };
  return run_subcommand(x, "log", words);
}

} // namespace signalbox
