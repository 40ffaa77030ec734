#pragma once

#include <functional>

#include <boost/json/object.hpp>

#include "app/api_client.hpp"
#include "app/options.hpp"

namespace signalbox {

/// Adds what every client command takes: --url, --ca-file, --ledger,
/// --token-file, --timeout and --json.
void add_client_options(command_options& options);

/// The client that those options and the environment describe.
/// Errors: those of reading the token's file.
result<api_client> make_client(const command_options& options);

/// The path of what the arguments CLIENT and PROFILE name, such as `config`.
std::string profile_path(const command_options& options,
                         const std::string& what);

/// Prints an answer's JSON on one line, as it came; an object with the
/// consistency token, where the server gave one, as its last member `token`.
/// Before it `more`: of members that are there already, the server's count.
exit_code print_body(const invocation& x, const api_answer& answer,
                     json::object more = {});

/// Like report, for a failure that a call of this client came back with:
/// programs (`--json`) get the problem details as the server gave them.
exit_code report(const invocation& x, const api_client& client,
                 const failure& why);

using server_call = std::function<result<api_answer>(const api_client&)>;
using answer_printer =
    std::function<void(const json::value& document, const api_answer& answer)>;

/// Runs a command that is one call: makes the client, asks, reports what
/// failed, and prints the answer as it came (`--json`) or by `print`.
exit_code ask_server(const invocation& x, const command_options& options,
                     const server_call& ask, const answer_printer& print);

/// The same with a client that is there already.
exit_code ask_server(const invocation& x, const command_options& options,
                     const api_client& client, const server_call& ask,
                     const answer_printer& print);

} // namespace signalbox
