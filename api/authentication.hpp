#pragma once

#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "events/token.hpp"
#include "policy/access.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// Who calls. A caller without a token is anonymous and holds no role.
struct caller {
  principal_id principal;
  std::optional<token_id> token;
  role_mask roles = 0;

  bool anonymous() const { return !token; }
};

/// Judges an Authorization header under a view; `now` is the log's clock.
/// Errors: `unauthenticated`: not a bearer token of ours, unknown, expired or
/// revoked, or its principal is inactive. The reason is not told apart.
result<caller> authenticate(std::string_view authorization, const view& seen,
                            timestamp now);

/// Whether a caller that was authenticated once would still be; `who` has a
/// token. For what goes on long after its request.
bool is_still_known(const caller& who, const view& seen, timestamp now);

} // namespace signalbox
