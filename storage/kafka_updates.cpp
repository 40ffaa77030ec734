#include "storage/kafka_updates.hpp"

#include <algorithm>

#include "storage/kafka_consumer.hpp"
#include "storage/kafka_updates_topic.hpp"

namespace signalbox {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

kafka_updates::kafka_updates(kafka_updates_config config)
    : config_{std::move(config)}, topic_{kafka_topic(config_.settings,
                                                     updates_stream)} {}

kafka_updates::~kafka_updates() = default;

result<std::unique_ptr<kafka_updates>>
kafka_updates::open(kafka_updates_config config) {
  std::unique_ptr<kafka_updates> out{new kafka_updates{std::move(config)}};
  auto* self = out.get();
  auto consumer =
      kafka_consumer::open({.settings = self->config_.settings,
                            .topic = self->topic_,
                            .wake = [self] { self->signal_.raise(); },
                            .warn = self->config_.warn,
                            .isolation = kafka_isolation::committed});
  if (!consumer)
    return consumer.error();
  out->consumer_ = std::move(*consumer);
  return out;
}

// -- looking after the topic -------------------------------------------------

result<void> kafka_updates::check() {
  if (auto done = check_settings(); !done)
    return done;
  check_extent();
  return {};
}

result<void> kafka_updates::check_settings() {
  auto facts =
      kafka_topics{config_.settings, config_.patience}.describe(topic_);
  if (!facts && facts.error().code == errc::not_found)
    return failure{errc::not_found, "there is no topic " + topic_ + ": " +
                                        how_to_make_updates(topic_)};
  if (!facts)
    return facts.error();
  const auto verdict = judge_updates(*facts);
  if (!verdict.dangers.empty())
    return failure{errc::read_only, "topic " + topic_ + " is not used: " +
                                        join(verdict.dangers)};
  if (auto told = join(verdict.warnings); told != warned_) {
    if (!told.empty() && config_.warn)
      config_.warn("topic " + topic_ + ": " + told);
    warned_ = std::move(told);
  }
  return {};
}

/// The client library tells nothing of a topic that was made anew or emptied.
/// What is not known now is looked at the next time.
void kafka_updates::check_extent() {
  const auto now = consumer_->ask_range(0, config_.patience);
  if (!now)
    return;
  if (now->end < position_ || now->begin > begin_)
    changed_ = failure{errc::history_changed,
                       "topic " + topic_ + " was emptied, cut or made anew"};
}

// -- reading -----------------------------------------------------------------

void kafka_updates::rewind() {
  changed_.reset();
  is_at_end_ = false;
  position_ = begin_ = 0;
  if (const auto now = consumer_->ask_range(0, config_.patience))
    position_ = begin_ = now->begin;
  consumer_->read_from(begin_);
}

result<void> kafka_updates::read(const visitor& visit) {
  signal_.clear();
  while (take(visit, milliseconds{0}) == kafka_copy_batch)
    ;
  if (changed_)
    return *changed_;
  return {};
}

result<void> kafka_updates::read_to_end(const visitor& visit) {
  const auto to = ask_whole_end();
  if (!to)
    return to.error();
  auto last_growth = steady::now();
  while (position_ < *to) {
    const auto before = position_;
    take(visit, milliseconds{50});
    if (changed_)
      return *changed_;
    if (position_ != before)
      last_growth = steady::now();
    else if (is_stopping_ || steady::now() - last_growth > config_.silence)
      return failure{errc::unavailable,
                     "topic " + topic_ + " is read to offset " +
                         std::to_string(position_) + " of " +
                         std::to_string(*to) +
                         ": its leader is out of reach, or a producer that is "
                         "no node of this ledger has a transaction open in it "
                         "(kafka-transactions find-hanging), which hides what "
                         "comes after it"};
  }
  is_at_end_ = true;
  return {};
}

/// The end of what is there, committed or not. Not to be had from a client that
/// reads committed messages: to it an open transaction is the end.
result<std::uint64_t> kafka_updates::ask_whole_end() const {
  const auto client =
      kafka_consumer::open({.settings = config_.settings, .topic = topic_});
  if (!client)
    return client.error();
  return (*client)->ask_end(config_.patience);
}

/// The number of messages that came, of which a full batch means more.
std::size_t kafka_updates::take(const visitor& visit, milliseconds wait) {
  const auto messages = consumer_->take(kafka_copy_batch, wait);
  for (auto& x : messages)
    if (!changed_)
      take_message(*x, visit);
  return messages.size();
}

void kafka_updates::take_message(const rd_kafka_message_s& x,
                                 const visitor& visit) {
  const auto offset = static_cast<std::uint64_t>(x.offset);
  if (x.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    position_ = std::max(position_, offset);
    is_at_end_ = true;
  } else if (is_out_of_range(x.err)) {
    changed_ = failure{errc::history_changed,
                       "topic " + topic_ + " has nothing where it was read"};
  } else if (x.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    position_ = offset + 1;
    visit({{static_cast<const char*>(x.key), x.key_len},
           as_text(bytes_of(x)),
           writer_ != nullptr && offset < written_});
  }
}

// -- writing -----------------------------------------------------------------

result<void> kafka_updates::take_over() {
  writer_.reset();
  written_ = 0;
  auto made = kafka_transactions::open(
      {.settings = config_.settings,
       .topic = topic_,
       .transactional_id = config_.settings.deployment + '.' +
                           config_.settings.ledger + '.' + updates_stream,
       .warn = config_.warn,
       .patience = kafka_transaction_limit,
       .gives_up = [this] { return is_stopping_.load(); }});
  if (!made)
    return made.error();
  writer_ = std::move(*made);
  return {};
}

result<void> kafka_updates::write(std::span<const update_message> messages) {
  if (writer_ == nullptr)
    return failure{errc::unavailable, "this node does not write the changes"};
  auto done = writer_->write(messages);
  if (!done) {
    resign();
    return done.error();
  }
  // An offset that was read before is one of another topic of this name.
  if (done->first < position_)
    changed_ = failure{errc::history_changed,
                       "topic " + topic_ + " was emptied or made anew"};
  written_ = done->last + 1;
  return {};
}

} // namespace signalbox
