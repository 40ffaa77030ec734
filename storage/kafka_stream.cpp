#include "storage/kafka_stream.hpp"

#include <algorithm>
#include <deque>
#include <numeric>

#include "events/envelope.hpp"
#include "events/hash.hpp"
#include "storage/kafka_consumer.hpp"
#include "storage/kafka_stream_topic.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

using std::chrono::milliseconds;

/// How far a partition was read.
struct kafka_stream::part {
  /// What the copy holds and the topic must have still: the next record is the
  /// first of these.
  std::deque<std::uint64_t> compare;
  bool is_moved = false;   ///< what was taken with it is of before
  std::uint64_t floor = 0; ///< the topic has nothing below
  std::uint64_t next = 0;  ///< behind the last record taken
  bool at_end = false;
  int mismatches = 0; ///< in a row
  /// Between the consumer and the copy; the messages own the bytes.
  std::vector<kafka_message> held;
  std::vector<stream_entry_view> entries;
};

kafka_stream::kafka_stream(kafka_stream_config config)
    : config_{std::move(config)}, topic_{kafka_topic(config_.settings,
                                                     config_.stream)} {}

kafka_stream::~kafka_stream() = default;

result<std::unique_ptr<kafka_stream>>
kafka_stream::open(kafka_stream_config config) {
  auto copy = kafka_stream_copy::open(config.database, config.tag);
  if (!copy)
    return copy.error();
  std::unique_ptr<kafka_stream> out{new kafka_stream{std::move(config)}};
  out->copy_ = std::move(*copy);
  if (auto done = out->connect(); !done)
    return done.error();
  return out;
}

result<void> kafka_stream::connect() {
  auto consumer = kafka_consumer::open({.settings = config_.settings,
                                        .topic = topic_,
                                        .wake = [this] { signal_.raise(); },
                                        .warn = config_.warn});
  if (!consumer)
    return consumer.error();
  consumer_ = std::move(*consumer);
  if (!config_.writes)
    return {};
  auto producer = kafka_producer::open({.settings = config_.settings,
                                        .topic = topic_,
                                        .wake = [this] { signal_.raise(); },
                                        .warn = config_.warn});
  if (!producer)
    return producer.error();
  producer_ = std::move(*producer);
  return {};
}

// -- starting ----------------------------------------------------------------

result<void> kafka_stream::check_topic() {
  auto facts =
      kafka_topics{config_.settings, config_.patience}.describe(topic_);
  if (!facts && facts.error().code == errc::not_found)
    return failure{
        errc::not_found,
        "there is no topic " + topic_ + ": " +
            how_to_make_stream(topic_,
                               config_.key_of ? default_report_partitions : 1,
                               config_.keep)};
  if (!facts)
    return facts.error();
  auto verdict = judge_stream(*facts, config_.keep);
  if (!config_.key_of && facts->partitions != 1)
    verdict.dangers.push_back("it has " + std::to_string(facts->partitions) +
                              " partitions but must have 1, whose order is "
                              "that of all its records");
  if (!verdict.dangers.empty())
    return failure{errc::read_only, "topic " + topic_ + " is not used: " +
                                        join(verdict.dangers)};
  if (auto done = copy_->lay_out(facts->partitions); !done)
    return failure{done.error().code,
                   "topic " + topic_ + ": " + done.error().message};
  for (auto& x : verdict.warnings)
    warn("topic " + topic_ + ": " + x);
  return {};
}

result<void> kafka_stream::prepare() {
  auto checked = check_topic();
  ask_at_ = steady::now() + stream_ask_again;
  if (!checked)
    return refuse(checked.error());
  is_usable_ = true;
  is_offline_ = false;
  reachable_at_ = steady::now();
  parts_ = std::vector<part>(static_cast<std::size_t>(copy_->partitions()));
  begin_reading();
  return {};
}

result<void> kafka_stream::refuse(failure why) {
  if (!refusal_ || refusal_->message != why.message)
    warn(why.message);
  refusal_ = why;
  return why;
}

result<void> kafka_stream::catch_up() {
  if (!is_usable_)
    if (auto ready = prepare(); !ready)
      return ready;
  for (auto last_growth = steady::now();;) {
    const auto before = position();
    serve([](auto&) { return true; });
    if (is_at_end())
      return {};
    if (position() != before)
      last_growth = steady::now();
    else if (steady::now() - last_growth > config_.patience)
      return failure{errc::unavailable,
                     "topic " + topic_ + " is not read on: " +
                         (trouble_.empty() ? "Kafka is silent" : trouble_)};
    signal_.wait(milliseconds{100});
  }
}

bool kafka_stream::is_at_end() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](auto& x) { return x.at_end; });
}

std::uint64_t kafka_stream::position() const {
  return std::accumulate(parts_.begin(), parts_.end(), std::uint64_t{0},
                         [](auto sum, auto& x) { return sum + x.next; });
}

// -- reading -----------------------------------------------------------------

/// From the first record that the copy has, which must be there still, then
/// from the last one; without any, from the first one that the topic has. The
/// last alone may be of a topic that took the place of another while this node
/// read on.
void kafka_stream::begin_reading() {
  begin_due_.reset();
  began_at_ = steady::now();
  std::vector<kafka_consumer::place> places;
  for (int i = 0; i < static_cast<int>(parts_.size()); ++i) {
    auto& x = parts_[static_cast<std::size_t>(i)];
    x.entries.clear();
    x.held.clear();
    x.at_end = false;
    x.next = std::max(copy_->next_offset(i), x.floor);
    x.compare.clear();
    const auto first = copy_->first_offset(i, x.floor);
    if (!first) {
      warn("the copy of a stream cannot be read: " + first.error().message);
      return begin_reading_later();
    }
    if (*first)
      x.compare = {**first, x.next - 1};
    places.push_back({i, x.compare.empty() ? x.next : x.compare.front()});
  }
  consumer_->read_from(places);
}

void kafka_stream::begin_reading_later() {
  begin_due_ = steady::now() + stream_retry_after;
}

void kafka_stream::serve(const visitor& arrived) {
  signal_.clear();
  if (producer_)
    producer_->serve();
  if (!is_usable_ && steady::now() >= ask_at_)
    (void)prepare();
  if (!is_usable_) {
    consumer_->take(kafka_copy_batch, milliseconds{0}); // its statistics
    return;
  }
  while (take(arrived) == kafka_copy_batch)
    ;
  watch();
}

/// The number of messages that came, of which a full batch means more.
std::size_t kafka_stream::take(const visitor& arrived) {
  auto messages = consumer_->take(kafka_copy_batch, milliseconds{0});
  const auto count = messages.size();
  for (auto& x : parts_)
    x.is_moved = false;
  for (auto& x : messages) {
    const auto partition = static_cast<std::size_t>(x->partition);
    if (begin_due_)
      break;
    if (x->partition < 0 || partition >= parts_.size()) {
      trouble_ = describe(x->err); // of the client, not of a partition
      continue;
    }
    auto& to = parts_[partition];
    if (to.is_moved)
      continue;
    const auto records = to.entries.size();
    if (!take_message(*x, to, x->partition))
      break; // read from elsewhere now: the rest is of before
    if (to.entries.size() > records)
      to.held.push_back(std::move(x));
  }
  if (auto problem = consumer_->take_problem())
    trouble_ = *problem;
  copy_taken(arrived);
  return count;
}

/// False if the consumer was sent elsewhere.
bool kafka_stream::take_message(const rd_kafka_message_s& x, part& to,
                                int partition) {
  if (x.err == RD_KAFKA_RESP_ERR_NO_ERROR)
    return take_record(x, to, partition);
  if (x.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (!to.compare.empty())
      return mismatch(to, partition, "ends before what was read of it");
    to.at_end = true;
    return true;
  }
  if (is_out_of_range(x.err))
    return find_place(to, partition);
  trouble_ = explain({x.err});
  return true;
}

bool kafka_stream::take_record(const rd_kafka_message_s& x, part& to,
                               int partition) {
  if (!to.compare.empty())
    return compare_record(x, to, partition);
  const auto offset = static_cast<std::uint64_t>(x.offset);
  if (offset >= to.next) {
    to.entries.push_back({offset, time_of(x), bytes_of(x)});
    to.next = offset + 1;
  }
  return true;
}

bool kafka_stream::compare_record(const rd_kafka_message_s& x, part& to,
                                  int partition) {
  const auto offset = static_cast<std::uint64_t>(x.offset);
  const auto same = copy_->holds(partition, offset, bytes_of(x));
  if (!same) {
    warn("the copy of a stream cannot be read: " + same.error().message);
    begin_reading_later();
    return false;
  }
  if (offset != to.compare.front() || !*same)
    return mismatch(to, partition, "holds another record than was read");
  to.compare.pop_front();
  if (!to.compare.empty() && to.compare.front() == offset)
    to.compare.pop_front(); // the copy has one record
  if (to.compare.empty()) {
    to.mismatches = 0;
    return true;
  }
  to.is_moved = true;
  if (consumer_->move(partition, to.compare.front()))
    return true;
  begin_reading_later();
  return false;
}

/// Where to read on when the topic has nothing where it was to be read on.
bool kafka_stream::find_place(part& to, int partition) {
  auto found = consumer_->ask_range(partition, config_.patience);
  if (!found) {
    trouble_ = found.error().message;
    begin_reading_later();
    return false;
  }
  const auto next = copy_->next_offset(partition);
  if (next > found->end)
    return mismatch(to, partition, "ends before what was read of it");
  if (next > 0 && next < found->begin)
    warn("topic " + topic_ + " has dropped " +
         std::to_string(found->begin - next) +
         " records by its retention before this node read them");
  to.floor = found->begin;
  begin_reading();
  return false;
}

/// Believed only when it is seen again: a topic in the middle of a change of
/// its leader may look strange for a moment.
bool kafka_stream::mismatch(part& to, int partition, const char* what) {
  if (++to.mismatches < kafka_check_attempts) {
    begin_reading_later();
    return false;
  }
  warn("topic " + topic_ + ", partition " + std::to_string(partition) + ' ' +
       what +
       ": it was made anew or cut. What was copied of it is dropped, "
       "and it is copied from its beginning");
  to.mismatches = 0;
  to.floor = 0;
  if (auto dropped = copy_->begin_anew(partition); !dropped) {
    warn("it cannot be dropped yet: " + dropped.error().message);
    begin_reading_later();
    return false;
  }
  begin_reading();
  return false;
}

void kafka_stream::copy_taken(const visitor& arrived) {
  for (int i = 0; i < static_cast<int>(parts_.size()); ++i) {
    auto& x = parts_[static_cast<std::size_t>(i)];
    if (x.entries.empty())
      continue;
    auto added = copy_->add(i, x.entries);
    if (added) {
      for (auto entry : x.entries) {
        entry.index = copy_->index_of(i, entry.index);
        arrived(entry);
      }
    } else {
      warn("topic " + topic_ +
           " cannot be copied for now: " + added.error().message);
      begin_reading_later();
    }
    x.entries.clear();
    x.held.clear();
  }
}

void kafka_stream::watch() {
  const auto now = steady::now();
  if (auto seen = consumer_->take_statistics(); seen && seen->is_reachable) {
    reachable_at_ = now;
    trouble_.clear();
  }
  is_offline_ = now - reachable_at_ > kafka_offline_after;
  if (begin_due_ ? now >= *begin_due_ : now - began_at_ > config_.check_every)
    begin_reading();
}

void kafka_stream::warn(std::string line) const {
  if (config_.warn)
    config_.warn(std::move(line));
}

// -- writing -----------------------------------------------------------------

/// What became of the records of one group.
struct kafka_stream::group_fate {
  std::size_t open = 0;
  std::uint64_t first = 0; ///< offset of the first record
  bool is_perhaps_there = false;
  std::optional<failure> problem;
};

/// Ours, and for ever: that of the client library may change.
int kafka_stream::partition_of(const std::string& key) const {
  if (key.empty() || parts_.size() < 2)
    return 0;
  const auto hash = sha256(as_bytes(key));
  std::uint64_t number = 0;
  for (const auto x : hash.view().first(sizeof number))
    number = number << 8 | x;
  return static_cast<int>(number % parts_.size());
}

void kafka_stream::produce(std::span<const byte_view> records, timestamp at,
                           const std::shared_ptr<group_fate>& fate) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto key = config_.key_of ? config_.key_of(records[i]) : "";
    auto then = [fate, i](const result<std::uint64_t>& x) {
      --fate->open;
      fate->is_perhaps_there |= x || x.error().code == errc::pending;
      if (!x)
        fate->problem = x.error();
      else if (i == 0)
        fate->first = *x;
    };
    producer_->produce(records[i],
                       {.key = key, .at = at, .partition = partition_of(key)},
                       std::move(then));
  }
}

result<std::uint64_t> kafka_stream::append(std::span<const byte_view> records,
                                           timestamp append_time) {
  for (auto x : records)
    if (x.size() > max_record_bytes)
      return record_too_large(x.size());
  if (!producer_)
    return failure{errc::read_only, "this node is a replica"};
  if (!is_usable_)
    return failure{errc::read_only, refusal_
                                        ? refusal_->message
                                        : "no Kafka broker has answered yet"};
  if (is_offline_)
    return failure{errc::read_only,
                   "Kafka's leaders of topic " + topic_ + " do not answer" +
                       (trouble_.empty() ? "" : ": " + trouble_)};
  if (records.empty())
    return end();
  auto fate = std::make_shared<group_fate>();
  fate->open = records.size();
  produce(records, append_time, fate);
  const auto deadline = steady::now() + kafka_delivery_limit + config_.patience;
  for (;;) {
    signal_.clear();
    producer_->serve();
    if (fate->open == 0 || steady::now() > deadline)
      break;
    signal_.wait(milliseconds{100});
  }
  if (fate->open > 0)
    return failure{errc::pending, "Kafka did not confirm the records in time"};
  if (fate->problem)
    return fate->is_perhaps_there
               ? failure{errc::pending, fate->problem->message}
               : *fate->problem;
  const auto key = config_.key_of ? config_.key_of(records[0]) : "";
  return copy_->index_of(partition_of(key), fate->first);
}

} // namespace signalbox
