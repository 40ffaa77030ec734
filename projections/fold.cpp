#include "projections/fold.hpp"

#include "events/aggregate.hpp"
#include "events/envelope.hpp"
#include "events/fault.hpp"
#include "projections/chain.hpp"
#include "projections/fold_rules.hpp"

#include <algorithm>
#include <limits>

namespace signalbox {

namespace {

bool is_creation(const judged_entry& x) {
  return x.index == log_index{0} &&
         std::holds_alternative<event::ledger_created>(x.command.body);
}

bool fits_basis(const ledger_state& state, const judged_entry& x) {
  auto& basis = x.command.basis;
  if (!basis || !state.ledger)
    return false;
  return basis->ledger == state.ledger->id &&
         basis->incarnation == state.ledger->incarnation &&
         to_integer(basis->index) < state.size &&
         state.judgements[to_integer(basis->index)].chain == basis->chain;
}

outcome check_duplicate(const ledger_state& state, const judged_entry& x) {
  if (state.closed.size() > 0 && state.closed.find(hex_text{x.command.id}))
    return outcome::closed;
  auto* before = state.find_judgement(x.command.id, x.log_time);
  if (before == nullptr || is_due(fault::skip_duplicate))
    return outcome::accepted;
  if (before->request != x.command.request)
    return outcome::key_reused;
  if (may_be_judged_again(static_cast<outcome>(before->result)) &&
      x.command.attempt > before->attempt)
    return outcome::accepted;
  return outcome::duplicate;
}

/// The creation meets no clock yet, a tick shows it, and a command's closing is
/// the last word whenever it comes. All else needs a deadline: an append that
/// strays in a broker could otherwise be accepted at any time.
bool may_lack_deadline(const judged_entry& x) {
  return is_creation(x) ||
         std::holds_alternative<event::tick>(x.command.body) ||
         std::holds_alternative<event::command_closed>(x.command.body);
}

bool is_late(const judged_entry& x) {
  auto not_after = x.command.not_after;
  if (not_after == timestamp{} && may_lack_deadline(x))
    return false;
  return x.log_time > not_after;
}

outcome check_principal(const ledger_state& state, const judged_entry& x) {
  auto* principal = state.find_principal(x.command.principal);
  if (principal == nullptr || !principal->active ||
      !permits(principal->roles, required_role(x.command.body)))
    return outcome::forbidden;
  if (auto key = sealing_key(x.command.body)) {
    auto* row = state.find_key(key_role::seal, *key);
    if (row == nullptr || row->status != key_status::active)
      return outcome::key_inactive;
  }
  return outcome::accepted;
}

outcome check_preconditions(const ledger_state& state, const judged_entry& x) {
  for (auto& condition : x.command.preconditions)
    if (state.version_of(condition.aggregate) != condition.version &&
        !is_due(fault::skip_precondition))
      return outcome::precondition;
  return outcome::accepted;
}

outcome check_expected(const ledger_state& state, const judged_entry& x) {
  auto version = state.version_of(x.command.aggregate);
  auto met = [&] {
    switch (x.command.expected.what) {
    case expectation::kind::any:
      return true;
    case expectation::kind::none:
      return version == 0;
    case expectation::kind::exactly:
      return version == x.command.expected.version;
    case expectation::kind::exists:
      return version > 0;
    }
    return false;
  };
  return met() || is_due(fault::skip_expected) ? outcome::accepted
                                               : outcome::conflict;
}

/// The fold's order: the first failure is the reason.
outcome judge(const ledger_state& state, const judged_entry& x) {
  bool creation = is_creation(x);
  if (!creation && !fits_basis(state, x))
    return outcome::foreign_history;
  if (auto y = check_duplicate(state, x); y != outcome::accepted)
    return y;
  if (is_late(x))
    return outcome::expired;
  if (!creation)
    if (auto y = check_principal(state, x); y != outcome::accepted)
      return y;
  if (auto y = check_preconditions(state, x); y != outcome::accepted)
    return y;
  if (auto y = check_expected(state, x); y != outcome::accepted)
    return y;
  if (!is_aggregate_of(x.command.body, x.command.aggregate))
    return outcome::invalid;
  return check_rules(state, x);
}

bool activates_unknown_fold(const envelope& x) {
  auto* activated = std::get_if<event::fold_activated>(&x.body);
  return activated != nullptr && activated->fold_version > newest_fold_version;
}

/// log_time(i) = max(log_time(i-1), min(append time, occurred_at + lead)).
timestamp clamp(timestamp before, timestamp append_time,
                timestamp occurred_at) {
  constexpr timestamp end_of_time{std::numeric_limits<std::int64_t>::max()};
  bool in_range = occurred_at <= end_of_time + -max_clock_lead;
  auto latest = in_range ? occurred_at + max_clock_lead : end_of_time;
  return std::max(before, std::min(append_time, latest));
}

void record(ledger_state& state, const verdict& x, const digest& request,
            timestamp log_time, const digest& envelope_hash) {
  auto& before = x.index == log_index{0} && state.ledger
                     ? (state.chain = chain_start(state.ledger->id))
                     : state.chain;
  state.chain_before = before;
  state.chain = chain_next(before, x.index, log_time, envelope_hash, x.result);
  state.log_time = log_time;
  state.judgements.append(
      state.hash,
      judgement{x.id, request, chain_prefix(state.chain), to_integer(log_time),
                x.attempt, static_cast<std::uint16_t>(x.result), x.type});
  if (binds_command(x.result))
    state.index_command(x.index);
  ++state.size;
}

std::uint32_t active_fold_version(const ledger_state& state) {
  return state.ledger ? state.ledger->fold_version : 1;
}

/// Whether the active fold version has the entry's type. One that it has not is
/// judged without a look at its body, since older builds cannot read that.
bool knows_type(const ledger_state& state, const decoded_entry& x) {
  auto active = active_fold_version(state);
  if (!x.command)
    return x.command.error() == decode_error::malformed_newer && active > 1;
  return event::fold_version_of(event::type_number(x.command->body)) <= active;
}

/// Whether an entry can be judged at all.
outcome check_envelope(const ledger_state& state, const decoded_entry& x) {
  bool known = knows_type(state, x);
  bool decodes = x.command.has_value();
  if (!decodes && (known || x.command.error() == decode_error::malformed))
    return outcome::malformed;
  if (x.size > max_envelope_bytes)
    return outcome::too_large;
  return known ? outcome::accepted : outcome::unknown_type;
}

verdict judge_undecodable(ledger_state& state, log_index index, outcome why,
                          const digest& envelope) {
  verdict out{why, index, index, {}, 0, 0};
  record(state, out, {}, state.log_time, envelope);
  return out;
}

log_index deciding_entry(const ledger_state& state, const verdict& x) {
  if (x.result == outcome::duplicate || x.result == outcome::key_reused)
    return state.find_command(x.id).value();
  if (x.result == outcome::closed)
    return state.closed.find(hex_text{x.id})->index;
  return x.index;
}

} // namespace

result<verdict> step(ledger_state& state, log_index index,
                     timestamp append_time, byte_view envelope) {
  return step(state, index, append_time, decode_entry(envelope));
}

result<verdict> step(ledger_state& state, log_index index,
                     timestamp append_time, const decoded_entry& decoded) {
  if (to_integer(index) != state.size)
    return failure{errc::bug, "fold: entry " +
                                  std::to_string(to_integer(index)) +
                                  " is not the next one"};
  if (auto why = check_envelope(state, decoded); why != outcome::accepted)
    return judge_undecodable(state, index, why, decoded.hash);
  auto& command = *decoded.command;
  judged_entry entry{
      index, clamp(state.log_time, append_time, command.occurred_at), command};
  verdict out{
      judge(state, entry), index,           index,
      command.id,          command.attempt, event::type_number(command.body)};
  if (out.result == outcome::accepted) {
    if (activates_unknown_fold(command))
      return failure{errc::unavailable,
                     "fold: entry " + std::to_string(to_integer(index)) +
                         " turns on a fold version that this build does not "
                         "know: install a newer version of signalbox"};
    if (!command.aggregate.empty())
      state.versions.update(state.hash, command.aggregate,
                            [](version_row& x) { ++x.version; });
    apply(state, entry);
  }
  out.decided_by = deciding_entry(state, out);
  record(state, out, command.request, entry.log_time, decoded.hash);
  return out;
}

} // namespace signalbox
