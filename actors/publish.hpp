#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/command.hpp"
#include "actors/node_keys.hpp"
#include "policy/draft.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// A draft and where it is to go.
struct draft_request {
  std::string client_id;
  std::string profile;
  std::string draft;                     ///< text of draft_payload
  std::optional<std::string> schema_ref; ///< none: the newest of the default
};

/// What a publisher asks for (section 10).
struct publish_request {
  draft_request draft;
  std::string changelog;
  std::optional<std::string> policy_set_id;      ///< an assertion, not a choice
  std::optional<std::string> version;            ///< none: the next patch
  std::optional<std::uint64_t> expected_version; ///< of the channel
  std::string publisher_id;
  std::optional<token_id> token; ///< that the caller came with
  /// The ledger has judged a command of this key: ask it again. Nothing is
  /// checked or sealed, for the conditions of then need not hold any more.
  bool judged = false;
};

/// A draft after its checks, with what it was checked under. Shares the view's
/// documents.
struct checked_request {
  checked_draft draft;
  validation_report report;
  std::uint32_t major = 0;
};

/// Checks a draft under a view (FR-6..8): under the policy set that is bound to
/// the profile, or under another one. Findings are no failure.
/// Errors: `not_found` (family, profile, schema), `unavailable` (no policy set
/// is bound, or a document cannot be read).
result<checked_request>
check_request(const view& seen, const draft_request& x,
              const catalog_policy_set* other = nullptr);

/// An artifact as it was sealed, and what its entry says beside it.
struct sealed_artifact {
  std::string core;
  byte_buffer signature;
  std::string changelog;
};

/// What became of a publish beyond the command's answer.
struct publish_result {
  std::optional<validation_report> report;
  digest artifact;
  std::uint32_t major = 0;
  sealed_artifact sealed; ///< of the last attempt; empty if none was made
};

/// Refuses literal secrets and e-mail addresses in free text, with a report.
std::vector<finding> check_changelog(const std::string& text);

/// Makes the command that checks, seals and proposes the draft. `done` gets the
/// last attempt's result beside the conclusion.
std::shared_ptr<command>
make_publish(publish_request request, command_context context,
             std::shared_ptr<const node_keys> keys,
             std::function<timestamp()> wall_clock,
             std::function<void(command::conclusion, publish_result)> done);

} // namespace signalbox
