#pragma once

#include <chrono>
#include <ostream>
#include <string_view>

#include "app/log_source.hpp"
#include "app/options.hpp"

/// What the words of `signalbox log` share.
namespace signalbox {

/// What is said of a --root-fingerprint that is none.
inline constexpr const char* bad_fingerprint =
    "--root-fingerprint must be 64 hexadecimal digits: `ledger create` printed "
    "them, and the ledger.json of each node has them";

/// Which log is to be read: --data, --kafka or --in.
void add_source_options(command_options& options);

/// Opens it. Errors: `bad_request` (none or several were named), and those of
/// log_source; damage comes with advice.
result<log_source> open_source(const command_options& options,
                               const log_progress& progress);

/// What to do about a log that is damaged, added to the failure where the log
/// is that of a directory.
failure with_source_advice(failure why, const command_options& options);

/// Says on `err`, every two seconds, how far long work is; nothing where the
/// output is for programs. `what`: such as "read".
log_progress tell_progress(const invocation& x, const std::string& what);

/// The same for work of several phases, each named by its caller.
std::function<void(std::string_view, std::uint64_t, std::uint64_t)>
tell_phases(const invocation& x);

} // namespace signalbox
