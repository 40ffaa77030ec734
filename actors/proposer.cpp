#include "actors/proposer.hpp"

#include "actors/defaults.hpp"
#include "actors/lanes.hpp"

#include <algorithm>
#include <exception>

#include <caf/all.hpp>

namespace signalbox {

namespace {

namespace d = actor_defaults;

/// not_after on the log's clock: its last time, plus what has passed here
/// since. After a restart or a machine's sleep that is not known: then the wall
/// clock is the better guess, and too late an hour does no harm.
timestamp deadline(const published& seen,
                   std::chrono::steady_clock::time_point now, timestamp wall) {
  auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - seen.at);
  return std::max(seen.data->log_time + elapsed.count(), wall) +
         d::command_life;
}

bool is_revoked(const view& seen, const token_id& token) {
  auto i = seen.access->tokens.find(token);
  return i != seen.access->tokens.end() && i->second.first.revoked;
}

/// Whatever a command's own code throws is that command's failure alone.
result<preparation> prepare(const command& x, const view& seen) {
  if (x.context.token && is_revoked(seen, *x.context.token))
    return failure{errc::unauthenticated,
                   "the token was revoked meanwhile: nothing was changed"};
  try {
    return x.prepare(seen);
  } catch (const std::exception& e) {
    return failure{errc::bug,
                   std::string{"the command's check failed: "} + e.what()};
  }
}

bool lost_race(const command_answer& x) {
  return !x.refused && may_be_judged_again(x.result);
}

/// A proposer's commands and how they go on.
class proposing {
 public:
  proposing(proposer_actor::pointer self, proposer_config config,
            std::function<ledger_actor()> ledger)
      : self_{self}, config_{std::move(config)}, ledger_{std::move(ledger)} {}

  void start(std::shared_ptr<command> x) {
    switch (lanes_.enter(x, config_.steady_clock() + d::queue_within)) {
    case lanes::turn::now:
      return run(std::move(x));
    case lanes::turn::later:
      return arm();
    case lanes::turn::never:
      refuse(*x, {errc::overloaded,
                  "too many publications of this profile wait for their turn "
                  "on this node: nothing was written, try again later"});
    }
  }

  /// Who waits too long is told, however long the one under way takes.
  void on_expiry() {
    armed_ = false;
    for (auto& x : lanes_.expire(config_.steady_clock()))
      refuse(*x, {errc::overloaded,
                  "the publications before this one took too long: nothing "
                  "was written, repeat it with the same key"});
    arm();
  }

  /// Without a ledger they are dropped, and so told that nobody follows them.
  void hand_over_ready() {
    auto ready = std::exchange(ready_, {});
    if (auto to = ledger_(); to && !ready.empty())
      self_->send(to, propose{std::move(ready)});
  }

  void on_outcome(std::shared_ptr<command> x, command_answer answer) {
    if (x->last_word)
      return on_closed(x, std::move(answer));
    if (!lost_race(answer) || is_beaten(*x, answer))
      return conclude(*x, {false, std::move(answer)});
    if (x->context.attempt + 1 < d::max_attempts) {
      ++x->context.attempt;
      return run(std::move(x));
    }
    close(x, {false, std::move(answer)});
  }

 private:
  /// Whether no attempt can ever win: versions only grow.
  static bool is_beaten(const command& x, const command_answer& answer) {
    return answer.result == outcome::conflict && !x.may_retry;
  }

  void conclude(command& x, command::conclusion what) {
    x.finish(std::move(what));
    if (auto next = lanes_.leave(x))
      run(std::move(next));
  }

  std::shared_ptr<answer_once> answer_to_me(const std::shared_ptr<command>& x) {
    return std::make_shared<answer_once>(
        [me = proposer_actor{self_}, x](command_answer y) {
          caf::anon_send(
              me, attempted{x, std::make_shared<command_answer>(std::move(y))});
        });
  }

  /// Gives the command up for good before anybody is told that it lost.
  void close(const std::shared_ptr<command>& x, command::conclusion told) {
    x->last_word = std::move(told);
    ask_ledger(close_command{x->id, x->context.attempt, answer_to_me(x)});
  }

  /// Of a command that was never proposed here another node may have been told
  /// too, and have made it true.
  void give_up(const std::shared_ptr<command>& x, const view& seen,
               command::conclusion told) {
    if (x->proposed)
      return close(x, std::move(told));
    x->id = make_event_id(seen.ledger.id, x->context.principal, x->context.key);
    x->last_word = std::move(told);
    x->fate_asked = true;
    ask_ledger(find_command{x->id, answer_to_me(x)});
  }

  template <class Message>
  void ask_ledger(Message what) {
    hand_over_ready(); // which may be what is asked about
    if (auto to = ledger_())
      self_->send(to, std::move(what));
    else
      what.answer->give_up();
  }

  /// The answer is what became of the closing, and then, as nobody knows
  /// whether it came first, what became of the command.
  void on_closed(const std::shared_ptr<command>& x, command_answer answer) {
    if (answer.refused && x->proposed)
      return conclude(*x, {false, in_doubt(*answer.refused)});
    if (!std::exchange(x->fate_asked, true))
      return ask_ledger(find_command{x->id, answer_to_me(x)});
    const bool is_decided = answer.refused
                                ? answer.refused->code == errc::pending
                                : answer.result == outcome::accepted;
    conclude(*x, is_decided ? command::conclusion{false, std::move(answer)}
                            : std::move(*x->last_word));
  }

  /// It lost, and could not be closed: the ledger goes on trying.
  static command_answer in_doubt(const failure& why) {
    command_answer out;
    out.refused = failure{errc::pending, "the command lost a race and is not "
                                         "closed yet: " +
                                             why.message};
    return out;
  }

  /// One timer for all who wait: the earliest deadline.
  void arm() {
    auto next = armed_ ? std::nullopt : lanes_.next_deadline();
    if (!next)
      return;
    armed_ = true;
    self_->delayed_send(self_, *next - config_.steady_clock(), expire_queued{});
  }

  /// Attempts a command; where that concludes it, the next one of its lane.
  void run(std::shared_ptr<command> x) {
    while (x != nullptr && attempt(x))
      x = lanes_.leave(*x);
  }

  /// True if the command is concluded, false if its outcome will come.
  bool attempt(const std::shared_ptr<command>& x) {
    auto seen = config_.view.load();
    auto to = ledger_();
    if (seen == nullptr || !to)
      return refuse(*x, {errc::unavailable,
                         "the ledger is starting: try again in a moment"});
    auto prepared = prepare(*x, *seen->data);
    if (!prepared) {
      command::conclusion told;
      told.answer.refused = prepared.error();
      give_up(x, *seen->data, std::move(told));
      return false;
    }
    auto* draft = std::get_if<proposal_draft>(&*prepared);
    if (draft == nullptr)
      return conclude_unchanged(*x, *seen);
    auto wall = config_.wall_clock();
    x->context.not_after = deadline(*seen, config_.steady_clock(), wall);
    auto encoded = encode_proposal(*draft, x->context, *seen->data, wall);
    if (!encoded)
      return refuse(*x, encoded.error());
    auto what = std::move(*encoded);
    what->answer = answer_to_me(x);
    x->proposed = true;
    x->id = what->id;
    make_ready(std::move(what));
    return false;
  }

  /// Whatever is in the mailbox now is prepared before the first one leaves, up
  /// to a limit.
  void make_ready(std::shared_ptr<proposal> x) {
    const bool at_once = x->urgent || ready_.size() + 1 >= d::most_ready;
    ready_.push_back(std::move(x));
    if (at_once)
      hand_over_ready();
    else if (ready_.size() == 1)
      self_->send(self_, hand_over{});
  }

  static bool refuse(command& x, failure why) {
    command::conclusion out;
    out.answer.refused = std::move(why);
    x.finish(std::move(out));
    return true;
  }

  static bool conclude_unchanged(command& x, const published& seen) {
    command::conclusion out;
    out.nothing = true;
    out.answer.seen = seen.data;
    out.answer.token = seen.data->token();
    x.finish(std::move(out));
    return true;
  }

  proposer_actor::pointer self_;
  proposer_config config_;
  std::function<ledger_actor()> ledger_;
  lanes lanes_{{d::max_queued_per_lane, d::max_queued}};
  std::vector<std::shared_ptr<proposal>> ready_;
  bool armed_ = false;
};

} // namespace

proposer_actor::behavior_type proposer(proposer_actor::pointer self,
                                       proposer_config config,
                                       std::function<ledger_actor()> ledger) {
  auto commands =
      std::make_shared<proposing>(self, std::move(config), std::move(ledger));
  return {
      [commands](const execute& x) { commands->start(x.what); },
      [commands](const attempted& x) {
        commands->on_outcome(x.what, std::move(*x.answer));
      },
      [commands](const expire_queued&) { commands->on_expiry(); },
      [commands](const hand_over&) { commands->hand_over_ready(); },
  };
}

} // namespace signalbox
