#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/node_status.hpp"
#include "actors/protocol.hpp"

namespace signalbox {

/// Where others find the current ledger and proposers; a crashed one is absent
/// until it is started again. Any thread.
class actor_directory {
 public:
  ledger_actor ledger() const;

  /// The same proposer for the same lane; in turn without one. Null if there is
  /// none.
  proposer_actor proposer_for(std::string_view lane) const;

  void set_ledger(ledger_actor x);
  void set_proposer(std::size_t place, proposer_actor x);
  void clear();

 private:
  mutable std::mutex mutex_;
  ledger_actor ledger_;
  std::vector<proposer_actor> proposers_;
  mutable std::size_t turn_ = 0;
};

/// What a supervisor starts, and where it says what runs.
struct supervisor_config {
  std::function<ledger_actor(supervisor_actor::pointer)> spawn_ledger;
  std::function<proposer_actor(supervisor_actor::pointer)> spawn_proposer;
  std::size_t proposers = 2;
  std::shared_ptr<actor_directory> directory;
  node_status& status;
  std::function<void(std::string)> warn;
};

/// One supervisor over all actors. A crashed ledger is started again after a
/// delay that doubles; if it crashes over and over the node stays out of
/// readiness with the reason, and its view is still served.
supervisor_actor::behavior_type supervisor(supervisor_actor::pointer self,
                                           supervisor_config config);

} // namespace signalbox
