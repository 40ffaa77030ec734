#pragma once

#include <functional>

#include <caf/typed_event_based_actor.hpp>

#include "actors/command.hpp"
#include "actors/protocol.hpp"
#include "actors/published_view.hpp"

namespace signalbox {

/// What a proposer works with; all of it outlives the actor.
struct proposer_config {
  const published_view& view;
  std::function<timestamp()> wall_clock;
  std::function<std::chrono::steady_clock::time_point()> steady_clock;
};

/// Carries commands through: prepare, propose, answer. The work of checking and
/// sealing happens here, so that neither sockets nor the fold wait for it.
/// Spawn as many as there are cores.
proposer_actor::behavior_type proposer(proposer_actor::pointer self,
                                       proposer_config config,
                                       std::function<ledger_actor()> ledger);

} // namespace signalbox
