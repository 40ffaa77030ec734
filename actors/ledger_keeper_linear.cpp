#include "actors/ledger_keeper.hpp"

// What a keeper does for linear readers.

namespace signalbox {

std::optional<failure> ledger_keeper::why_no_tick() const {
  if (!stopped_.empty())
    return failure{errc::unavailable, stopped_};
  if (!config_.writes)
    return failure{errc::read_only,
                   "this node is a replica and writes nothing, so that it "
                   "cannot tell what is newest: ask a node that writes, or "
                   "read with consistency=fast"};
  if (!moved_.empty())
    return failure{errc::read_only, moved_};
  if (!may_propose())
    return failure{errc::unavailable,
                   "this node is not in the ledger, so that it cannot tell "
                   "what is newest: ask another, read with consistency=fast, "
                   "or add it with `signalbox nodes add`"};
  if (watch_ && !watch_->problem().empty())
    return failure{errc::unavailable, watch_->problem()};
  return std::nullopt;
}

std::shared_ptr<proposal>
ledger_keeper::make_linear_tick(std::shared_ptr<answer_once> answer) {
  auto out = make_own(event::tick{}, {});
  out->answer = std::move(answer);
  return out;
}

} // namespace signalbox
