#pragma once

#include <iosfwd>

#include "app/client_options.hpp"

namespace signalbox {

/// Reads a draft for a request body. Errors: those of file and JSON, which
/// name the file.
result<json::value> read_draft(const std::string& path);

/// Lists the findings of a ValidationReport; says so if there are none.
void print_findings(std::ostream& out, const json::value& report);

} // namespace signalbox
