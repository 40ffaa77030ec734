#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime.hpp"
#include "api/catch_up_turns.hpp"
#include "api/change_counts.hpp"
#include "api/change_pages.hpp"
#include "api/change_seats.hpp"
#include "api/disk_pool.hpp"
#include "api/http_stream.hpp"
#include "api/subscriber_table.hpp"

namespace signalbox {

struct change_hub_config {
  std::size_t workers = 1; ///< of the HTTP server
  seat_limits seats;
  std::chrono::milliseconds heartbeat;
  /// Subscribers that read a page of what they missed at once: fewer than the
  /// pool has threads, so that others find one free.
  std::size_t catching_up = 1;
};

/// Somebody who waits for the next change in a long poll.
struct long_poll {
  change_filter filter;
  std::uint64_t from = 0; ///< the place from which a change counts
  /// If set: it waits until as many entries are folded, and for no change.
  std::optional<std::uint64_t> entries;
  std::chrono::steady_clock::time_point deadline;
  /// Called once, on the hub's thread: with the round that has something, with
  /// null when the time is up or the hub stops.
  std::function<void(const change_round*)> done;
};

/// Brings changes to those who listen. One thread of its own hears of each
/// publication, composes the events that somebody follows, wakes long polls and
/// hands the round to each HTTP worker with one task; the worker walks its own
/// subscribers, a slice at a time. While nobody listens it does nothing.
///
/// No change is missed: who begins to follow enters first and looks at the view
/// then, and the hub hands on every change after the view that it had when the
/// first one entered.
class change_hub {
 public:
  change_hub(change_hub_config config, runtime& node, update_events& events,
             disk_pool& disk);
  ~change_hub(); ///< stops

  /// The way to a worker, before it serves.
  void join(std::size_t worker, std::shared_ptr<http_lane> lane);

  /// Ends the thread; every long poll is told. Idempotent.
  void stop();

  change_seats& seats();
  catch_up_turns& turns();
  const change_hub_config& config() const;
  change_counts counts() const;

  /// Says that somebody follows these keys from now on, until `leave`. Any
  /// thread.
  void enter(const subscriber_table::keys& follows);
  void leave(const subscriber_table::keys& follows);

  /// Waits for a change. False if the hub has already handed on what lies at
  /// or after `from`: then look at the view again. The caller has entered.
  bool wait(const std::shared_ptr<long_poll>& x);

  /// The table of a worker; for its thread.
  subscriber_table& table(std::size_t worker);
  std::shared_ptr<http_lane> lane(std::size_t worker) const;

  std::shared_ptr<const view> view_now() const;
  std::shared_ptr<const published> published_now() const;
  update_events& events();
  disk_pool& disk();
  void note_delivered();
  void note_overflow();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
