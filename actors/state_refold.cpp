#include "actors/state_refold.hpp"

#include <csignal>
#include <exception>

#include "events/record.hpp"
#include "projections/fold.hpp"
#include "projections/replay.hpp"

namespace signalbox {

namespace {

/// Ends a replay that has shown what it was for.
const failure enough{errc::unavailable, "the fold was ended"};

envelope_source first_entries(const event_log& log, std::uint64_t size) {
  return [&log, size](const envelope_visitor& visit) {
    return log.read(log_index{0}, [&](const log_entry_view& x) {
      return to_integer(x.index) < size &&
             visit(x.index, x.append_time, envelope_of(x.record));
    });
  };
}

result<void> fold_one(ledger_state& state, state_places& places,
                      const replayed_entry& x) {
  auto folded = step(state, x.index, x.append_time, x.entry);
  if (!folded)
    return folded.error();
  places.add(place_of(state));
  return {};
}

} // namespace

state_refold::state_refold(const event_log& log, const state_place& own,
                           std::uint64_t size)
    : log_{log}, own_{own}, size_{size} {
  // Signals are for the main thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread{[this] { run(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

state_refold::~state_refold() {
  is_stopping_ = true;
  thread_.join();
}

void state_refold::run() {
  try {
    end_ = fold();
  } catch (const std::exception& e) {
    end_ = failure{errc::bug, e.what()};
  }
  is_done_ = true;
}

result<void> state_refold::fold() {
  auto& [is_confirmed, state, places] = out_;
  auto folded = replay(state, first_entries(log_, size_),
                       [&](const replayed_entry& x) -> result<void> {
                         if (auto done = fold_one(state, places, x); !done)
                           return done;
                         is_confirmed = is_confirmed || place_of(state) == own_;
                         return is_confirmed || is_stopping_
                                    ? result<void>{enough}
                                    : result<void>{};
                       });
  return is_confirmed ? result<void>{} : folded;
}

result<state_refold::outcome> state_refold::take() {
  if (!end_)
    return end_.error();
  return std::move(out_);
}

result<void> fold_on(const event_log& log, ledger_state& state,
                     state_places& places, std::uint64_t size) {
  std::optional<failure> problem;
  auto read = log.read(log_index{state.size}, [&](const log_entry_view& x) {
    if (to_integer(x.index) >= size)
      return false;
    auto folded =
        fold_one(state, places,
                 {x.index, x.append_time, decode_entry(envelope_of(x.record))});
    if (!folded)
      problem = folded.error();
    return folded.has_value();
  });
  if (problem)
    return *problem;
  if (read && state.size < size)
    return failure{errc::log_corrupt, "the log holds less than was folded"};
  return read;
}

} // namespace signalbox
