#include "storage/kafka_log.hpp"

#include <algorithm>
#include <utility>

#include "storage/kafka_consumer.hpp"
#include "storage/kafka_log_copy.hpp"
#include "storage/log_failures.hpp"

// How a log on Kafka finds out whether its topic is what it was, and whether it
// may be written.

namespace signalbox {

// -- comparing ---------------------------------------------------------------

void kafka_log::compare() {
  is_suspect_ = false;
  compare_due_.reset();
  compared_at_ = steady::now();
  const auto size = copy_->size();
  position_ = size == 0 ? 0 : copy_->offset_of(size - 1) + 1;
  phase_ = size == 0 ? phase::follow : phase::compare_first;
  consumer_->read_from(size == 0 ? 0 : copy_->offset_of(0));
}

void kafka_log::compare_later() {
  compare_due_ = steady::now() + reopen_interval;
}

bool kafka_log::compare_entry(std::uint64_t index,
                              const rd_kafka_message_s& x) {
  auto same = copy_->holds(index, bytes_of(x));
  if (!same) {
    warn("the copy cannot be read: " + same.error().message);
    compare_later();
    return false;
  }
  if (*same && static_cast<std::uint64_t>(x.offset) == copy_->offset_of(index))
    return true;
  mismatch("holds another record where entry " + std::to_string(index) +
           " was");
  return false;
}

/// It ends before what is to be compared. Of a new leader that may say nothing:
/// until its followers have answered, which takes half a minute if one of them
/// is stuck, it may give less to read than the former one did. Asked for its
/// end it does not answer then (KIP-207).
void kafka_log::meet_end(std::uint64_t offset) {
  const auto wanted =
      copy_->offset_of(phase_ == phase::compare_first ? 0 : copy_->size() - 1);
  if (offset <= wanted) {
    const auto end = consumer_->ask_end(kafka_end_patience);
    unreadable_ =
        end ? "" : "its leader does not know its end: " + end.error().message;
    if (!end || *end > wanted)
      return compare_later();
  }
  mismatch("ends at offset " + std::to_string(offset));
}

/// Believed only when it is seen again: a topic in the middle of a change of
/// its leader may look strange for a moment.
void kafka_log::mismatch(const std::string& what) {
  if (++mismatches_ < kafka_check_attempts)
    return compare_later();
  lose("topic " + topic_ + ' ' + what +
       ": it was made anew, cut or exchanged since this node followed it. "
       "Nothing is written. Put the former topic back, or restore the ledger "
       "into a new one");
}

void kafka_log::watch() {
  const auto now = steady::now();
  if (phase_ == phase::lost)
    return;
  if (auto seen = consumer_->take_statistics(); seen && seen->is_reachable) {
    reachable_at_ = now;
    if (!check_late())
      return;
    trouble_.clear();
    // Who cannot read would never learn what becomes of its writes.
    set_offline(why_nothing_comes(*seen));
    if (phase_ == phase::follow && unreadable_.empty() && !is_paused_ &&
        seen->high_watermark >= 0)
      compare_end(static_cast<std::uint64_t>(seen->high_watermark),
                  now - std::chrono::microseconds{seen->silent_for});
  } else if (now - reachable_at_ > kafka_offline_after) {
    moved_at_ = now; // it is given its time again when the leader is back
    set_offline("Kafka's leader of topic " + topic_ + " does not answer" +
                (trouble_.empty() ? "" : ": " + trouble_));
  }
  const bool is_due =
      compare_due_
          ? now >= *compare_due_
          : phase_ == phase::follow &&
                (is_suspect_ || now - compared_at_ > kafka_check_every);
  if (is_due && !is_paused_)
    compare();
}

/// Why the leader, whom it reaches, gives it nothing to read; empty: it does,
/// or there is nothing.
std::string
kafka_log::why_nothing_comes(const kafka_partition_statistics& seen) {
  if (!unreadable_.empty())
    return "topic " + topic_ + ": " + unreadable_;
  if (full_since_ && steady::now() - *full_since_ > kafka_offline_after &&
      copy_->health().state == log_health::mode::writable)
    return "this node's disk is too far behind what it reads";
  if (phase_ == phase::follow &&
      seen.high_watermark <= static_cast<std::int64_t>(position_))
    moved_at_ = steady::now();
  if (steady::now() - moved_at_ <= kafka_offline_after)
    return "";
  // To read anew from its place may help.
  if (phase_ == phase::follow &&
      steady::now() - compared_at_ > kafka_offline_after)
    is_suspect_ = true;
  return "topic " + topic_ + " goes on behind offset " +
         std::to_string(position_) +
         ", and its leader answers, but nothing of it comes";
}

/// A start that met no broker could not look at the topic's settings: before
/// anything is written now. False if that is not to be.
bool kafka_log::check_late() {
  if (settings_checked_)
    return true;
  auto checked = check_settings();
  if (!checked && checked.error().code == errc::read_only)
    lose(checked.error().message);
  else if (!checked)
    trouble_ = checked.error().message; // asked again with the next statistics
  return checked.has_value();
}

/// What the leader said its partition ends with, and when.
void kafka_log::compare_end(std::uint64_t end, steady::time_point heard) {
  if (position_ >= end)
    current_at_ = heard.time_since_epoch().count();
  if (position_ > end) // what was read is gone
    is_suspect_ = true;
}

void kafka_log::lose(std::string why) {
  phase_ = phase::lost;
  warn(why);
  std::lock_guard guard{mutex_};
  lost_ = std::move(why);
}

void kafka_log::set_offline(std::string why) {
  {
    std::lock_guard guard{mutex_};
    offline_ = why;
  }
  // Reasons may alternate: a line now and then.
  if (why == told_ || steady::now() - told_at_ < kafka_tell_every)
    return;
  told_ = std::move(why);
  told_at_ = steady::now();
  warn(told_.empty() ? "Kafka takes writes again" : "no writes: " + told_);
}

void kafka_log::warn(std::string line) const {
  if (config_.warn)
    config_.warn(std::move(line));
}

} // namespace signalbox
