#pragma once

#include "app/api_client.hpp"
#include "app/options.hpp"
#include "events/json.hpp"

namespace signalbox {

/// Adds --template and --param.
void add_template_options(command_options& options);

/// Asks for the template that ID or ID@VERSION names.
/// Errors: those of the call.
result<api_answer> ask_template(const api_client& server,
                                const std::string& client_id,
                                const std::string& name);

/// One NAME=VALUE after another, as the template's parameters have it: numbers
/// and truths are read as JSON, a list as JSON or by naming it again for each
/// text. What does not fit goes as text, and the server says what is wrong.
/// Errors: `bad_request` (no NAME=VALUE, or a name twice).
result<json::object> read_arguments(const std::vector<std::string>& words,
                                    const json::value& parameters);

/// The draft of a request: of FILE, or the template in its place.
/// Errors: `bad_request` (both or neither), those of file, JSON and call.
result<json::object> draft_of(const command_options& options,
                              const api_client& server);

} // namespace signalbox
