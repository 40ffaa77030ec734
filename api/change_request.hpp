#pragma once

#include <optional>

#include "api/change_pages.hpp"
#include "api/operation.hpp"
#include "events/token.hpp"

namespace signalbox {

/// Which changes a caller of PollChanges or SubscribeConfigUpdates asks for.
struct change_request {
  change_filter filter;
  std::optional<consistency_token> since; ///< after this place
  bool from_now = false;                  ///< `since_token=now`
};

/// Reads client_id, profile and since_token. Errors: `bad_request`,
/// `not_found` for a client or profile that does not exist.
result<change_request> read_change_request(parameter_reader& in,
                                           const view& seen);

/// Where the answer begins: after the token; from now; or, without a token,
/// with what is in force.
/// Errors: `history_changed`, `not_yet`.
result<change_query> begin_changes(const change_request& x, const view& seen);

/// How `since_token` is to be given to the next call; empty where there is no
/// place yet from which everything would follow.
std::string begin_token(const change_request& x, const view& seen);

} // namespace signalbox
