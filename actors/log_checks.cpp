#include "actors/log_checks.hpp"

#include "events/outcome.hpp"
#include "projections/chain.hpp"

namespace signalbox {

/// Entry 0 alone can begin a ledger: whatever follows another is void.
failure no_ledger(const ledger_state& state) {
  if (state.size == 0)
    return {errc::not_found,
            "this log holds no ledger: run `signalbox ledger create`"};
  auto why = static_cast<outcome>(state.judgements[0].result);
  return {errc::log_corrupt,
          "entry 0 of this log begins no ledger (void: " +
              std::string{to_string(why)} +
              "), so nothing in it can be valid: restore the log from a "
              "backup, or name the right one"};
}

result<void> check_mark(const head_file& head, const event_log& log,
                        const ledger_state& state) {
  auto mark = head.read();
  if (!mark)
    return mark.error();
  if (!*mark)
    return {};
  if (auto checked = check_head(log, **mark); !checked)
    return checked;
  if (state.judgements[to_integer((*mark)->index)].chain !=
      chain_prefix((*mark)->hash))
    return failure{errc::log_corrupt,
                   "the log is not the one that this node folded: entry " +
                       std::to_string(to_integer((*mark)->index)) +
                       " differs; restore the log from a backup"};
  return {};
}

} // namespace signalbox
