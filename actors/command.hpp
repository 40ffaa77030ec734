#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "actors/encode.hpp"
#include "events/errors.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// There is nothing to write: what was asked for is so already.
struct nothing_to_do {};

/// What a replica answers whoever wants to write. Its code is `read_only`.
failure refusal_of_replica();

/// What a command wants to write under a view.
using preparation = std::variant<proposal_draft, nothing_to_do>;

/// One command on its way through a proposer: checked and sealed under a view,
/// proposed, and checked again under a newer one after a lost race.
struct command {
  command_context context;

  /// Checks the command under this view and makes its event. Pure but for
  /// sealing; runs on an actor's thread, possibly several times.
  std::function<result<preparation>(const view&)> prepare;

  /// Called exactly once, on an actor's thread, with the final answer.
  /// `nothing` is true if prepare found nothing to do.
  struct conclusion {
    bool nothing = false;
    command_answer answer; ///< `refused` also holds what prepare failed with
  };
  std::function<void(conclusion)> conclude;

  /// Commands of one lane that may be retried are proposed one after another,
  /// so that writers of one channel on one node do not race each other. Empty:
  /// no lane.
  std::string lane;

  /// Whether a lost race for the version may be tried again under the newer
  /// view: not if the caller named the version that it expects. prepare may set
  /// it anew.
  bool may_retry = true;

  /// Whether an attempt left for the log: from then on nobody may say that it
  /// never will be there, unless the log says so.
  bool proposed = false;

  event_id id; ///< once it was proposed

  /// What the caller is told as soon as the log has closed the command. Without
  /// that, who sent it to another node too might see it accepted after all.
  std::optional<conclusion> last_word;
  bool fate_asked = false; ///< the ledger was asked what became of it

  ~command();

  /// Calls conclude unless it was called before.
  void finish(conclusion x);
};

} // namespace signalbox
