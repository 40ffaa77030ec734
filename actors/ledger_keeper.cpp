#include "actors/ledger_keeper.hpp"

#include "actors/command.hpp"
#include "actors/log_checks.hpp"
#include "actors/log_parts.hpp"
#include "actors/lost_row.hpp"
#include "actors/moved_ledger.hpp"
#include "events/aggregate.hpp"
#include "events/record.hpp"

#include <exception>

namespace signalbox {

namespace d = actor_defaults;

ledger_keeper::ledger_keeper(ledger_config config)
    : config_{std::move(config)}, stored_{config_.log, config_.store,
                                          config_.status, config_.warn},
      views_{parts_of_log(config_.log)} {
  if (config_.exchange != nullptr)
    watch_.emplace(config_.log, *config_.exchange, config_.status,
                   config_.node);
}

// -- recovery ----------------------------------------------------------------

result<void> ledger_keeper::fold_log() {
  auto from = log_index{state_.size};
  auto source = [&](const envelope_visitor& visit) {
    const auto each = [&](const log_entry_view& x) {
      return visit(x.index, x.append_time, envelope_of(x.record));
    };
    return config_.shared != nullptr ? config_.shared->read_through(from, each)
                                     : config_.log.read(from, each);
  };
  return replay(state_, source, [&](const replayed_entry& x) -> result<void> {
    auto folded = fold_one(x);
    if (!folded)
      return folded.error();
    if (!state_.ledger)
      return no_ledger(state_);
    if (config_.progress && state_.size % 65'536 == 0)
      config_.progress(state_.size, config_.shared != nullptr
                                        ? config_.shared->known_size()
                                        : to_integer(config_.log.end()));
    return {};
  });
}

result<void> ledger_keeper::fold_whole_log() {
  state_ = stored_.load();
  config_.status.folded = state_.size;
  if (auto folded = fold_log(); !folded)
    return folded;
  if (!state_.ledger)
    return no_ledger(state_);
  return config_.head == nullptr
             ? result<void>{}
             : check_mark(*config_.head, config_.log, state_);
}

result<void> ledger_keeper::recover() {
  try {
    auto done = fold_whole_log();
    if (state_.ledger)
      publish();
    if (watch_)
      watch_->begin(state_, config_.steady_clock());
    if (!done)
      stop(done.error().message);
    else
      config_.status.set_ledger_problem("");
    return done;
  } catch (const std::exception& e) {
    // The caller waits for the start: what was published stays, and it is told.
    failure why{errc::bug,
                std::string{"the log cannot be folded: "} + e.what()};
    stop(why.message);
    return why;
  }
}

// -- folding -----------------------------------------------------------------

result<verdict> ledger_keeper::fold_one(const replayed_entry& x) {
  try {
    const lost_row fault{state_, x.entry};
    auto folded = step(state_, x.index, x.append_time, x.entry);
    if (!folded)
      return folded;
    fault.lose(state_);
    if (watch_)
      watch_->note(state_);
    const bool accepted = folded->result == outcome::accepted;
    views_.note(accepted && x.entry.command ? &x.entry.command->body : nullptr);
    ++(accepted ? config_.status.accepted : config_.status.voided);
    config_.status.folded = state_.size;
    return folded;
  } catch (const std::exception& e) {
    // A handler that throws would throw on every node and at every start:
    // nothing is skipped, the view stays.
    return failure{errc::bug, "the fold failed at entry " +
                                  std::to_string(to_integer(x.index)) + ": " +
                                  e.what()};
  }
}

void ledger_keeper::stop(std::string reason) {
  stopped_ = std::move(reason);
  config_.status.set_ledger_problem(stopped_);
  warn("the ledger stopped: " + stopped_);
}

void ledger_keeper::publish() {
  last_view_ = views_.build(state_);
  for (auto& line : views_.take_warnings())
    warn(std::move(line));
  config_.view.store(last_view_, config_.steady_clock());
  watch_moves();
}

void ledger_keeper::watch_moves() {
  if (state_.ledger->moved != moved_.empty())
    return;
  moved_ = state_.ledger->moved ? describe_move(state_, config_.log) : "";
  config_.status.set_moved(moved_);
  if (!moved_.empty())
    warn(moved_);
}

void ledger_keeper::follow() {
  while (stopped_.empty() && to_integer(config_.log.end()) > state_.size) {
    std::optional<failure> problem;
    std::vector<verdict> batch;
    auto read =
        config_.log.read(log_index{state_.size}, [&](const log_entry_view& x) {
          auto folded = fold_one(
              {x.index, x.append_time, decode_entry(envelope_of(x.record))});
          if (folded)
            batch.push_back(*folded);
          else
            problem = folded.error();
          return folded && batch.size() < d::fold_batch;
        });
    if (!batch.empty()) {
      clock_.note_entries(config_.steady_clock());
      if (watch_)
        watch_->advance(config_.steady_clock());
      publish();
    }
    for (auto& x : batch)
      settle(x);
    if (!read)
      problem = read.error();
    if (problem)
      stop(problem->message);
    if (stored_.lacks(state_) >= d::save_every)
      save();
  }
}

// -- writers -----------------------------------------------------------------

bool ledger_keeper::admit(const std::shared_ptr<proposal>& x) {
  auto refuse_with = [&](failure why) {
    command_answer answer;
    answer.refused = std::move(why);
    (*x->answer)(std::move(answer));
    return false;
  };
  auto refuse = [&](errc code, std::string why) {
    return refuse_with({code, std::move(why)});
  };
  if (!stopped_.empty())
    return refuse(errc::unavailable, stopped_);
  if (!config_.writes)
    return refuse_with(refusal_of_replica());
  // All else is void; what concerns the ledger itself may end that.
  if (!moved_.empty() && x->aggregate != ledger_aggregate())
    return refuse(errc::read_only, moved_);
  // What the node has to say of its own goes on: time does.
  if (watch_ && !watch_->problem().empty() && x->not_after != timestamp{})
    return refuse(errc::unavailable, watch_->problem());
  auto added = waiting_.add(x, config_.steady_clock() + d::answer_within);
  config_.status.in_flight = waiting_.size();
  if (added)
    return true;
  ++config_.status.overloads;
  return refuse(errc::overloaded,
                "too many commands wait for their outcome: try again");
}

command_answer ledger_keeper::describe(log_index decided, bool replayed,
                                       const std::string& aggregate) const {
  command_answer out;
  auto& judged = state_.judgements[to_integer(decided)];
  out.result = static_cast<outcome>(judged.result);
  out.replayed = replayed;
  out.index = decided;
  out.request = judged.request;
  out.version = state_.version_of(aggregate);
  if (aggregate.starts_with("channel/"))
    if (auto* channel =
            state_.channels.find(std::string_view{aggregate}.substr(8)))
      out.winner = channel->change_index;
  out.seen = last_view_;
  out.token = last_view_->token();
  return out;
}

command_answer ledger_keeper::answer_for(const verdict& x,
                                         const proposal& waiting) const {
  bool replayed = x.result == outcome::duplicate;
  auto out =
      describe(replayed ? x.decided_by : x.index, replayed, waiting.aggregate);
  if (!replayed)
    out.result = x.result;
  return out;
}

/// Remembers a command that was told `pending`. What has no deadline is the
/// node's own: nobody asks for it.
void ledger_keeper::remember(const proposal& x) {
  if (x.not_after != timestamp{})
    in_doubt_.add(x.id, x.attempt, config_.steady_clock() + d::close_after);
}

void ledger_keeper::settle(const verdict& x) {
  in_doubt_.settle(x.id, x.attempt);
  auto& request = state_.judgements[to_integer(x.index)].request;
  if (auto waiting = waiting_.take(x.id, x.attempt, request)) {
    config_.status.in_flight = waiting_.size();
    (*waiting->answer)(answer_for(x, *waiting));
  }
}

void ledger_keeper::on(const failure& why, const proposal& x) {
  auto waiting = waiting_.take(x);
  if (waiting == nullptr)
    return;
  config_.status.in_flight = waiting_.size();
  if (why.code == errc::pending)
    remember(x);
  command_answer answer;
  answer.refused = why;
  (*waiting->answer)(std::move(answer));
}

void ledger_keeper::answer_unjudged(const proposal& x) {
  auto waiting = waiting_.take(x);
  if (waiting == nullptr)
    return;
  config_.status.in_flight = waiting_.size();
  command_answer answer;
  answer.index = log_index{state_.size - 1};
  answer.request = x.request;
  answer.version = state_.version_of(x.aggregate) + 1;
  answer.seen = last_view_;
  answer.token = last_view_->token();
  (*waiting->answer)(std::move(answer));
}

void ledger_keeper::find(const event_id& id, bool for_good,
                         answer_once& answer) {
  auto refuse = [&](errc code, std::string why) {
    command_answer out;
    out.refused = failure{code, std::move(why)};
    answer(std::move(out));
  };
  if (last_view_ == nullptr)
    return refuse(errc::unavailable, "the ledger is not folded yet");
  if (auto* closed = state_.closed.find(id.hex())) {
    auto out = describe(closed->index, true, {});
    out.result = outcome::closed;
    return answer(std::move(out));
  }
  const auto in_doubt = waiting_.contains(id) || in_doubt_.contains(id);
  const auto at = state_.find_command(id);
  const auto* judged = at ? &state_.judgements[to_integer(*at)] : nullptr;
  const bool lost =
      judged && may_be_judged_again(static_cast<outcome>(judged->result));
  // A lost race is not the last word while a further attempt is under way, here
  // or at another node.
  if (judged && !(lost && (in_doubt || for_good)))
    return answer(describe(*at, true, {}));
  if (in_doubt)
    return refuse(errc::pending, "the command has no outcome yet: ask again");
  if (!stopped_.empty())
    return refuse(errc::unavailable, stopped_);
  if (!config_.writes)
    return refuse(errc::unavailable,
                  "this node is a replica and has not seen the command's "
                  "outcome: ask a node that writes");
  if (!lost)
    return refuse(errc::not_found, "no such command reached this ledger");
  if (!moved_.empty()) // no attempt is accepted any more
    return answer(describe(*at, true, {}));
  if (!may_propose())
    return refuse(errc::unavailable,
                  "the command lost a race, and this node may not close it: "
                  "ask a node that writes");
  in_doubt_.add(id, judged->attempt + 1,
                config_.steady_clock() + d::next_attempt_within);
  refuse(errc::pending, "the command lost a race, and another attempt may be "
                        "under way: ask again");
}

} // namespace signalbox
