#pragma once

#include <string>

#include "events/json.hpp"
#include "projections/audit_record.hpp"

namespace signalbox {

/// A record as GetAudit answers it: ReleaseRecord of section 9 of the
/// specification, and what we say beside it.
json::object to_json(const audit_record& x, const std::string& ledger_name);

/// An entry's place in the chain: the first 8 bytes of H, in hexadecimal, the
/// token of the place, the hash of the envelope.
json::object place_json(const view& seen, log_index index, byte_view record);

/// place_json and the whole envelope of an entry for GetAuditRecord: its event,
/// the names of its parts, what it was checked under, and its place in the
/// chain. Holds no body, and nothing of a token but its id.
json::object entry_json(const view& seen, log_index index, byte_view record);

} // namespace signalbox
