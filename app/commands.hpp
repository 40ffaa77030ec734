#pragma once

#include "app/invocation.hpp"

// The commands of the program, one file each: NAME_command.cpp. Each reads its
// arguments, does its work and says its result; see command_line.cpp.

namespace signalbox {

exit_code run_ledger(const invocation& x);
exit_code run_serve(const invocation& x);
exit_code run_clients(const invocation& x);
exit_code run_profiles(const invocation& x);
exit_code run_families(const invocation& x);
exit_code run_policies(const invocation& x);
exit_code run_templates(const invocation& x);
exit_code run_get(const invocation& x);
exit_code run_diff(const invocation& x);
exit_code run_watch(const invocation& x);
exit_code run_validate(const invocation& x);
exit_code run_publish(const invocation& x);
exit_code run_revert(const invocation& x);
exit_code run_reseal(const invocation& x);
exit_code run_verify(const invocation& x);
exit_code run_keys(const invocation& x);
exit_code run_keysets(const invocation& x);
exit_code run_tokens(const invocation& x);
exit_code run_nodes(const invocation& x);
exit_code run_call(const invocation& x);
exit_code run_completion(const invocation& x);
exit_code run_replay(const invocation& x);
exit_code run_log(const invocation& x);

} // namespace signalbox
