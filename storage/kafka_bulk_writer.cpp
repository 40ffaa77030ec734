#include "storage/kafka_bulk_writer.hpp"

#include "storage/defaults.hpp"

namespace signalbox {

namespace {

/// What a small record costs beside its bytes, so that their number is bounded.
constexpr std::size_t surcharge = 1024;

} // namespace

result<std::unique_ptr<kafka_bulk_writer>>
kafka_bulk_writer::open(const kafka_settings& settings, std::string topic) {
  std::unique_ptr<kafka_bulk_writer> out{
      new kafka_bulk_writer{std::move(topic)}};
  auto producer = kafka_producer::open(
      {.settings = settings,
       .topic = out->topic_,
       .wake = [signal = &out->woken_] { signal->raise(); },
       .limit = kafka_copy_limit});
  if (!producer)
    return producer.error();
  out->producer_ = std::move(*producer);
  return out;
}

result<void> kafka_bulk_writer::add(byte_view record, std::string_view key,
                                    timestamp at) {
  if (auto room = wait_for(kafka_copy_in_flight); !room)
    return room;
  const auto size = record.size() + surcharge;
  in_flight_ += size;
  producer_->produce(record, {.key = key, .at = at},
                     [this, size](const result<std::uint64_t>& x) {
                       in_flight_ -= size;
                       if (!x && !problem_)
                         problem_ = x.error();
                     });
  return {};
}

result<void> kafka_bulk_writer::finish() {
  return wait_for(0);
}

result<void> kafka_bulk_writer::wait_for(std::size_t most_bytes) {
  while (!problem_ && in_flight_ > most_bytes) {
    woken_.clear();
    producer_->serve();
    if (in_flight_ > most_bytes)
      woken_.wait(std::chrono::milliseconds{100});
  }
  if (problem_)
    return failure{problem_->code,
                   "topic " + topic_ + ": " + problem_->message};
  return {};
}

} // namespace signalbox
