#pragma once

#include "events/outcome.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// The past as the audit needs it: how every entry was judged. Every view that
/// a view_builder makes has it; a header of its own, since only the audit
/// reads it.
struct audited_past : ledger_past {
  grow_only<outcome> outcomes; ///< by index
};

/// How the fold judged an entry. Precondition: a view_builder made the view,
/// and it covers the index.
inline outcome outcome_at(const view& seen, log_index index) {
  auto& past = static_cast<const audited_past&>(*seen.past);
  return past.outcomes[to_integer(index)];
}

} // namespace signalbox
