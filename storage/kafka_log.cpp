#include "storage/kafka_log.hpp"

#include <algorithm>
#include <utility>

#include "events/envelope.hpp"
#include "events/fault.hpp"
#include "storage/kafka_consumer.hpp"
#include "storage/kafka_log_copy.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

using std::chrono::milliseconds;

kafka_log::kafka_log(kafka_log_config config)
    : config_{std::move(config)}, topic_{kafka_topic(config_.settings,
                                                     decisions_stream)},
      offline_{"no Kafka broker has answered yet"},
      taken_{std::make_shared<kafka_records>()} {}

kafka_log::~kafka_log() = default;

result<std::unique_ptr<kafka_log>> kafka_log::open(kafka_log_config config) {
  std::unique_ptr<kafka_log> out{new kafka_log{std::move(config)}};
  auto* log = out.get();
  auto copy = kafka_log_copy::open(
      log->config_.database,
      {.wake = [log] { log->wake(); }, .warn = log->config_.warn});
  if (!copy)
    return copy.error();
  out->copy_ = std::move(*copy);
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
  if (copy_->size() > 0)
    (void)copy_->read(log_index{copy_->size() - 1},
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

log_index kafka_log::end() const {
  return log_index{copy_->size()};
}

log_index kafka_log::kept() const {
  return log_index{copy_->written()};
}

void kafka_log::keep() const {
  (void)copy_->finish(kafka_keep_patience);
}

std::uint64_t kafka_log::known_size() const {
  return std::max(copy_->size(), met_end_.load());
}

result<void> kafka_log::read(log_index from, const visitor& visit) const {
  return copy_->read(
      from, [&](const log_entry_view& x) { return visit(as_told(x)); });
}

log_entry_view kafka_log::as_told(log_entry_view x) const {
  if (is_due(fault::offset_as_index))
    x.index = log_index{copy_->offset_of(to_integer(x.index))};
  return x;
}

log_health kafka_log::health() const {
  auto of_copy = copy_->health();
  if (of_copy.state == log_health::mode::lost ||
      (!config_.writes && of_copy.state != log_health::mode::writable))
    return of_copy;
  {
    std::lock_guard guard{mutex_};
    if (!lost_.empty())
      return {log_health::mode::lost, lost_};
    if (!offline_.empty())
      return {log_health::mode::read_only, offline_};
  }
  if (!config_.writes)
    return {log_health::mode::read_only, "this node is a replica"};
  return of_copy;
}

kafka_log::steady::time_point kafka_log::current_at() const {
  return steady::time_point{steady::duration{current_at_.load()}};
}

bool kafka_log::serve() {
  woken_ = false;
  if (producer_)
    producer_->serve();
  if (may_take())
    while (take() == kafka_copy_batch)
      if (taken_->bytes >= large_batch_bytes) {
        wake(); // for what follows
        break;
      }
  const bool grown = add_taken();
  watch();
  return grown;
}

/// False while the disk is too far behind; the copy wakes when it is not. For a
/// while messages wait at the client; what that tells waits behind them.
bool kafka_log::may_take() {
  const auto now = steady::now();
  if (copy_->has_room()) {
    full_since_.reset();
    if (std::exchange(is_paused_, false)) {
      consumer_->pause(false);
      if (phase_ != phase::lost)
        compare(); // reads on from its place
    }
    return true;
  }
  moved_at_ = now;
  if (!is_paused_)
    reachable_at_ = now; // as far as it hears
  if (!full_since_)
    full_since_ = now;
  if (!is_paused_ && now - *full_since_ > kafka_pause_after) {
    is_paused_ = true;
    consumer_->pause(true);
  }
  return is_paused_;
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
  if (phase_ == phase::lost || compare_due_ || is_paused_)
    return false;
  if (x.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const bool goes_on = take_record(x);
    if (phase_ == phase::follow) // what is compared is read at every attempt
      unreadable_.clear();
    return goes_on;
  }
  if (x.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (phase_ != phase::follow) {
      meet_end(static_cast<std::uint64_t>(x.offset));
      return false;
    }
    unreadable_.clear();
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
  const auto last = copy_->size() - 1; // of a copy that holds one, below
  switch (phase_) {
  case phase::compare_first:
    if (!compare_entry(0, x))
      return false;
    if (last > 0) {
      phase_ = phase::compare_last;
      consumer_->read_from(copy_->offset_of(last));
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
  return true;
}

void kafka_log::take_problem(std::string what) {
  trouble_ = std::move(what);
  is_suspect_ = true;
}

bool kafka_log::add_taken() {
  if (taken_->entries.empty())
    return false;
  copy_->add(std::exchange(taken_, std::make_shared<kafka_records>()));
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
    return fate->open == 0 && (fate->problem || position_ > fate->last);
  };
  for (serve(); !is_done() && steady::now() < deadline; serve())
    wait_for_wake(milliseconds{100});
  if (fate->problem)
    return fate->is_perhaps_there
               ? failure{errc::pending, fate->problem->message}
               : *fate->problem;
  if (!is_done())
    return failure{errc::pending, "Kafka did not show the records in time"};
  if (!copy_->finish(config_.patience))
    return failure{errc::pending, "they are in the topic, but the copy of it "
                                  "cannot be written: " +
                                      copy_->health().reason};
  return log_index{copy_->index_of(fate->first)};
}

} // namespace signalbox
