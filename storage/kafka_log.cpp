#include "storage/kafka_log.hpp"

#include <algorithm>
#include <utility>

#include "events/envelope.hpp"
#include "events/fault.hpp"
#include "storage/kafka_consumer.hpp"
#include "storage/kafka_log_copier.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

using std::chrono::milliseconds;

kafka_log::kafka_log(kafka_log_config config)
    : config_{std::move(config)}, topic_{kafka_topic(config_.settings,
                                                     decisions_stream)},
      offline_{"no Kafka broker has answered yet"},
      recent_{std::make_unique<kafka_recent>()},
      taken_{std::make_shared<kafka_records>()} {}

kafka_log::~kafka_log() = default;

result<std::unique_ptr<kafka_log>> kafka_log::open(kafka_log_config config) {
  auto mirror = kafka_mirror::open(config.database);
  if (!mirror)
    return mirror.error();
  std::unique_ptr<kafka_log> out{new kafka_log{std::move(config)}};
  out->mirror_ = std::move(*mirror);
  out->end_ = out->mirror_->size();
  out->date_copy();
  if (auto done = out->connect(); !done)
    return done.error();
  return out;
}

result<void> kafka_log::connect() {
  auto consumer =
      kafka_consumer::open({.settings = config_.settings,
                            .topic = topic_,
                            .wake = [this] { wake(); },
                            .warn = config_.warn,
                            .isolation = is_due(fault::read_committed)
                                             ? kafka_isolation::committed
                                             : kafka_isolation::uncommitted});
  if (!consumer)
    return consumer.error();
  consumer_ = std::move(*consumer);
  // It has its time, like a leader that moves.
  reachable_at_ = moved_at_ = steady::now();
  compare();
  if (!config_.writes)
    return {};
  auto producer = kafka_producer::open({.settings = config_.settings,
                                        .topic = topic_,
                                        .wake = [this] { wake(); },
                                        .warn = config_.warn,
                                        .gathers = true});
  if (!producer)
    return producer.error();
  producer_ = std::move(*producer);
  return {};
}

/// Until the topic is read again, the copy is known to have been whole when its
/// last entry was written.
void kafka_log::date_copy() {
  using std::chrono::system_clock;
  timestamp last{};
  if (mirror_->size() > 0)
    (void)mirror_->log().read(log_index{mirror_->size() - 1},
                              [&](const log_entry_view& x) {
                                last = x.append_time;
                                return false;
                              });
  const auto age =
      system_clock::now().time_since_epoch() - milliseconds{to_integer(last)};
  current_at_ = (steady::now() - age).time_since_epoch().count();
}

// -- waking ------------------------------------------------------------------

void kafka_log::wake() {
  if (woken_.exchange(true))
    return;
  std::lock_guard guard{mutex_};
  called_.notify_all();
  if (listener_)
    listener_();
}

void kafka_log::wait_for_wake(milliseconds most) {
  std::unique_lock guard{mutex_};
  called_.wait_for(guard, most, [this] { return woken_.load(); });
}

void kafka_log::listen(std::function<void()> wake) {
  std::lock_guard guard{mutex_};
  listener_ = std::move(wake);
  if (listener_)
    listener_(); // whatever came before is served now
}

// -- reading -----------------------------------------------------------------

result<void> kafka_log::read(log_index from, const visitor& visit) const {
  bool goes_on = true;
  auto next = to_integer(from);
  const visitor each = [&](const log_entry_view& x) {
    next = to_integer(x.index) + 1;
    return goes_on = visit(as_told(x));
  };
  const auto end = end_.load();
  do {
    // What is not in memory any more is in the copy.
    if (const auto group = recent_->find(next))
      visit_from(*group, next, each);
    else if (auto read = mirror_->log().read(log_index{next}, each); !read)
      return read;
  } while (goes_on && next < end);
  return {};
}

log_entry_view kafka_log::as_told(log_entry_view x) const {
  if (is_due(fault::offset_as_index))
    x.index = log_index{mirror_->offset_of(to_integer(x.index))};
  return x;
}

log_health kafka_log::health() const {
  {
    std::lock_guard guard{mutex_};
    if (!lost_.empty())
      return {log_health::mode::lost, lost_};
    if (!offline_.empty())
      return {log_health::mode::read_only, offline_};
  }
  if (!config_.writes)
    return {log_health::mode::read_only, "this node is a replica"};
  return mirror_->log().health();
}

kafka_log::steady::time_point kafka_log::current_at() const {
  return steady::time_point{steady::duration{current_at_.load()}};
}

bool kafka_log::serve() {
  woken_ = false;
  if (producer_)
    producer_->serve();
  const auto before = end_.load();
  while (keep() && take() == kafka_copy_batch)
    if (taken_->bytes >= large_batch_bytes)
      show_taken();
  show_taken();
  watch();
  return end_.load() > before;
}

/// The number of messages that came, of which a full batch means more.
std::size_t kafka_log::take() {
  auto messages = consumer_->take(kafka_copy_batch, milliseconds{0});
  const auto count = messages.size();
  for (auto& x : messages) {
    const auto records = taken_->entries.size();
    if (!take_message(*x))
      break; // read from elsewhere now: the rest is of before
    if (taken_->entries.size() > records)
      taken_->held.push_back(std::move(x));
  }
  if (auto problem = consumer_->take_problem())
    take_problem(*problem);
  return count;
}

/// False if the consumer was sent elsewhere.
bool kafka_log::take_message(const rd_kafka_message_s& x) {
  if (phase_ == phase::lost || compare_due_)
    return false;
  if (x.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    unreadable_.clear();
    return take_record(x);
  }
  if (x.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    unreadable_.clear();
    if (phase_ != phase::follow) {
      mismatch("ends at offset " + std::to_string(x.offset));
      return false;
    }
    position_ = std::max(position_, static_cast<std::uint64_t>(x.offset));
    current_at_ = steady::now().time_since_epoch().count();
    return true;
  }
  if (is_out_of_range(x.err)) {
    mismatch("has nothing at the offset where it is to be read on");
    return false;
  }
  unreadable_ = explain({x.err});
  take_problem(unreadable_);
  return true;
}

bool kafka_log::take_record(const rd_kafka_message_s& x) {
  const auto offset = static_cast<std::uint64_t>(x.offset);
  const auto last = mirror_->size() - 1; // of a copy that holds one, below
  switch (phase_) {
  case phase::compare_first:
    if (!compare_entry(0, x))
      return false;
    if (last > 0) {
      phase_ = phase::compare_last;
      consumer_->read_from(mirror_->offset_of(last));
      return false;
    }
    break;
  case phase::compare_last:
    if (!compare_entry(last, x))
      return false;
    break;
  case phase::follow:
    if (offset >= position_) {
      taken_->entries.push_back({offset, time_of(x), bytes_of(x)});
      taken_->bytes += x.len;
      position_ = offset + 1;
      moved_at_ = steady::now();
    }
    return true;
  case phase::lost:
    return false;
  }
  phase_ = phase::follow;
  mismatches_ = 0;
  position_ = offset + 1;
  return true;
}

void kafka_log::take_problem(std::string what) {
  trouble_ = std::move(what);
  is_suspect_ = true;
}

void kafka_log::show_taken() {
  if (taken_->entries.empty())
    return;
  taken_->first = end_;
  unkept_ = std::exchange(taken_, std::make_shared<kafka_records>());
  recent_->add(unkept_);
  end_ = unkept_->end();
}

bool kafka_log::keep() {
  if (unkept_ == nullptr)
    return true;
  if (keep_due_ && steady::now() < *keep_due_)
    return false;
  const auto added = mirror_->add(unkept_->first, unkept_->entries);
  moved_at_ = steady::now(); // however long that took
  if (!added) {
    warn("the topic cannot be copied for now: " + added.error().message);
    keep_due_ = moved_at_ + reopen_interval;
    return false;
  }
  keep_due_.reset();
  if (auto* group = copier_ ? copier_->groups.begin_write() : nullptr) {
    *group = unkept_;
    copier_->groups.end_write();
  }
  unkept_ = nullptr;
  recent_->drop(mirror_->size());
  return true;
}

// -- writing -----------------------------------------------------------------

void kafka_log::produce(byte_view record, std::string_view key,
                        delivered then) {
  if (auto now = health(); now.state != log_health::mode::writable)
    return then(failure{errc::read_only, std::move(now.reason)});
  if (!producer_)
    return then(failure{errc::read_only, "this node is a replica"});
  producer_->produce(record, {.key = key},
                     [then = std::move(then)](const result<std::uint64_t>& x) {
                       then(x ? result<void>{} : x.error());
                     });
}

bool kafka_log::holds_back() const {
  return producer_ && producer_->holds_back();
}

namespace {

/// What became of the records of one group.
struct group_fate {
  std::size_t open;
  bool is_perhaps_there = false;
  std::optional<failure> problem;
  std::uint64_t first = 0, last = 0; ///< offsets
};

} // namespace

result<log_index> kafka_log::append(std::span<const byte_view> records,
                                    timestamp append_time) {
  for (auto x : records)
    if (x.size() > max_record_bytes)
      return record_too_large(x.size());
  serve();
  if (auto now = health(); now.state != log_health::mode::writable)
    return failure{errc::read_only, std::move(now.reason)};
  if (!producer_)
    return failure{errc::read_only, "this node is a replica"};
  if (records.empty())
    return end();
  auto fate = std::make_shared<group_fate>();
  fate->open = records.size();
  for (std::size_t i = 0; i < records.size(); ++i)
    producer_->produce(records[i], {.at = append_time},
                       [fate, i](const result<std::uint64_t>& x) {
                         --fate->open;
                         fate->is_perhaps_there |=
                             x || x.error().code == errc::pending;
                         if (!x)
                           fate->problem = x.error();
                         else if (i == 0)
                           fate->first = *x;
                         fate->last = std::max(fate->last, x ? *x : 0);
                       });
  const auto deadline = steady::now() + kafka_delivery_limit + config_.patience;
  const auto is_done = [&] {
    return fate->open == 0 &&
           (fate->problem || mirror_->next_offset() > fate->last);
  };
  for (serve(); !(keep() && is_done()) && steady::now() < deadline; serve())
    wait_for_wake(milliseconds{100});
  if (fate->problem)
    return fate->is_perhaps_there
               ? failure{errc::pending, fate->problem->message}
               : *fate->problem;
  if (!is_done())
    return failure{errc::pending, "Kafka did not show the records in time"};
  return log_index{mirror_->index_of(fate->first)};
}

} // namespace signalbox
