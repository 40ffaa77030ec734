#pragma once

#include "api/http_message.hpp"
#include "events/errors.hpp"

namespace signalbox {

/// The one mapping of failures to the outside (style rule 19).
struct error_row {
  errc code;
  unsigned status; ///< HTTP
  int rpc;         ///< JSON-RPC 2.0 error code
  int exit;        ///< of the command line
  std::string_view title;
};

const error_row& lookup(errc code);

/// The row of a code as it came over the wire; that of `bug` if it is unknown.
const error_row& lookup(std::string_view code);

} // namespace signalbox
