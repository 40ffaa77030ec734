#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "actors/command.hpp"
#include "actors/node_status.hpp"
#include "actors/proposal.hpp"
#include "actors/published_view.hpp"
#include "events/errors.hpp"
#include "events/head.hpp"
#include "events/ids.hpp"

namespace signalbox {

class actor_directory;
class event_log;
class shared_log;
class head_file;
class state_exchange;
class state_store;

/// What a node runs on; all references outlive the runtime.
struct runtime_config {
  event_log& log;
  state_store& store;
  /// The log, where other processes write to it too; else null.
  shared_log* shared = nullptr;
  const head_file* head = nullptr;
  bool writes = true; ///< false: a replica, which follows the log and no more
  principal_id node;
  std::int64_t head_life = default_head_life;
  std::size_t threads = 2; ///< of the actors' scheduler, beside the appender's
  std::function<timestamp()> wall_clock;
  std::function<void(std::string)> warn;
  std::function<void(std::uint64_t, std::uint64_t)> progress = nullptr;
  /// Where other nodes' folds are compared with this one's; null: there are
  /// none.
  state_exchange* exchange = nullptr;
};

/// All actors of a node behind one door: the rest of the program sees no CAF.
/// Any thread may call any member but start and stop; commands that come
/// before or after are concluded at once.
class runtime {
 public:
  explicit runtime(runtime_config config);
  ~runtime();

  /// Starts the actors and waits until the log was folded, or could not be:
  /// then the failure says why, and what was folded is served.
  result<void> start();

  /// Stops all actors in order; every writer that waits is told. Idempotent.
  void stop();

  /// Carries a command through; it is concluded exactly once.
  void submit(std::shared_ptr<command> x);

  /// What became of a command so far; answered exactly once.
  void find(const event_id& id, std::shared_ptr<answer_once> answer);

  /// The same, but only what will stay true: a command whose last attempt lost
  /// a race is `pending`, and soon closed.
  void find_for_good(const event_id& id, std::shared_ptr<answer_once> answer);

  /// Calls `then` once the view shows whatever was acknowledged before this
  /// call, by any node; exactly once, on any thread. Costs an entry of the log,
  /// which those who wait together share.
  /// Errors: `unavailable`, `read_only`, `overloaded`.
  void await_latest(std::function<void(result<void>)> then);

  bool is_replica() const { return !config_.writes; }
  const published_view& view() const { return view_; }

  /// See published_view::listen.
  void listen(std::function<void()> hears) { view_.listen(std::move(hears)); }
  const node_status& status() const { return status_; }

 private:
  struct world;

  runtime_config config_;
  published_view view_;
  node_status status_;
  std::mutex writer_;
  std::shared_ptr<actor_directory> directory_;
  std::unique_ptr<world> world_;
};

} // namespace signalbox
