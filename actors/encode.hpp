#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/proposal.hpp"
#include "events/envelope.hpp"
#include "events/record.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// An event before it has an envelope. Its views point into `memory`, which
/// keeps its places when the draft is moved.
struct proposal_draft {
  event::body body;
  expectation expected;
  std::vector<std::pair<std::string, std::uint64_t>> preconditions;
  std::vector<record_part> parts;
  std::list<std::string> memory;
  bool urgent = false;

  /// Keeps a text for as long as the draft lives.
  std::string_view keep(std::string text) {
    return memory.emplace_back(std::move(text));
  }

  /// Adds a part; the next free number is its place.
  void add_part(std::string text) {
    parts.push_back(make_part(keep(std::move(text))));
  }
};

/// What an envelope says beside the event.
struct command_context {
  principal_id principal;
  principal_id node;
  std::optional<token_id> token; ///< that it was asked with; no attempt is
                                 ///< made once that is revoked
  std::string key;               ///< idempotency key
  digest request;                ///< SHA-256 of the canonical request
  std::uint32_t attempt = 0;
  timestamp not_after{}; ///< on the log's clock; 0: none
  std::string correlation;
  std::string traceparent;
};

/// Makes the record. `seen` is the view that the command was checked under: its
/// last entry is the basis. The answer is the caller's to set.
///
/// Errors: `too_large` (envelope or record above its limit), `bad_request` (the
/// envelope would not decode, as with a text that is no UTF-8). The fold voids
/// such an entry without an id, so that nobody could be told.
result<std::shared_ptr<proposal>>
encode_proposal(const proposal_draft& draft, const command_context& context,
                const view& seen, timestamp now);

} // namespace signalbox
