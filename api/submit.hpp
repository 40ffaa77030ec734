#pragma once

#include "api/operation.hpp"

/// How operations that change one thing reach the ledger.
namespace signalbox::write_operations {

using preparer = std::function<result<preparation>(const view&)>;
using sequel = std::function<void(const command_answer&)>;

/// Submits one event and goes on with `accepted` once the ledger took it, or
/// had taken it before under the same key: then `replayed` is set, and the
/// event is not prepared again, since what it rested on may have changed. Any
/// other outcome is answered.
void submit_then(const operation_world& world,
                 const std::shared_ptr<operation_call>& call,
                 operation_reply reply, preparer prepare, sequel accepted);

/// Submits one event and answers with `body` once the ledger took it.
void submit(const operation_world& world,
            const std::shared_ptr<operation_call>& call, operation_reply reply,
            preparer prepare, json::object body, unsigned status = 200);

/// The call of a second step: its key follows from the first one's, so that a
/// retry of the whole repeats both.
std::shared_ptr<operation_call> next_step(const operation_call& call,
                                          const std::string& key);

/// The caller's own token must still stand when the entry is judged.
void require_token(proposal_draft& out, const view& seen,
                   const operation_call& call);

} // namespace signalbox::write_operations
