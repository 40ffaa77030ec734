#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "actors/rate_limit.hpp"
#include "actors/state_words.hpp"
#include "actors/stream_writer.hpp"
#include "events/stream_record.hpp"

namespace signalbox {

struct activity_log_config {
  event_stream& stream; ///< outlives the log
  principal_id node;
  std::function<timestamp()> wall_clock;
  std::function<void(std::string)> warn;
  std::int64_t keep = 0; ///< milliseconds
  /// The stream, where other nodes note theirs in it too; else null.
  shared_stream* shared = nullptr;
  double per_subject = 2;  ///< entries a second about one principal
  double per_second = 100; ///< entries a second in all
  /// About nobody known, all strangers together: what they write in
  /// `activity_keep` must stay small. Some 9,000 a day, 150 bytes each.
  double per_stranger = 0.1;
  double stranger_burst = 20; ///< at once after a pause
  /// Told what nodes said lately that their folds came to, this one included,
  /// on the log's thread.
  std::function<void(const state_word&)> on_state = nullptr;
};

struct activity_counts {
  stream_writer_counts writer;
  std::uint64_t limited = 0; ///< not noted, since too many came
};

/// Notes what happened beside the decisions: refused drafts, denied calls, and
/// what nodes tell each other.
/// Never blocks and never fails a caller: what does not fit is dropped and
/// counted. Any thread.
class activity_log {
 public:
  explicit activity_log(activity_log_config config);
  ~activity_log();

  void start();
  void stop();

  /// The texts of the body are read before this returns. `about` is zero for
  /// whoever is not known.
  void note(const stream_body& what, const principal_id& about,
            std::string_view correlation);

  /// Tells the other nodes what this one's fold came to.
  void announce(const state_hashed& x);

  const event_stream& entries() const { return config_.stream; }
  activity_counts counts() const;

 private:
  bool allow(const principal_id& about);
  void hear(const stream_entry_view& x);

  activity_log_config config_;
  rate_limit limit_;
  rate_limit strangers_;
  mutable std::mutex mutex_;
  std::map<principal_id, rate_limit> subjects_; // under mutex_
  std::atomic<std::uint64_t> limited_{0};
  stream_writer writer_; // last: its thread uses the others
};

} // namespace signalbox
