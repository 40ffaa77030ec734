#include "app/log_check.hpp"

#include "app/entry_check.hpp"
#include "app/founding_roots.hpp"
#include "events/record.hpp"
#include "projections/chain.hpp"
#include "projections/fold.hpp"

namespace signalbox {

namespace {

constexpr std::uint64_t progress_every = 4 * 1024;

/// Folds the entries and checks what the fold does not look at.
class log_checker {
 public:
  explicit log_checker(const event_log& log) : entries_{log, state_, out} {}

  checked_log out;
  std::optional<failure> problem;

  bool visit(const log_entry_view& x) {
    const auto envelope = envelope_of(x.record);
    auto judged = step(state_, x.index, x.append_time, envelope);
    if (!judged)
      problem = judged.error();
    else if (!state_.ledger)
      problem = failure{errc::not_found,
                        "entry 0 begins no ledger (void: " +
                            std::string{to_string(judged->result)} + ')'};
    if (problem)
      return false;
    if (judged->result == outcome::accepted) {
      ++out.accepted;
      entries_.check(x);
    }
    return true;
  }

  std::uint64_t size() const { return state_.size; }

  void finish(const log_demands& demands) {
    out.entries = state_.size;
    out.chain = state_.chain;
    out.state = state_.hash;
    out.ledger = state_.ledger->id;
    out.incarnation = state_.ledger->incarnation;
    out.moved = state_.ledger->moved;
    compare(demands);
  }

 private:
  void compare(const log_demands& x) {
    out.is_another =
        (x.ledger && *x.ledger != out.ledger) ||
        (x.root_fingerprint && *x.root_fingerprint != out.root_fingerprint);
    if (x.ledger && *x.ledger != out.ledger)
      out.add(0, "this is ledger " + out.ledger.hex() + ", not " +
                     x.ledger->hex());
    if (x.root_fingerprint && *x.root_fingerprint != out.root_fingerprint)
      out.add(0, "the ledger was made with other roots, of the fingerprint " +
                     out.root_fingerprint.hex());
    if (x.mark)
      compare_place(x.mark->index, chain_prefix(x.mark->hash), "the head file");
    if (x.token)
      compare_place(x.token->index, x.token->chain, "the token");
  }

  void compare_place(log_index index, std::uint64_t chain, const char* whose) {
    const auto at = to_integer(index);
    if (at >= state_.size)
      out.add(state_.size, std::string{whose} + " knows entry " +
                               std::to_string(at) + ", and the log ends at " +
                               std::to_string(state_.size - 1));
    else if (state_.judgements[at].chain != chain)
      out.add(at, std::string{"H is not the one that "} + whose +
                      " has: this is another history");
  }

  ledger_state state_;
  entry_checker entries_;
};

} // namespace

void checked_log::add(std::uint64_t index, std::string what) {
  ++problem_count;
  if (problems.size() < most_problems)
    problems.push_back({index, std::move(what)});
}

result<checked_log> check_log(const event_log& log, const log_demands& demands,
                              const log_progress& progress) {
  const auto end = to_integer(log.end());
  if (end == 0)
    return failure{errc::not_found, "the log is empty"};
  log_checker work{log};
  auto read = log.read(log_index{0}, [&](const log_entry_view& x) {
    const auto go_on = work.visit(x);
    if (progress && work.size() % progress_every == 0)
      progress(work.size(), end);
    return go_on;
  });
  if (!read)
    return with_place(read.error(), work.size(), end);
  if (work.problem)
    return with_place(*work.problem, work.size(), end);
  auto roots = founding_fingerprint(log);
  if (!roots)
    return roots.error();
  work.out.root_fingerprint = *roots;
  work.finish(demands);
  return std::move(work.out);
}

failure with_place(failure why, std::uint64_t sound, std::uint64_t end) {
  if (why.code == errc::io)
    return why;
  const auto place = sound == 0 ? std::string{"not even entry 0 can be read"}
                                : "the log is sound up to entry " +
                                      std::to_string(sound - 1) + " of " +
                                      std::to_string(end == 0 ? 0 : end - 1);
  why.message = place + "; entry " + std::to_string(sound) + ": " + why.message;
  return why;
}

} // namespace signalbox
