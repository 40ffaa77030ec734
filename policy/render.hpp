#pragma once

#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "events/json.hpp"
#include "policy/family.hpp"

namespace signalbox {

/// The client's file for a payload. A function of the payload's canonical form
/// and of nothing else: equal payloads give equal bytes, whatever the versions
/// of libraries, since clients ask for trust again when a byte changes.
///
/// Errors: `validation_failed` with the pointer if the format cannot express a
/// value (TOML has no null, a key in YAML has a limit); `too_large`.
result<std::string> render(render_kind kind, const json::value& payload,
                           std::string_view canonical);

/// Canonical JSON over several lines: two spaces, one member or element a
/// line, a line feed at the end. Numbers and strings keep their bytes.
std::string pretty_json(std::string_view canonical);

} // namespace signalbox
