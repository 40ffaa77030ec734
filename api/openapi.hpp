#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace signalbox {

/// A file below `schemas/openapi/`, embedded at build time.
struct openapi_file {
  std::string_view path; ///< `operations/GetConfig.json`
  std::string_view text;
};

/// What people wrote of the interface.
std::span<const openapi_file> openapi_files();

/// Who may read without a token.
enum class read_access : std::uint8_t { everybody, token };

/// The OpenAPI 3.1 document of this node (NFR-9), as JSON text. Paths, places
/// of parameters, roles and the forms of JSON-RPC come from the tables that
/// serve them, so none can be missing; summaries, types and answers from
/// `schemas/openapi/`, one file for each operation. What nobody described
/// stands there without words.
std::string make_openapi(std::string_view ledger_name, read_access reads);

} // namespace signalbox
