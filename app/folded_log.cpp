#include "app/folded_log.hpp"

#include "app/founding_roots.hpp"
#include "app/log_check.hpp"
#include "events/hash.hpp"
#include "events/record.hpp"
#include "projections/fold.hpp"
#include "projections/replay.hpp"
#include "storage/big_endian.hpp"

namespace signalbox {

namespace {

constexpr std::uint64_t progress_every = 16 * 1024;

} // namespace

digest next_record_digest(const digest& before, const log_entry_view& x) {
  const auto time =
      to_big_endian(static_cast<std::uint64_t>(to_integer(x.append_time)));
  return sha256(
      {before.view(), as_bytes({time.data(), time.size()}), x.record});
}

result<digest> digest_records(const event_log& log, std::uint64_t until) {
  digest out;
  auto read = log.read(log_index{0}, [&](const log_entry_view& x) {
    if (to_integer(x.index) >= until)
      return false;
    out = next_record_digest(out, x);
    return true;
  });
  if (!read)
    return read.error();
  return out;
}

result<folded_log> fold_until(const event_log& log, std::uint64_t until,
                              const log_progress& progress) {
  if (until == 0 || until > to_integer(log.end()))
    return failure{errc::log_corrupt,
                   "the log has " + std::to_string(to_integer(log.end())) +
                       " entries, not " + std::to_string(until)};
  ledger_state state;
  folded_log out;
  const auto source = [&](const envelope_visitor& visit) {
    return log.read(log_index{0}, [&](const log_entry_view& x) {
      if (to_integer(x.index) >= until)
        return false;
      out.records = next_record_digest(out.records, x);
      return visit(x.index, x.append_time, envelope_of(x.record));
    });
  };
  auto folded =
      replay(state, source, [&](const replayed_entry& x) -> result<void> {
        auto judged = step(state, x.index, x.append_time, x.entry);
        if (!judged)
          return judged.error();
        if (!state.ledger)
          return failure{errc::not_found, "entry 0 begins no ledger"};
        out.accepted += judged->result == outcome::accepted;
        if (progress && state.size % progress_every == 0)
          progress(state.size, until);
        return {};
      });
  if (!folded)
    return with_place(folded.error(), state.size, until);
  auto roots = founding_fingerprint(log);
  if (!roots)
    return roots.error();
  out.entries = state.size;
  out.chain = state.chain;
  out.state = state.hash;
  out.ledger = state.ledger->id;
  out.incarnation = state.ledger->incarnation;
  out.root_fingerprint = *roots;
  return out;
}

} // namespace signalbox
