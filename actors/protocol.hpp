#pragma once

#include <memory>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/fwd.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>
#include <caf/unit.hpp>

#include "actors/proposal.hpp"
#include "events/ids.hpp"

/// The protocol of all actors, on one page. Messages stay inside the process.
namespace signalbox {

struct command;      // actors/command.hpp
class linear_reader; // actors/linear_readers.hpp

/// To the appender: make these records durable.
struct append {
  std::vector<std::shared_ptr<const proposal>> what;
};

/// To whoever follows the log: entries below `end` are durable.
struct advanced {
  log_index end{};
};

/// To the ledger: this record will not show up, or perhaps not. `why` is null
/// for fault::answer_on_delivery alone.
struct append_failed {
  std::shared_ptr<const proposal> what;
  std::shared_ptr<const failure> why;
};

/// To the ledger: append these and answer each with the fold's outcome. What is
/// ready at once travels together: an actor that sleeps is woken for each
/// message, and that takes longer than what most of them ask for.
struct propose {
  std::vector<std::shared_ptr<proposal>> what;
};

/// To the ledger: what became of a command?
struct find_command {
  event_id id;
  std::shared_ptr<answer_once> answer;
  /// An attempt that lost a race is no outcome: `pending` until one is there,
  /// and soon closed.
  bool for_good = false;
};

/// To the ledger: no further attempt of this command is to take effect.
struct close_command {
  event_id id;
  std::uint32_t attempt = 0;           ///< the last one
  std::shared_ptr<answer_once> answer; ///< what became of the closing
};

/// To the ledger: tell once the view shows all that was acknowledged before.
struct await_latest {
  std::shared_ptr<linear_reader> who;
};

/// To the ledger, from itself: what became of a tick for linear readers.
struct tick_judged {
  std::shared_ptr<const command_answer> answer;
};

/// To a proposer: carry a command through to its answer.
struct execute {
  std::shared_ptr<command> what;
};

/// To a proposer, from itself: the outcome of an attempt.
struct attempted {
  std::shared_ptr<command> what;
  std::shared_ptr<command_answer> answer;
};

struct expire_queued {}; ///< to a proposer, from itself: refuse who waited
                         ///< too long for its lane
struct hand_over {};     ///< to a proposer, from itself: propose what is ready
struct flush {}; ///< to the appender, from itself: write the group; from
                 ///< the ledger: see whether the log is well again
struct woken {}; ///< to a shared appender: the log has something
struct held_back_due {}; ///< to a shared appender, from itself: send what waits
struct tick_due {};      ///< to the ledger, from itself: linear readers wait
struct beat {};          ///< to the ledger, from itself: housekeeping
struct respawn {};       ///< to the supervisor, from itself: start what crashed

/// Makes records durable, in groups. Blocks: runs on a thread of its own.
using appender_actor =
    caf::typed_actor<caf::reacts_to<append>, ///< answered by `advanced` or
                                             ///< `append_failed`
                     caf::reacts_to<flush>>;

/// The same for a log with other writers; tells also what those wrote.
using shared_appender_actor =
    appender_actor::extend<caf::reacts_to<woken>, ///< takes what has come
                           caf::reacts_to<held_back_due>>;

/// Folds the log, publishes views, answers writers.
using ledger_actor =
    caf::typed_actor<caf::reacts_to<propose>, ///< answered through the proposal
                     caf::reacts_to<find_command>,  ///< answered through the
                                                    ///< message
                     caf::reacts_to<close_command>, ///< the same
                     caf::reacts_to<advanced>, ///< reads and folds up to there
                     caf::reacts_to<append_failed>, ///< answers the writer
                     caf::reacts_to<await_latest>,  ///< answered through the
                                                    ///< reader
                     caf::reacts_to<tick_due>, caf::reacts_to<tick_judged>,
                     caf::reacts_to<beat>>;

/// Checks and seals commands, proposes them, tries again after a lost race.
using proposer_actor =
    caf::typed_actor<caf::reacts_to<execute>, caf::reacts_to<attempted>,
                     caf::reacts_to<expire_queued>, caf::reacts_to<hand_over>>;

/// Starts the actors above and restarts what crashes.
using supervisor_actor = caf::typed_actor<caf::reacts_to<respawn>>;

} // namespace signalbox

CAF_BEGIN_TYPE_ID_BLOCK(signalbox, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(signalbox, (signalbox::append))
CAF_ADD_TYPE_ID(signalbox, (signalbox::advanced))
CAF_ADD_TYPE_ID(signalbox, (signalbox::append_failed))
CAF_ADD_TYPE_ID(signalbox, (signalbox::propose))
CAF_ADD_TYPE_ID(signalbox, (signalbox::find_command))
CAF_ADD_TYPE_ID(signalbox, (signalbox::execute))
CAF_ADD_TYPE_ID(signalbox, (signalbox::attempted))
CAF_ADD_TYPE_ID(signalbox, (signalbox::flush))
CAF_ADD_TYPE_ID(signalbox, (signalbox::woken))
CAF_ADD_TYPE_ID(signalbox, (signalbox::beat))
CAF_ADD_TYPE_ID(signalbox, (signalbox::respawn))
CAF_ADD_TYPE_ID(signalbox, (signalbox::expire_queued))
CAF_ADD_TYPE_ID(signalbox, (signalbox::close_command))
CAF_ADD_TYPE_ID(signalbox, (signalbox::await_latest))
CAF_ADD_TYPE_ID(signalbox, (signalbox::tick_due))
CAF_ADD_TYPE_ID(signalbox, (signalbox::tick_judged))
CAF_ADD_TYPE_ID(signalbox, (signalbox::hand_over))
CAF_ADD_TYPE_ID(signalbox, (signalbox::held_back_due))
CAF_END_TYPE_ID_BLOCK(signalbox)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::append)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::advanced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::append_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::propose)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::find_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::execute)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::attempted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::woken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::beat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::respawn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::expire_queued)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::close_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::await_latest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::tick_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::tick_judged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::hand_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(signalbox::held_back_due)
