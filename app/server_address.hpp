#pragma once

#include <string>

#include "events/errors.hpp"

namespace signalbox {

/// Where a server is, as `--url` names it.
struct server_address {
  bool tls = false; ///< https
  std::string host; ///< a name or an address, without brackets
  std::string port;
  std::string authority; ///< as the field Host has it
  std::string prefix;    ///< of all paths, without the last slash
};

/// http://HOST[:PORT][/PREFIX] or the same with https.
/// Errors: `bad_request`.
result<server_address> parse_server_address(const std::string& url);

} // namespace signalbox
