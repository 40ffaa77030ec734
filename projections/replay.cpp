#include "projections/replay.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "projections/batch_queue.hpp"

namespace signalbox {

namespace {

// Few enough that both threads' working sets stay in their caches.
constexpr std::size_t batch_entries = 256;
constexpr std::size_t batch_bytes = 192 * 1024;
constexpr std::size_t batches_ahead = 8;

/// Entries and the envelopes that they point into.
class batch {
 public:
  bool empty() const { return entries_.empty(); }
  const std::vector<replayed_entry>& entries() const { return entries_; }

  /// Whether an envelope of this size belongs into this batch: the first
  /// always does.
  bool has_room(std::size_t bytes) const {
    return entries_.empty() || (entries_.size() < batch_entries &&
                                bytes_.capacity() - bytes_.size() >= bytes);
  }

  void clear() {
    entries_.clear();
    bytes_.clear();
  }

  void add(log_index index, timestamp append_time, byte_view envelope) {
    if (entries_.empty()) { // only now may the bytes move
      entries_.reserve(batch_entries);
      bytes_.reserve(std::max(batch_bytes, envelope.size()));
    }
    auto at = bytes_.size();
    bytes_.insert(bytes_.end(), envelope.begin(), envelope.end());
    entries_.push_back(
        {index, append_time, decode_entry(byte_view{bytes_}.subspan(at))});
  }

 private:
  std::vector<replayed_entry> entries_;
  byte_buffer bytes_;
};

using queue = batch_queue<batch, batches_ahead>;

/// The reading thread's side: fills one batch after another.
class batch_writer {
 public:
  explicit batch_writer(queue& to) : to_{to} {}

  bool add(log_index index, timestamp append_time, byte_view envelope) {
    if (current_ != nullptr && !current_->has_room(envelope.size()))
      flush();
    if (current_ == nullptr && !start())
      return false;
    current_->add(index, append_time, envelope);
    return true;
  }

  void flush() {
    if (current_ != nullptr && !current_->empty())
      to_.end_write();
    current_ = nullptr;
  }

 private:
  bool start() {
    current_ = to_.begin_write();
    if (current_ != nullptr)
      current_->clear();
    return current_ != nullptr;
  }

  queue& to_;
  batch* current_ = nullptr;
};

/// What became of the reading thread; read after it was joined.
struct reading {
  result<void> end;
  std::exception_ptr thrown;
};

void read_all(const envelope_source& source, queue& to, reading& out) {
  try {
    batch_writer writer{to};
    out.end = source([&](log_index index, timestamp time, byte_view envelope) {
      return writer.add(index, time, envelope);
    });
    writer.flush();
  } catch (...) {
    out.thrown = std::current_exception();
  }
  to.finish();
}

/// Ends the reading thread on every way out.
class reader_guard {
 public:
  reader_guard(queue& from, std::thread& thread)
      : from_{from}, thread_{thread} {}
  reader_guard(const reader_guard&) = delete;
  reader_guard& operator=(const reader_guard&) = delete;

  ~reader_guard() {
    from_.abandon();
    thread_.join();
  }

 private:
  queue& from_;
  std::thread& thread_;
};

result<void> fold_batches(const ledger_state& state, queue& from,
                          const replay_step& fold) {
  while (auto* x = from.begin_read()) {
    for (auto& y : x->entries())
      state.prefetch(y.entry);
    for (auto& y : x->entries())
      if (auto folded = fold(y); !folded)
        return folded;
    from.end_read();
  }
  return {};
}

} // namespace

result<void> replay(const ledger_state& state, const envelope_source& source,
                    const replay_step& fold) {
  auto batches = std::make_unique<queue>();
  reading outcome;
  result<void> folded;
  {
    std::thread thread{[&] { read_all(source, *batches, outcome); }};
    reader_guard guard{*batches, thread};
    folded = fold_batches(state, *batches, fold);
  }
  if (!folded)
    return folded;
  if (outcome.thrown)
    std::rethrow_exception(outcome.thrown);
  return outcome.end;
}

} // namespace signalbox
