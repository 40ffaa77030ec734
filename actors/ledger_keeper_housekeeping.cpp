#include "actors/ledger_keeper.hpp"

#include "actors/encode.hpp"
#include "actors/log_parts.hpp"
#include "events/hash.hpp"

// What a ledger's keeper does now and then: clocks, ticks, closings, saving.

namespace signalbox {

namespace d = actor_defaults;

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

bool ledger_keeper::may_propose() const {
  auto* row = state_.find_principal(config_.node);
  return config_.writes && moved_.empty() && row != nullptr && row->active &&
         permits(row->roles, role::node);
}

bool ledger_keeper::tick_is_due() const {
  return head_period(config_.wall_clock(), config_.head_life) >
         head_period(state_.log_time, config_.head_life);
}

/// A command that was told `pending` and is past its time is closed: the first
/// of the two in the log wins.
void ledger_keeper::close_overdue(std::vector<std::shared_ptr<proposal>>& out) {
  for (auto& [id, closing] :
       in_doubt_.take_overdue(state_, config_.steady_clock())) {
    out.push_back(
        make_own(event::command_closed{id}, {expectation::kind::none, 0}));
    out.back()->answer = std::make_shared<answer_once>(
        [closing = closing](command_answer) { *closing = false; });
  }
}

std::shared_ptr<proposal>
ledger_keeper::make_closing(const event_id& id, std::uint32_t attempt,
                            std::shared_ptr<answer_once> answer) {
  in_doubt_.add(id, attempt + 1, config_.steady_clock() + d::close_after);
  if (!may_propose()) {
    answer->give_up();
    return nullptr;
  }
  auto out = make_own(event::command_closed{id}, {expectation::kind::none, 0});
  out->answer = std::move(answer);
  return out;
}

void ledger_keeper::watch_clock() {
  const auto difference = clock_.difference(
      state_.log_time, config_.wall_clock(), config_.steady_clock());
  config_.status.clock_difference = difference;
  if (auto line = clock_.judge(difference))
    warn(std::move(*line));
}

void ledger_keeper::watch_state() {
  if (!watch_)
    return;
  if (auto other = watch_->beat(state_, config_.steady_clock()))
    take_over(std::move(*other));
}

/// The log was folded again and gave something else than this state.
void ledger_keeper::take_over(ledger_state state) {
  state_ = std::move(state);
  views_ = view_builder{parts_of_log(config_.log)};
  publish();
  ++config_.status.state_repairs;
  stored_.abandon();
  save();
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
  watch_state();
  if (config_.writes)
    watch_clock();
  if (may_propose()) {
    if (tick_is_due() && !*tick_in_flight_)
      out.push_back(make_tick());
    close_overdue(out);
  }
  if (stored_.is_behind(state_))
    save();
  if (now - head_written_ >= d::head_file_every) {
    head_written_ = now;
    write_head_file();
  }
  return out;
}

result<void> ledger_keeper::finish() {
  config_.log.keep();
  auto saved = save();
  if (stopped_.empty() && stored_.is_held_back()) {
    saved = failure{errc::io, "the state was not saved: the log that it was "
                              "folded from is not on the disk"};
    warn(saved.error().message);
  }
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
