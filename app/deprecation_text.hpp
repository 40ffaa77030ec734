#pragma once

#include <string>

#include "events/json.hpp"

namespace signalbox {

/// What {since, until?, message} says of a schema version (section 15), for
/// people: `deprecated from 2026-12-01, no drafts from 2027-06-01: MESSAGE`.
/// Empty for anything else.
std::string deprecation_text(const json::value& x);

/// The schemas of a family as ListClients shows them, with commas; behind a
/// deprecated one its window: `codex/1.0.0 (deprecated 2026-12-01 to
/// 2027-06-01)`.
std::string schemas_text(const json::value& family);

} // namespace signalbox
