#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "storage/memory_stream.hpp"
#include "storage/shared_stream.hpp"

namespace signalbox::test {

class stream_member;

/// What brokers are to nodes: one order for the records of all members.
class stream_broker {
 public:
  void set_time(timestamp x) {
    const std::lock_guard lock{mutex_};
    time_ = x;
  }

  /// Members see nothing of what is written until it is false again.
  void hold(bool x) {
    const std::lock_guard lock{mutex_};
    held_ = x;
    wake_all();
  }

 private:
  friend stream_member;

  struct entry {
    timestamp time;
    byte_buffer record;
  };

  void wake_all();

  std::mutex mutex_;
  std::vector<entry> entries_;
  std::vector<stream_member*> members_;
  timestamp time_{};
  bool held_ = false;
};

/// A node's stream on a stream_broker.
class stream_member final : public shared_stream {
 public:
  explicit stream_member(stream_broker& broker) : broker_{broker} {
    const std::lock_guard lock{broker_.mutex_};
    broker_.members_.push_back(this);
  }
  ~stream_member() override {
    const std::lock_guard lock{broker_.mutex_};
    std::erase(broker_.members_, this);
  }

  std::uint64_t begin() const override { return copy_.begin(); }
  std::uint64_t end() const override { return copy_.end(); }
  std::uint64_t bytes() const override { return copy_.bytes(); }
  result<void> read(std::uint64_t from, const visitor& visit) const override {
    return copy_.read(from, visit);
  }
  result<void> read_back(std::uint64_t before,
                         const visitor& visit) const override {
    return copy_.read_back(before, visit);
  }
  result<void> trim(timestamp before) override { return copy_.trim(before); }

  result<std::uint64_t> append(std::span<const byte_view> records,
                               timestamp) override {
    const std::lock_guard lock{broker_.mutex_};
    const auto first = broker_.entries_.size();
    for (auto x : records)
      broker_.entries_.push_back({broker_.time_, to_buffer(x)});
    broker_.wake_all();
    return first;
  }

  void serve(const visitor& arrived) override {
    for (auto& x : take()) {
      const byte_view record{x.record};
      const auto index = copy_.append({&record, 1}, x.time);
      arrived({index.value(), x.time, record});
    }
  }

  void listen(std::function<void()> wake) override {
    const std::lock_guard lock{mutex_};
    listener_ = std::move(wake);
    if (listener_)
      listener_();
  }

  void wake() {
    const std::lock_guard lock{mutex_};
    if (listener_)
      listener_();
  }

 private:
  std::vector<stream_broker::entry> take() {
    const std::lock_guard lock{broker_.mutex_};
    if (broker_.held_)
      return {};
    const auto from = static_cast<std::ptrdiff_t>(copy_.end());
    return {broker_.entries_.begin() + from, broker_.entries_.end()};
  }

  stream_broker& broker_;
  memory_stream copy_;
  std::mutex mutex_;
  std::function<void()> listener_; // under mutex_
};

inline void stream_broker::wake_all() {
  for (auto* x : members_)
    x->wake();
}

} // namespace signalbox::test
