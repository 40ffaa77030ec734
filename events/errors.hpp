#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

namespace signalbox {

/// What can go wrong, as callers tell failures apart. The mapping to HTTP,
/// JSON-RPC and exit codes is one table: `api/error_table.cpp`.
enum class errc : std::uint16_t {
  bad_request,         ///< malformed request: syntax, type or missing parameter
  bad_json,            ///< not strict JSON (I-JSON); `pointer` says where
  too_large,           ///< a limit on size, depth or count was passed
  not_found,           ///< the named thing does not exist
  unauthenticated,     ///< no token, or one that is unknown, expired or revoked
  forbidden,           ///< the principal lacks the role
  validation_failed,   ///< the draft was refused; the report says why (FR-8)
  conflict,            ///< the expected version is not the current one
  precondition,        ///< what the command was checked under has changed
  key_reused,          ///< the idempotency key came with another request
  already_released,    ///< this content was current once; use revert
  version_not_greater, ///< the semantic version does not grow
  expired,             ///< too late: after not_after on the log's clock
  closed,              ///< the command was closed and can never take effect
  void_entry,          ///< the fold voided the entry for another reason
  pending,             ///< appended or perhaps appended; no outcome yet
  overloaded,          ///< too many proposals in flight; try again later
  unavailable,         ///< not ready: the reason says what is missing
  read_only,           ///< the log refuses writes: full or read-only disk
  log_corrupt,         ///< the log is damaged; the message names the repair
  history_changed,     ///< the token belongs to another history
  not_yet,             ///< the token lies ahead of this node
  key_revoked,         ///< current under a revoked key and not resealed
  bad_signature,       ///< a signature or digest does not match
  bad_key,             ///< a key cannot be read, or is of the wrong kind
  io,                  ///< the operating system refused
  bug,                 ///< an invariant does not hold
};

/// The code as it stands in problem details and in JSON-RPC error data.
std::string_view to_string(errc x);

/// One failure: what, where (a JSON pointer if it lies in a document) and what
/// to do, in the message. Never holds a value that may be secret.
struct failure {
  errc code;
  std::string message;
  std::string pointer = {};
};

template <class T>
using result = boost::system::result<T, failure>;

/// Called by result::value() on a failure: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const failure& x,
                                             const boost::source_location&);

} // namespace signalbox
