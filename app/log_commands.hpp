#pragma once

#include "app/invocation.hpp"

// The words of `signalbox log`, one file each: log_WORD_command.cpp.

namespace signalbox {

exit_code run_log_copy(const invocation& x);
exit_code run_log_backup(const invocation& x);
exit_code run_log_restore(const invocation& x);
exit_code run_log_verify(const invocation& x);
exit_code run_log_dump(const invocation& x);

} // namespace signalbox
