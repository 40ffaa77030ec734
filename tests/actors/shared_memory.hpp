#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/memory_log.hpp"
#include "storage/shared_log.hpp"

namespace signalbox::test {

class memory_member;

/// What brokers are to nodes: one order for the records of all members.
class memory_broker {
 public:
  enum class report { honest, failed_though_appended, failed_and_lost };

  void set_time(timestamp x) {
    std::lock_guard lock{mutex_};
    time_ = x;
  }

  void set_reports(report x) { reports_ = x; }

 private:
  friend memory_member;

  struct entry {
    timestamp time;
    byte_buffer record;
  };

  result<void> append(byte_view record);
  void join(memory_member& x);
  void leave(memory_member& x);
  std::vector<entry> entries_from(std::size_t first);

  std::mutex mutex_;
  std::vector<entry> entries_;
  std::vector<memory_member*> members_;
  timestamp time_{};
  std::atomic<report> reports_{report::honest};
};

/// A node's log on a memory_broker.
class memory_member final : public shared_log {
 public:
  explicit memory_member(memory_broker& broker) : broker_{broker} {
    broker_.join(*this);
  }
  ~memory_member() override { broker_.leave(*this); }

  log_index end() const override { return copy_.end(); }

  result<void> read(log_index from, const visitor& visit) const override {
    return copy_.read(from, visit);
  }

  log_health health() const override {
    std::lock_guard lock{mutex_};
    return lost_.empty() ? log_health{}
                         : log_health{log_health::mode::lost, lost_};
  }

  /// For the preparation of a test: sends and reads back.
  result<log_index> append(std::span<const byte_view> records,
                           timestamp append_time) override {
    broker_.set_time(append_time);
    for (auto& x : records)
      if (auto done = broker_.append(x); !done)
        return done.error();
    serve();
    return end();
  }

  void produce(byte_view record, std::string_view, delivered then) override {
    gathered_.push_back({to_buffer(record), std::move(then)});
  }

  /// From now on the next serve() after records came leaves them where they
  /// are, and the one after that sends them.
  void hold_back() { may_hold_ = true; }

  bool holds_back() const override { return is_holding_; }

  bool serve() override {
    woken_ = false;
    is_holding_ = may_hold_ && !is_holding_ && !gathered_.empty();
    if (!is_holding_)
      for (auto& [record, then] : std::exchange(gathered_, {}))
        then(broker_.append(record));
    auto fresh = broker_.entries_from(to_integer(copy_.end()));
    for (auto& x : fresh) {
      byte_view record = x.record;
      copy_.append({&record, 1}, x.time).value();
    }
    return !fresh.empty();
  }

  void listen(std::function<void()> wake) override {
    std::lock_guard lock{mutex_};
    listener_ = std::move(wake);
    if (listener_)
      listener_();
  }

  std::chrono::steady_clock::time_point current_at() const override {
    return std::chrono::steady_clock::now();
  }

  void lose(std::string why) {
    std::lock_guard lock{mutex_};
    lost_ = std::move(why);
  }

  void wake() {
    if (woken_.exchange(true))
      return;
    std::lock_guard lock{mutex_};
    if (listener_)
      listener_();
  }

 private:
  memory_broker& broker_;
  memory_log copy_;
  std::vector<std::pair<byte_buffer, delivered>> gathered_;
  std::atomic<bool> may_hold_{false};
  bool is_holding_ = false;
  std::atomic<bool> woken_{false};
  mutable std::mutex mutex_;
  std::function<void()> listener_;
  std::string lost_;
};

inline result<void> memory_broker::append(byte_view record) {
  const auto how = reports_.load();
  if (how != report::failed_and_lost) {
    std::lock_guard lock{mutex_};
    entries_.push_back({time_, to_buffer(record)});
    for (auto* x : members_)
      x->wake();
  }
  if (how == report::honest)
    return {};
  return failure{errc::pending, "the broker did not confirm it"};
}

inline void memory_broker::join(memory_member& x) {
  std::lock_guard lock{mutex_};
  members_.push_back(&x);
}

inline void memory_broker::leave(memory_member& x) {
  std::lock_guard lock{mutex_};
  std::erase(members_, &x);
}

inline std::vector<memory_broker::entry>
memory_broker::entries_from(std::size_t first) {
  std::lock_guard lock{mutex_};
  return {entries_.begin() + static_cast<std::ptrdiff_t>(first),
          entries_.end()};
}

} // namespace signalbox::test
