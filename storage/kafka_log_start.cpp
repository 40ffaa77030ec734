#include "storage/kafka_log.hpp"

#include <thread>

#include "storage/kafka_consumer.hpp"
#include "storage/kafka_log_copy.hpp"

// How a log on Kafka meets its topic, and is read while it is copied.

namespace signalbox {

using std::chrono::milliseconds;

result<void> kafka_log::check_settings() {
  if (!config_.checks_settings) {
    settings_checked_ = true;
    return {};
  }
  auto facts =
      kafka_topics{config_.settings, config_.patience}.describe(topic_);
  if (!facts && facts.error().code == errc::not_found)
    return failure{errc::not_found,
                   "there is no topic " + topic_ +
                       ": make the ledger with `signalbox ledger create "
                       "--kafka`, or correct signalbox.deployment and "
                       "signalbox.ledger"};
  if (!facts)
    return facts.error();
  auto verdict = judge_decisions(*facts, config_.stamps);
  if (!verdict.dangers.empty())
    return failure{errc::read_only,
                   "topic " + topic_ +
                       " could lose decisions: " + join(verdict.dangers)};
  for (auto& x : verdict.warnings)
    warn("topic " + topic_ + ": " + x);
  settings_checked_ = true;
  return {};
}

/// Of a leader that has just died the library asks a few times, and not who
/// follows it.
result<std::uint64_t> kafka_log::ask_end() const {
  const auto deadline = steady::now() + config_.patience;
  for (;;) {
    auto end = consumer_->ask_end(kafka_end_patience);
    if (end || steady::now() > deadline)
      return end;
    std::this_thread::sleep_for(milliseconds{100});
  }
}

result<void> kafka_log::meet() {
  if (auto checked = check_settings(); !checked)
    return checked;
  auto end = ask_end();
  if (!end)
    return end.error();
  target_ = *end;
  met_end_ = *end;
  auto met = copy_until([] { return true; }, nullptr);
  if (!met)
    target_.reset();
  return met;
}

result<void> kafka_log::catch_up(const progress& tell) {
  if (auto met = meet(); !met)
    return met;
  return copy_to_target([&] {
    if (tell)
      tell(copy_->size(), *target_);
  });
}

result<void> kafka_log::copy_to_target(const std::function<void()>& grown) {
  auto done = copy_until([this] { return position_ >= *target_; }, grown);
  target_.reset();
  if (!done)
    return done;
  if (!copy_->finish(config_.patience)) {
    auto now = copy_->health();
    if (now.state == log_health::mode::lost)
      return failure{errc::history_changed, now.reason};
    return unread("its copy cannot be written: " +
                  (now.reason.empty() ? "the disk is too slow" : now.reason));
  }
  reachable_at_ = steady::now();
  set_offline("");
  return {};
}

failure kafka_log::unread(const std::string& why) const {
  return {errc::unavailable, "topic " + topic_ + " is not read on: " + why};
}

/// Ends while it follows the topic. Calls `grown` after each group of records.
result<void> kafka_log::copy_until(const std::function<bool()>& is_done,
                                   const std::function<void()>& grown) {
  auto last_growth = steady::now();
  std::uint64_t furthest = 0; // what is compared is read again
  for (;;) {
    if (serve() && grown)
      grown();
    if (const auto now = health(); now.state == log_health::mode::lost)
      return failure{errc::history_changed, now.reason};
    if (phase_ == phase::follow && !compare_due_ && is_done())
      return {};
    if (const auto way = position_ + copy_->written(); way > furthest) {
      furthest = way;
      last_growth = steady::now();
    } else if (steady::now() - last_growth > config_.patience) {
      const auto* silence = compare_due_ || !copy_->has_room()
                                ? "its copy cannot be written"
                                : "Kafka is silent";
      return unread(!unreadable_.empty() ? unreadable_
                    : !trouble_.empty()  ? trouble_
                                         : silence);
    }
    wait_for_wake(milliseconds{100});
  }
}

result<void> kafka_log::read_through(log_index from, const visitor& visit) {
  if (!target_)
    return read(from, visit);
  const struct once {
    std::optional<std::uint64_t>& target;
    ~once() { target.reset(); }
  } at_the_start{target_};
  bool goes_on = true;
  auto next = to_integer(from);
  auto known = result<void>{};
  const auto read_on = [&] {
    if (goes_on && known)
      known = read(log_index{next}, [&](const log_entry_view& x) {
        next = to_integer(x.index) + 1;
        return goes_on = visit(x);
      });
  };
  read_on();
  const auto copied = copy_to_target(read_on);
  if (!known || copied || copied.error().code == errc::history_changed ||
      copy_->written() == 0)
    return known ? copied : known;
  warn("serving what was copied so far: " + copied.error().message);
  return {};
}

} // namespace signalbox
