#pragma once

#include <filesystem>
#include <string>

#include "events/errors.hpp"
#include "events/ids.hpp"
#include "policy/access.hpp"

namespace signalbox {

/// A token to be issued without a server.
struct token_order {
  role_mask roles = 0;
  timestamp expires_at{};  ///< 0: never
  std::string description; ///< for people; 256 bytes at most, no secrets
};

struct offline_token {
  std::string text; ///< show once
  token_id id;
  principal_id principal;
};

/// Issues a token, with a principal of its own, in a directory that no server
/// uses: through the log and the fold, like the server. The way back in where
/// no administrator's token is left; whoever may write the directory may do it.
/// Errors: `bad_request` (the description), and those of offline_ledger.
result<offline_token> issue_offline(const std::filesystem::path& data,
                                    const token_order& order);

} // namespace signalbox
