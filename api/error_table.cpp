#include "api/error_table.hpp"

#include <algorithm>
#include <array>

namespace signalbox {

namespace {

// -32602 is the protocol's "invalid params"; from -32000 on it is ours.
constexpr std::array<error_row, 27> table{{
    {errc::bad_request, 400, -32602, 2, "Bad request"},
    {errc::bad_json, 400, -32602, 2, "Not strict JSON"},
    {errc::too_large, 413, -32010, 2, "Too large"},
    {errc::not_found, 404, -32004, 3, "Not found"},
    {errc::unauthenticated, 401, -32001, 6, "Not authenticated"},
    {errc::forbidden, 403, -32003, 6, "Forbidden"},
    {errc::validation_failed, 422, -32022, 4, "The draft was refused"},
    {errc::conflict, 409, -32009, 5, "Conflict"},
    {errc::precondition, 409, -32009, 5, "Changed in the meantime"},
    {errc::key_reused, 422, -32022, 5, "The idempotency key was used"},
    {errc::already_released, 409, -32009, 5, "Released before"},
    {errc::version_not_greater, 422, -32022, 4, "The version does not grow"},
    {errc::expired, 409, -32009, 5, "Too late"},
    {errc::closed, 409, -32009, 5, "The command was closed"},
    {errc::void_entry, 409, -32009, 5, "Void"},
    {errc::pending, 202, -32002, 7, "No outcome yet"},
    {errc::overloaded, 503, -32050, 7, "Overloaded"},
    {errc::unavailable, 503, -32050, 7, "Not available"},
    {errc::read_only, 503, -32050, 7, "Writes are refused"},
    {errc::log_corrupt, 500, -32603, 1, "The log is damaged"},
    {errc::history_changed, 409, -32009, 5, "Another history"},
    {errc::not_yet, 503, -32050, 7, "Not reached yet"},
    {errc::key_revoked, 503, -32050, 7, "The sealing key is revoked"},
    {errc::bad_signature, 422, -32022, 4, "A signature does not verify"},
    {errc::bad_key, 400, -32602, 1, "Not a usable key"},
    {errc::io, 500, -32603, 1, "The operating system refused"},
    {errc::bug, 500, -32603, 1, "Internal error"},
}};

} // namespace

const error_row& lookup(errc code) {
  return *std::find_if(table.begin(), table.end() - 1,
                       [&](auto& row) { return row.code == code; });
}

const error_row& lookup(std::string_view code) {
  return *std::find_if(table.begin(), table.end() - 1,
                       [&](auto& row) { return to_string(row.code) == code; });
}

} // namespace signalbox
