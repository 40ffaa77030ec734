#include "actors/state_watch.hpp"

#include "policy/access.hpp"

namespace signalbox {

namespace {

std::string entry(log_index x) {
  return "entry " + std::to_string(to_integer(x));
}

bool is_node_of(const ledger_state& state, const principal_id& node) {
  const auto* row = state.find_principal(node);
  return row != nullptr && row->active && permits(row->roles, role::node);
}

} // namespace

void state_watch::note(const ledger_state& state) {
  const auto place = place_of(state);
  places_.add(place);
  if (!advanced_ || !is_compared(place.index))
    return;
  exchange_.publish(announce(place));
  said_ = place.index;
}

void state_watch::begin(const ledger_state& state, time_point now) {
  if (state.size > 0)
    places_.add(place_of(state));
  advanced_ = now;
  // What a fold that crashed said of the others is not known any more.
  status_.state_alarms = 0;
  status_.set_history_problem("");
}

std::optional<ledger_state> state_watch::beat(const ledger_state& state,
                                              time_point now) {
  hear();
  judge(state);
  auto out = conclude(state, now);
  doubt(state, now);
  watch_history();
  say_when_quiet(out ? *out : state, now);
  return out;
}

void state_watch::hear() {
  for (auto& x : exchange_.take())
    if (x.node != node_)
      words_.hear(x);
}

void state_watch::judge(const ledger_state& state) {
  const auto is_member = [&](const principal_id& x) {
    return is_node_of(state, x);
  };
  for (auto& x : words_.judge(places_, state.size))
    if (is_member(x.node))
      tell(x);
  words_.keep(is_member);
}

void state_watch::tell(const state_words::judged& x) {
  if (!differs(x.verdict)) {
    if (x.verdict == agreement::equal)
      ++status_.state_agreements;
    return;
  }
  ++status_.state_disagreements;
  if (!x.is_news)
    return;
  const bool is_history = x.verdict == agreement::other_history;
  // Whoever agrees with this node learns of it now, and not at the next word.
  if (const auto* own = places_.find(x.index); own != nullptr && is_history)
    exchange_.publish(announce(*own));
  exchange_.alarm(std::string{is_history ? "H" : "the state hash"} + " at " +
                  entry(x.index) + " is another on node " + x.node.hex() +
                  ": the log is folded again to find out whether this node is "
                  "wrong");
}

/// One node that lies must not keep the others folding.
void state_watch::doubt(const ledger_state& state, time_point now) {
  const auto* said = words_.unsettled();
  if (said == nullptr || refold_ != nullptr ||
      (next_refold_ && now < *next_refold_))
    return;
  const auto* own = places_.find(said->index);
  if (own == nullptr) // too long ago: the next word will be of a later entry
    return words_.settle(said->index);
  ++status_.state_refolds;
  refold_ = std::make_unique<state_refold>(log_, *own, state.size);
}

std::optional<ledger_state> state_watch::conclude(const ledger_state& state,
                                                  time_point now) {
  if (refold_ == nullptr || !refold_->is_done())
    return std::nullopt;
  next_refold_ = now + exchange_.when().between_refolds;
  const auto ended = std::exchange(refold_, nullptr);
  auto folded = ended->take();
  if (!folded) {
    exchange_.alarm("the log could not be folded again: " +
                    folded.error().message);
    return std::nullopt;
  }
  if (!folded->is_confirmed) {
    advanced_ = now - exchange_.when().quiet; // the others hear of it at once
    return replace(std::move(*folded), state);
  }
  words_.settle(ended->own().index);
  stay();
  return std::nullopt;
}

void state_watch::stay() {
  if (words_.alarms() == 0) // the other one has found its fault meanwhile
    return;
  exchange_.alarm("folding the log again gave this node's own state: it stays. "
                  "Another node is wrong, or another build: see \"Nodes that "
                  "disagree\" in docs/operating.md");
}

std::optional<ledger_state> state_watch::replace(state_refold::outcome x,
                                                 const ledger_state& state) {
  // What came while it ran, and not more: writers wait for what is behind it.
  auto folded = fold_on(log_, x.state, x.places, state.size);
  if (!folded) {
    exchange_.alarm("this node's state is wrong and could not be replaced: " +
                    folded.error().message);
    return std::nullopt;
  }
  places_ = std::move(x.places);
  words_.judge_again(places_);
  exchange_.alarm("this node's state was wrong: folding the log again gave "
                  "another one, which is served from here on");
  said_.reset();
  return std::move(x.state);
}

void state_watch::watch_history() {
  status_.state_alarms = words_.alarms();
  const auto opponents = words_.opponents();
  std::string problem;
  if (!opponents.empty())
    problem = "node " + opponents.front().hex() +
              " has another history of this ledger, and no majority has this "
              "node's: see \"Nodes that disagree\" in docs/operating.md";
  if (problem == problem_)
    return;
  problem_ = std::move(problem);
  status_.set_history_problem(problem_);
  if (!problem_.empty())
    exchange_.alarm("no commands are taken: " + problem_);
}

void state_watch::say_when_quiet(const ledger_state& state, time_point now) {
  if (!advanced_ || state.size == 0)
    return;
  const log_index last{state.size - 1};
  if (now - *advanced_ < exchange_.when().quiet || said_ == last)
    return;
  const auto place = place_of(state);
  places_.add(place); // what is said is what others are compared with
  exchange_.publish(announce(place));
  said_ = last;
}

} // namespace signalbox
