#include "actors/ledger_keeper.hpp"

#include "actors/encode.hpp"
#include "events/aggregate.hpp"
#include "events/hash.hpp"
#include "events/record.hpp"
#include "projections/chain.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>

namespace signalbox {

namespace d = actor_defaults;

part_source parts_of_log(const event_log& log) {
  return [&log](log_index index, std::size_t part) -> result<std::string> {
    result<std::string> out =
        failure{errc::log_corrupt,
                "entry " + std::to_string(to_integer(index)) + " is missing"};
    auto read = log.read(index, [&](const log_entry_view& entry) {
      if (entry.index == index)
        out = checked_part(entry.record, part);
      return false;
    });
    if (!read)
      return read.error();
    return out;
  };
}

ledger_keeper::ledger_keeper(ledger_config config)
    : config_{std::move(config)}, stored_{config_.log, config_.store,
                                          config_.status, config_.warn},
      views_{parts_of_log(config_.log)} {}

// -- recovery ----------------------------------------------------------------

result<void> ledger_keeper::fold_log() {
  auto end = to_integer(config_.log.end());
  auto from = log_index{state_.size};
  auto source = [&](const envelope_visitor& visit) {
    return config_.log.read(from, [&](const log_entry_view& x) {
      return visit(x.index, x.append_time, envelope_of(x.record));
    });
  };
  return replay(state_, source, [&](const replayed_entry& x) -> result<void> {
    auto folded = fold_one(x);
    if (!folded)
      return folded.error();
    if (!state_.ledger)
      return no_ledger();
    if (config_.progress && state_.size % 65'536 == 0)
      config_.progress(state_.size, end);
    return {};
  });
}

result<void> ledger_keeper::check_mark() {
  if (config_.head == nullptr)
    return {};
  auto mark = config_.head->read();
  if (!mark)
    return mark.error();
  if (!*mark)
    return {};
  if (auto checked = check_head(config_.log, **mark); !checked)
    return checked;
  if (state_.judgements[to_integer((*mark)->index)].chain !=
      chain_prefix((*mark)->hash))
    return failure{errc::log_corrupt,
                   "the log is not the one that this node folded: entry " +
                       std::to_string(to_integer((*mark)->index)) +
                       " differs; restore the log from a backup"};
  return {};
}

result<void> ledger_keeper::fold_whole_log() {
  state_ = stored_.load();
  if (auto folded = fold_log(); !folded)
    return folded;
  if (!state_.ledger)
    return no_ledger();
  return check_mark();
}

/// Entry 0 alone can begin a ledger: whatever follows another is void.
failure ledger_keeper::no_ledger() const {
  if (state_.size == 0)
    return {errc::not_found,
            "this log holds no ledger: run `signalbox ledger create`"};
  auto why = static_cast<outcome>(state_.judgements[0].result);
  return {errc::log_corrupt,
          "entry 0 of this log begins no ledger (void: " +
              std::string{to_string(why)} +
              "), so nothing in it can be valid: restore the log from a "
              "backup, or name the right one"};
}

result<void> ledger_keeper::recover() {
  try {
    auto done = fold_whole_log();
    if (state_.ledger)
      publish();
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
    auto folded = step(state_, x.index, x.append_time, x.entry);
    if (!folded)
      return folded;
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
      log_seen_ = config_.steady_clock();
      publish();
    }
    for (auto& x : batch)
      settle(x);
    if (!read)
      problem = read.error();
    if (problem)
      stop(problem->message);
    if (state_.size - stored_.saved_at() >= d::save_every)
      save();
  }
}

// -- writers -----------------------------------------------------------------

bool ledger_keeper::admit(const std::shared_ptr<proposal>& x) {
  auto refuse = [&](errc code, std::string why) {
    command_answer answer;
    answer.refused = failure{code, std::move(why)};
    (*x->answer)(std::move(answer));
    return false;
  };
  if (!stopped_.empty())
    return refuse(errc::unavailable, stopped_);
  if (!config_.writes)
    return refuse(errc::read_only,
                  "this node is a replica: send what writes to another node");
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
    in_doubt_.add(x.id, x.attempt, x.not_after);
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

void ledger_keeper::find(const event_id& id, answer_once& answer) const {
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
  auto judged = state_.find_command(id);
  auto is_open = [&](log_index x) {
    return may_be_judged_again(
        static_cast<outcome>(state_.judgements[to_integer(x)].result));
  };
  // A lost race is not the last word while a further attempt is under way.
  if (judged && !(in_doubt && is_open(*judged)))
    return answer(describe(*judged, true, {}));
  if (in_doubt)
    return refuse(errc::pending, "the command has no outcome yet: ask again");
  if (!stopped_.empty())
    return refuse(errc::unavailable, stopped_);
  if (!config_.writes)
    return refuse(errc::unavailable,
                  "this node is a replica and has not seen the command's "
                  "outcome: ask a node that writes");
  refuse(errc::not_found, "no such command reached this ledger");
}

// -- housekeeping ------------------------------------------------------------

void ledger_keeper::expire_waiters(time_point now) {
  for (auto& waiting : waiting_.take_expired(now)) {
    remember(*waiting);
    command_answer answer;
    answer.refused = failure{errc::pending, "the log is late: ask for the "
                                            "command's resource"};
    (*waiting->answer)(std::move(answer));
  }
  config_.status.in_flight = waiting_.size();
}

std::shared_ptr<proposal> ledger_keeper::make_own(event::body body,
                                                  expectation expected) {
  proposal_draft draft;
  draft.body = std::move(body);
  draft.expected = expected;
  command_context context;
  context.principal = context.node = config_.node;
  context.key = random_id<event_id>().hex();
  context.not_after = timestamp{0}; // ticks have none, nor has the last word
  auto out = encode_proposal(draft, context, *last_view_, config_.wall_clock())
                 .value(); // of fixed fields alone
  out->answer = std::make_shared<answer_once>(nullptr);
  return out;
}

std::shared_ptr<proposal> ledger_keeper::make_tick(std::function<void()> then) {
  auto out = make_own(event::tick{}, {});
  *tick_in_flight_ = true;
  out->answer = std::make_shared<answer_once>(
      [flag = tick_in_flight_, then = std::move(then)](command_answer) {
        *flag = false;
        if (then)
          then();
      });
  return out;
}

bool ledger_keeper::tick_is_due() const {
  return head_period(config_.wall_clock(), config_.head_life) >
         head_period(state_.log_time, config_.head_life);
}

/// A command that was told `pending` and whose not_after has passed on the
/// wall clock is closed: the first of the two in the log wins.
void ledger_keeper::close_overdue(std::vector<std::shared_ptr<proposal>>& out) {
  for (auto& [id, closing] :
       in_doubt_.take_overdue(state_, config_.wall_clock())) {
    out.push_back(
        make_own(event::command_closed{id}, {expectation::kind::none, 0}));
    out.back()->answer = std::make_shared<answer_once>(
        [closing = closing](command_answer) { *closing = false; });
  }
}

/// The log's clock stands still between entries: what has passed here since
/// the last one counts to it. Before the first one since the start nobody knows
/// how long that is, except that it is not negative.
void ledger_keeper::watch_clock() {
  using namespace std::chrono;
  auto wall = config_.wall_clock();
  auto log = log_seen_
                 ? state_.log_time + duration_cast<milliseconds>(
                                         config_.steady_clock() - *log_seen_)
                                         .count()
                 : std::max(state_.log_time, wall);
  auto difference = to_integer(wall) - to_integer(log);
  config_.status.clock_difference = difference;
  bool alarm = std::abs(difference) > d::clock_alarm;
  if (alarm && !clock_alarm_)
    warn("this node's clock is " + std::to_string(std::abs(difference)) +
         " ms " + (difference < 0 ? "behind" : "ahead of") +
         " the log's: check its time service");
  clock_alarm_ = alarm;
}

std::vector<std::shared_ptr<proposal>> ledger_keeper::beat() {
  std::vector<std::shared_ptr<proposal>> out;
  auto now = config_.steady_clock();
  expire_waiters(now);
  if (auto log = config_.log.health();
      log.state == log_health::mode::lost && stopped_.empty())
    stop(std::move(log.reason));
  if (!stopped_.empty())
    return out;
  if (config_.writes) {
    watch_clock();
    if (tick_is_due() && !*tick_in_flight_)
      out.push_back(make_tick());
    close_overdue(out);
  }
  if (state_.size > stored_.saved_at())
    save();
  if (now - head_written_ >= d::head_file_every) {
    head_written_ = now;
    write_head_file();
  }
  return out;
}

result<void> ledger_keeper::finish() {
  auto saved = save();
  auto marked = write_head_file();
  return saved ? marked : saved;
}

void ledger_keeper::abandon() {
  auto waiting = waiting_.take_all();
  config_.status.in_flight = 0;
  for (auto& x : waiting)
    x->answer->give_up();
}

result<void> ledger_keeper::save() {
  if (!state_.ledger || !stopped_.empty())
    return {};
  return stored_.save(state_);
}

result<void> ledger_keeper::write_head_file() {
  if (config_.head == nullptr || !config_.writes || !state_.ledger ||
      !stopped_.empty() || state_.size == marked_at_)
    return {};
  auto written =
      config_.head->write({log_index{state_.size - 1}, state_.chain});
  if (written)
    marked_at_ = state_.size;
  else
    warn("the head file was not written: " + written.error().message);
  return written;
}

void ledger_keeper::warn(std::string line) const {
  if (config_.warn)
    config_.warn(std::move(line));
}

} // namespace signalbox
