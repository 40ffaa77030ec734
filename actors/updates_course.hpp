#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "actors/published_view.hpp"
#include "actors/updates_contents.hpp"
#include "actors/updates_counts.hpp"
#include "actors/updates_election.hpp"
#include "storage/log.hpp"
#include "storage/updates_topic.hpp"

namespace signalbox {

struct updates_config {
  using clock = std::chrono::steady_clock;

  updates_topic& topic;
  const event_log& log;
  const published_view& shown;
  /// Whether this node may write what the view shows: it is in the ledger.
  std::function<bool(const view&)> may_write;
  /// Whether the view shows all that the ledger had at this time.
  std::function<bool(const view&, clock::time_point)> is_whole;
  std::function<void(std::string)> note; ///< what goes as it should
  std::function<void(std::string)> warn;
  std::uint64_t seed = 0; ///< another one on each node
  updates_election::limits waits;
  std::chrono::milliseconds check_every; ///< the topic's settings
  /// Changes that a topic gets that tells none: the newest ones. Of channels
  /// that changed before them it gets the last one. More than come before a
  /// new ledger's first writer is elected.
  std::uint64_t past = 16'384;
};

/// How a node brings the ledger's changes into their topic, step by step, while
/// it is the writer, and what it does while another one is. Without a thread
/// and a clock of its own. A writer
///
///     takes over    no former one writes any more
///     reads         the topic to its end
///     plans         as soon as its view shows what the topic tells
///     writes        what the topic lacks, or else the last change once more, so
///                   that the former writer hears of it; then each change, in
///                   order
///
/// After whatever fails it begins with the first again, so that no message is
/// written of which it is open whether it lies in the topic already: the index
/// under a key never goes back.
class updates_course {
 public:
  using clock = std::chrono::steady_clock;

  explicit updates_course(updates_config config);

  /// Does what is due; may wait for brokers. The time of the next step, unless
  /// the view changes or the topic has something before.
  clock::time_point step(clock::time_point now);

  /// Any thread.
  updates_counts counts() const;

 private:
  enum class phase { follow, read, plan, write };

  struct awaited {
    std::uint64_t place; ///< changes below it
    clock::time_point since;
  };

  void look_after_topic(clock::time_point now);
  void begin_reading();
  void take(const update_record& x);
  void follow(const view& seen, clock::time_point now);
  void settle(const view& seen);
  void stand(const view& seen, clock::time_point now);
  void read_all(const view& seen, clock::time_point now);
  void plan(const view& seen);
  void write(const view& seen, clock::time_point now);
  std::vector<update_message> next_batch(const view& seen);
  bool add(const view& seen, std::uint64_t place,
           std::vector<update_message>& to);
  void leave(phase to);
  void fail(const failure& why, clock::time_point now);
  void note_behind(const published& shown, clock::time_point now);
  void warn_once(const std::string& what);

  updates_config config_;
  updates_election election_;
  updates_contents contents_;
  phase phase_ = phase::follow;
  bool is_usable_ = false; ///< the topic is what it must be
  bool had_news_ = false;
  clock::time_point check_at_{};
  clock::time_point read_at_{}; ///< when something came last
  std::string told_;            ///< the last warning

  // Of a writer.
  std::uint64_t incarnation_ = 0;  ///< under which it planned
  std::deque<std::uint64_t> gaps_; ///< places that the topic lacks
  std::uint64_t next_ = 0;         ///< the place of the next change
  std::size_t gaps_in_batch_ = 0;
  std::uint64_t next_after_batch_ = 0;

  std::deque<awaited> awaited_;
  std::uint64_t noticed_ = 0;

  std::atomic<bool> is_writer_{false};
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> elections_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<clock::time_point> behind_since_{clock::time_point::max()};
};

} // namespace signalbox
