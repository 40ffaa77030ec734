#include "actors/client_reports.hpp"

namespace signalbox {

namespace {

/// The same report within this time costs nothing.
constexpr std::int64_t repeat_memory = 60'000;

client_reported event_of(const client_state& x, const pseudonyms& names) {
  return {names.of(x.client_id, x.profile, x.fingerprint),
          x.client_id,
          x.profile,
          x.artifact,
          x.result,
          x.applied_at,
          x.detail,
          names.mark()};
}

failure foreign_key() {
  return {errc::unavailable,
          "another node names clients under another key, so they would count "
          "twice: put the same keys/pseudonym.key on all nodes of the ledger"};
}

} // namespace

/// A report on its way to the disk. The event's texts lie in `owner`.
struct client_reports::waiting {
  client_state owner;
  client_reported event;
  timestamp received_at{};
  reply answer;
};

client_reports::client_reports(client_reports_config config)
    : config_{std::move(config)}, limit_{config_.per_second},
      latest_{config_.max_clients},
      writer_{
          {.stream = config_.stream,
           .wall_clock = config_.wall_clock,
           .keep = config_.keep,
           .warn = config_.warn,
           .on_trim =
               [this](timestamp before) { latest_.forget_before(before); },
           .shared = config_.shared,
           .on_entry = [this](auto& x) { fold(x, now() + -config_.keep); }}} {}

client_reports::~client_reports() {
  stop();
}

void client_reports::start() {
  rebuild();
  writer_.start();
}

void client_reports::stop() {
  writer_.stop();
}

void client_reports::rebuild() {
  std::uint64_t unreadable = 0;
  auto done = replay(unreadable);
  if (!done)
    config_.warn("reports could not be counted: " + done.error().message);
  if (unreadable > 0)
    config_.warn(std::to_string(unreadable) +
                 " reports are of a newer version, or damaged");
}

result<void> client_reports::replay(std::uint64_t& unreadable) {
  const auto first = now() + -config_.keep;
  auto done = config_.stream.read(0, [&](const stream_entry_view& x) {
    unreadable += fold(x, first) ? 0 : 1;
    return true;
  });
  if (config_.is_new_key)
    newest_mark_ = 0;
  return done;
}

/// Counts a report of the stream that was received at `first` or later; false
/// if it is none that this build can read.
bool client_reports::fold(const stream_entry_view& x, timestamp first) {
  const auto record = decode_stream_record(x.record);
  const auto* report =
      record ? std::get_if<client_reported>(&record->body) : nullptr;
  if (report == nullptr)
    return false;
  if (x.append_time >= first) {
    latest_.apply(*report, x.append_time);
    look_at_key(report->key_mark, x.append_time);
  }
  return true;
}

void client_reports::look_at_key(std::uint64_t mark, timestamp used_at) {
  if (config_.shared == nullptr || mark == 0 || used_at < newest_mark_at_)
    return;
  newest_mark_at_ = used_at;
  const bool was_foreign = has_foreign_key();
  newest_mark_ = mark;
  if (has_foreign_key() && !was_foreign)
    config_.warn("no reports are taken: " + foreign_key().message);
}

bool client_reports::has_foreign_key() const {
  const auto newest = newest_mark_.load();
  return config_.names && newest != 0 && newest != config_.names->mark();
}

void client_reports::take(client_state x, reply answer) {
  if (!config_.names)
    return answer(
        failure{errc::unavailable,
                "this node takes no reports: it is a replica, or has no "
                "key for the pseudonyms of clients"});
  if (has_foreign_key())
    return answer(foreign_key());
  auto held = std::make_shared<waiting>();
  held->owner = std::move(x);
  held->event = event_of(held->owner, *config_.names);
  // From here on nobody can say who it is.
  std::fill(held->owner.fingerprint.begin(), held->owner.fingerprint.end(),
            '\0');
  held->owner.fingerprint.clear();
  held->received_at = now();
  held->answer = std::move(answer);
  // Under a floor nobody learns, by the answer or its time, whether a name that
  // he guesses has just said the same.
  if (config_.floor <= 1 &&
      latest_.is_repeated(held->event, held->received_at + -repeat_memory)) {
    ++repeated_;
    return held->answer(report_receipt{held->received_at, true, true});
  }
  const failure crowd{errc::overloaded,
                      "too many clients report at once: try again later"};
  if (!limit_.allow()) {
    ++limited_;
    return held->answer(crowd);
  }
  auto record = encode_stream_record(
      {held->event, held->received_at, config_.node, held->owner.correlation});
  auto then = [this, held](const result<void>& y) { conclude(*held, y); };
  if (!writer_.write(std::move(record), std::move(then)))
    held->answer(crowd);
}

void client_reports::conclude(const waiting& x, const result<void>& written) {
  if (!written)
    return x.answer(written.error());
  x.answer(report_receipt{x.received_at, false,
                          latest_.apply(x.event, x.received_at)});
}

std::string report_key(byte_view record) {
  const auto decoded = decode_stream_record(record);
  const auto* report =
      decoded ? std::get_if<client_reported>(&decoded->body) : nullptr;
  return report == nullptr ? std::string{} : report->client.hex();
}

std::vector<shown_count>
client_reports::count(std::int64_t window,
                      const deployment_filter& filter) const {
  return under_floor(latest_.count(now() + -window, filter), config_.floor);
}

bool client_reports::is_complete() const {
  return latest_.sum().left_out == 0;
}

client_reports_counts client_reports::counts() const {
  const auto kept = latest_.sum();
  return {writer_.counts(), repeated_,    limited_,
          kept.left_out,    kept.clients, kept.bytes};
}

} // namespace signalbox
