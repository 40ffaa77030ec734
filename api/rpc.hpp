#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/operation.hpp"

namespace signalbox {

/// Calls an operation by name with these parameters; the reply comes once.
using operation_caller =
    std::function<void(const operation&, json::object params, operation_reply)>;

/// Answers a JSON-RPC 2.0 request or batch. `done` gets the response's text,
/// empty if only notifications came. Parameters by name, or by position in the
/// order of the specification.
void handle_rpc(const std::string& body, const operation_caller& call,
                std::function<void(std::string)> done);

} // namespace signalbox
