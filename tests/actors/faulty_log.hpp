#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

#include "storage/memory_log.hpp"

namespace signalbox::test {

/// A memory_log that fails on demand, as an engine may. Any thread.
class faulty_log final : public event_log {
 public:
  /// What the next appends meet.
  enum class fault {
    none,
    refuse,       ///< `read_only`: nothing is appended
    lose,         ///< `pending`: nothing is appended
    finish_later, ///< `pending`, but the records are there
    crash,        ///< an exception
  };

  std::atomic<fault> on_append{fault::none};
  mutable std::atomic<int> crash_reads{0}; ///< so many reads throw
  std::atomic<bool> misnumber{false};      ///< entries come under a wrong index
  std::atomic<std::uint64_t> unkept{0};    ///< so many of the newest entries
  std::atomic<int> probes{0};              ///< appends of no record
  std::atomic<int> writers{0};             ///< inside append now
  std::atomic<bool> had_two_writers{false};
  std::function<void()> in_append = nullptr; ///< called inside append

  log_index end() const override { return log_.end(); }

  log_index kept() const override {
    return log_index{to_integer(end()) - unkept};
  }

  result<log_index> append(std::span<const byte_view> records,
                           timestamp append_time) override {
    if (writers.fetch_add(1) > 0)
      had_two_writers = true;
    struct leaving {
      std::atomic<int>& n;
      ~leaving() { --n; }
    } leave{writers};
    if (in_append)
      in_append();
    if (records.empty())
      ++probes;
    else
      note_group(records.size());
    switch (on_append.load()) {
    case fault::none:
      break;
    case fault::refuse:
      return failure{errc::read_only, "the disk is full"};
    case fault::lose:
      return failure{errc::pending, "the disk did not answer"};
    case fault::finish_later:
      if (!records.empty())
        log_.append(records, append_time).value();
      return failure{errc::pending, "the disk did not answer"};
    case fault::crash:
      throw std::runtime_error("the engine broke");
    }
    return log_.append(records, append_time);
  }

  result<void> read(log_index from, const visitor& visit) const override {
    if (crash_reads > 0 && crash_reads.fetch_sub(1) > 0)
      throw std::runtime_error("the engine broke");
    return log_.read(from, [&](const log_entry_view& x) {
      return visit(misnumber
                       ? log_entry_view{log_index{to_integer(x.index) + 1},
                                        x.append_time, x.record}
                       : x);
    });
  }

  log_health health() const override {
    if (on_append == fault::none)
      return {};
    return {log_health::mode::read_only, "the disk is full"};
  }

  /// An entry that nobody announces.
  void slip_in(byte_view record, timestamp append_time) {
    log_.append({&record, 1}, append_time).value();
  }

  std::vector<std::size_t> groups() const {
    std::lock_guard lock{mutex_};
    return groups_;
  }

 private:
  void note_group(std::size_t n) {
    std::lock_guard lock{mutex_};
    groups_.push_back(n);
  }

  memory_log log_;
  mutable std::mutex mutex_;
  std::vector<std::size_t> groups_;
};

} // namespace signalbox::test
