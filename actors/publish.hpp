#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/command.hpp"
#include "actors/draft_check.hpp"
#include "actors/node_keys.hpp"
#include "projections/view.hpp"

namespace signalbox {

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
