#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "events/errors.hpp"
#include "events/ids.hpp"
#include "events/outcome.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// What a writer is told. Either the fold's word, or why there is none.
struct command_answer {
  /// No outcome: `overloaded`, `read_only` or `unavailable` (never appended),
  /// or `pending` (perhaps appended: ask for the command's resource).
  std::optional<failure> refused;

  // Only if not refused:
  outcome result = outcome::accepted;
  bool replayed = false;            ///< decided by an earlier entry
  log_index index{};                ///< the entry that decided
  digest request;                   ///< of the command as that entry has it
  std::uint64_t version = 0;        ///< of the aggregate, now
  std::optional<log_index> winner;  ///< last entry that changed the channel
  consistency_token token;          ///< to read one's own write anywhere
  std::shared_ptr<const view> seen; ///< a view that shows the outcome
};

/// Answers exactly once: whoever drops it unanswered answers `pending`, so that
/// no writer waits for ever, whichever actor dies.
class answer_once {
 public:
  using function = std::function<void(command_answer)>;

  explicit answer_once(function f) : f_{std::move(f)} {}
  answer_once(const answer_once&) = delete;
  answer_once& operator=(const answer_once&) = delete;
  ~answer_once();

  /// Any thread. Later calls do nothing.
  void operator()(command_answer x);

  /// Answers `pending`: nobody follows the command any more.
  void give_up();

 private:
  function f_;
  std::atomic<bool> done_{false};
};

/// A command on its way into the log.
struct proposal {
  event_id id;
  digest request; ///< tells two commands that came under one key apart
  std::uint32_t attempt = 0;
  principal_id principal;
  bool urgent = false; ///< may take the slot that is kept for reverts
  std::string aggregate;
  byte_buffer record;
  timestamp not_after{};
  std::shared_ptr<answer_once> answer;
};

} // namespace signalbox
