#include "actors/activity_log.hpp"

#include "actors/defaults.hpp"

namespace signalbox {

namespace {

/// Principals whose rates are known. When there are more, all begin anew: the
/// limit of all together still holds.
constexpr std::size_t max_subjects = 4096;

} // namespace

activity_log::activity_log(activity_log_config config)
    : config_{std::move(config)}, limit_{config_.per_second},
      strangers_{config_.per_stranger, config_.stranger_burst},
      writer_{{.stream = config_.stream,
               .wall_clock = config_.wall_clock,
               .keep = config_.keep,
               .warn = config_.warn,
               .on_trim = nullptr,
               .shared = config_.shared,
               .on_entry = [this](auto& x) { hear(x); }}} {}

activity_log::~activity_log() {
  stop();
}

void activity_log::start() {
  writer_.start();
}

void activity_log::stop() {
  writer_.stop();
}

bool activity_log::allow(const principal_id& about) {
  if (about == principal_id{})
    return strangers_.allow() && limit_.allow();
  std::lock_guard guard{mutex_};
  if (subjects_.size() >= max_subjects)
    subjects_.clear();
  return subjects_.try_emplace(about, config_.per_subject)
             .first->second.allow() &&
         limit_.allow();
}

void activity_log::note(const stream_body& what, const principal_id& about,
                        std::string_view correlation) {
  if (!allow(about)) {
    ++limited_;
    return;
  }
  writer_.write(encode_stream_record(
                    {what, config_.wall_clock(), config_.node, correlation}),
                nullptr);
}

// Few come, and no stranger can make them.
void activity_log::announce(const state_hashed& x) {
  writer_.write(
      encode_stream_record({x, config_.wall_clock(), config_.node, {}}),
      nullptr);
}

void activity_log::hear(const stream_entry_view& x) {
  const auto oldest = config_.wall_clock() + -actor_defaults::word_life;
  if (!config_.on_state || x.append_time < oldest)
    return;
  const auto record = decode_stream_record(x.record);
  if (!record)
    return;
  if (const auto* said = std::get_if<state_hashed>(&record->body))
    config_.on_state({record->node, *said});
}

activity_counts activity_log::counts() const {
  return {writer_.counts(), limited_};
}

} // namespace signalbox
