#pragma once

#include <memory>

#include "actors/state_exchange.hpp"
#include "app/json_log.hpp"
#include "app/node_log.hpp"

namespace signalbox {

/// Where this node's fold is compared with those of others; null if the log has
/// no other nodes, and so nobody to compare with. `log` outlives it.
std::unique_ptr<state_exchange> open_node_states(const node_log& entries,
                                                 const json_log& log);

} // namespace signalbox
