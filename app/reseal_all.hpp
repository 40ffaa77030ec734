#pragma once

#include "app/client_options.hpp"

namespace signalbox {

/// `signalbox reseal CLIENT --all`: signs what is current in every channel of a
/// family anew, one after another, and goes on where one fails. Says each as it
/// goes, and a summary; with --json `{resealed: [...], failed: [...]}` in the
/// end. The exit code is that of the first that failed.
exit_code reseal_all(const invocation& x, const command_options& options);

} // namespace signalbox
