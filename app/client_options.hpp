#pragma once

#include "app/api_client.hpp"
#include "app/options.hpp"

namespace signalbox {

/// Adds what every client command takes: --url, --ledger, --token-file,
/// --timeout and --json.
void add_client_options(command_options& options);

/// The client that those options and the environment describe.
/// Errors: those of reading the token's file.
result<api_client> make_client(const command_options& options);

/// Prints an answer's JSON on one line, as it came.
exit_code print_body(const invocation& x, const api_answer& answer);

} // namespace signalbox
