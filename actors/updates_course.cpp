#include "actors/updates_course.hpp"

#include <algorithm>

#include "actors/cloud_event.hpp"
#include "actors/defaults.hpp"

namespace signalbox {

namespace limits = actor_defaults;
using time_point = updates_course::clock::time_point;

updates_course::updates_course(updates_config config)
    : config_{std::move(config)}, election_{config_.waits, config_.seed} {}

time_point updates_course::step(time_point now) {
  const auto shown = config_.shown.load();
  if (shown == nullptr)
    return now + limits::updates_idle;
  const auto& seen = *shown->data;
  look_after_topic(now);
  if (is_usable_) {
    follow(seen, now);
    if (phase_ == phase::follow)
      stand(seen, now);
    if (phase_ == phase::read)
      read_all(seen, now);
    if (phase_ == phase::plan && !contents_.is_ahead())
      plan(seen);
    if (phase_ == phase::write)
      write(seen, now);
  }
  note_behind(*shown, now);
  const bool has_more = phase_ == phase::write && next_ < seen.changes;
  const auto idle = now + limits::updates_idle;
  return has_more ? now
         : had_news_ && phase_ == phase::follow
             ? std::min(idle, std::max(now, election_.due()))
             : std::min(idle, std::max(now, check_at_));
}

updates_counts updates_course::counts() const {
  const auto since = behind_since_.load();
  return {is_writer_, written_, elections_, lost_,
          since == time_point::max() ? clock::duration{}
                                     : clock::now() - since};
}

// -- the topic ---------------------------------------------------------------

void updates_course::look_after_topic(time_point now) {
  if (now < check_at_)
    return;
  check_at_ = now + config_.check_every;
  const auto checked = config_.topic.check();
  if (checked) {
    told_.clear();
    if (!is_usable_)
      begin_reading();
    is_usable_ = true;
    return;
  }
  warn_once("no changes are written to Kafka: " + checked.error().message);
  // Brokers that do not answer say nothing about the topic.
  if (checked.error().code == errc::unavailable)
    return;
  is_usable_ = false;
  leave(phase::follow);
}

void updates_course::begin_reading() {
  contents_ = {};
  config_.topic.rewind();
}

void updates_course::take(const update_record& x) {
  contents_.take(
      x.key, read_cloud_event(config_.shown.load()->data->ledger.id, x.value));
}

/// Reads what has come. A writer that finds another's message is none any more.
void updates_course::follow(const view& seen, time_point now) {
  bool has_come = false, is_others = false;
  const auto read = config_.topic.read([&](const update_record& x) {
    take(x);
    has_come = true;
    is_others |= !x.is_ours;
  });
  if (has_come) {
    read_at_ = now;
    election_.calm(now);
  }
  if (!read) {
    config_.warn(read.error().message + ": it is filled again");
    begin_reading();
    if (phase_ != phase::follow)
      leave(phase::read);
  } else if (is_others && (phase_ == phase::plan || phase_ == phase::write)) {
    fail({errc::conflict, "another node writes the changes now"}, now);
  }
  settle(seen);
}

void updates_course::settle(const view& seen) {
  contents_.settle(seen, config_.is_whole(seen, read_at_));
}

// -- becoming the writer -----------------------------------------------------

void updates_course::stand(const view& seen, time_point now) {
  const bool has_news = contents_.told(seen).value_or(0) < seen.changes &&
                        !contents_.is_ahead() && config_.topic.is_at_end() &&
                        config_.may_write(seen);
  if (!has_news || !had_news_)
    election_.calm(now);
  had_news_ = has_news;
  if (!has_news || !election_.stands(now))
    return;
  if (auto taken = config_.topic.take_over(); !taken)
    return fail(taken.error(), now);
  election_.elected(now);
  ++elections_;
  leave(phase::read);
  config_.note("this node writes the changes to Kafka now");
}

void updates_course::read_all(const view& seen, time_point now) {
  begin_reading();
  const auto read =
      config_.topic.read_to_end([this](const update_record& x) { take(x); });
  if (!read && read.error().code == errc::history_changed)
    return; // it is being made anew: again with the next step
  if (!read)
    return fail(read.error(), now);
  read_at_ = now;
  settle(seen);
  phase_ = phase::plan;
}

void updates_course::plan(const view& seen) {
  next_ = contents_.told(seen).value_or(seen.changes -
                                        std::min(seen.changes, config_.past));
  const auto gaps = contents_.gaps(seen, next_);
  gaps_.assign(gaps.begin(), gaps.end());
  // With nothing to tell the last change is told again: whoever was the writer
  // until now hears that it is none.
  if (gaps.empty() && next_ == seen.changes && next_ > 0)
    --next_;
  incarnation_ = seen.ledger.incarnation;
  phase_ = phase::write;
  if (!gaps.empty())
    config_.note("the topic of changes lacks " + std::to_string(gaps.size()) +
                 " channels: they are written");
}

// -- writing -----------------------------------------------------------------

void updates_course::write(const view& seen, time_point now) {
  if (!config_.may_write(seen)) {
    config_.note("this node is not in the ledger: it writes no changes");
    return leave(phase::follow);
  }
  if (incarnation_ != seen.ledger.incarnation)
    return leave(phase::read); // the ledger was restored: all is told anew
  for (int i = 0; i < limits::update_batches_at_once; ++i) {
    const auto batch = next_batch(seen);
    if (!batch.empty())
      if (auto done = config_.topic.write(batch); !done)
        return fail(done.error(), now);
    written_ += batch.size();
    gaps_.erase(gaps_.begin(),
                gaps_.begin() + static_cast<std::ptrdiff_t>(gaps_in_batch_));
    const bool has_moved = gaps_in_batch_ > 0 || next_ != next_after_batch_;
    next_ = next_after_batch_;
    if (!has_moved)
      return;
  }
}

/// What is written next, and how far that goes.
std::vector<update_message> updates_course::next_batch(const view& seen) {
  std::vector<update_message> out;
  gaps_in_batch_ = 0;
  next_after_batch_ = next_;
  while (gaps_in_batch_ < gaps_.size() && out.size() < limits::update_batch &&
         add(seen, gaps_[gaps_in_batch_], out))
    ++gaps_in_batch_;
  if (gaps_in_batch_ < gaps_.size())
    return out;
  while (next_after_batch_ < seen.changes &&
         out.size() < limits::update_batch && add(seen, next_after_batch_, out))
    ++next_after_batch_;
  return out;
}

/// False if it cannot be read for now. What is damaged is left out, or it would
/// hold up all others for ever.
bool updates_course::add(const view& seen, std::uint64_t place,
                         std::vector<update_message>& to) {
  auto made = make_cloud_event(config_.log, seen, place);
  if (made) {
    to.push_back(std::move(*made));
    return true;
  }
  warn_once("the change of entry " +
            std::to_string(seen.past->changes[place].index) +
            " cannot be told on Kafka: " + made.error().message);
  return made.error().code == errc::log_corrupt;
}

void updates_course::leave(phase to) {
  if (to == phase::follow)
    config_.topic.resign();
  phase_ = to;
  is_writer_ = to != phase::follow;
  had_news_ = false;
}

void updates_course::fail(const failure& why, time_point now) {
  if (why.code == errc::conflict) {
    ++lost_;
    config_.note(why.message);
  } else {
    config_.warn("changes cannot be written to Kafka: " + why.message);
  }
  leave(phase::follow);
  election_.lost(now);
}

// -- telling how it goes -----------------------------------------------------

void updates_course::note_behind(const published& shown, time_point now) {
  const auto& seen = *shown.data;
  const bool is_writing = phase_ == phase::write && gaps_.empty();
  const auto told = is_writing ? next_ : contents_.told(seen).value_or(0);
  if (seen.changes > noticed_ && seen.changes > told) {
    if (awaited_.size() < limits::updates_awaited)
      awaited_.push_back({seen.changes, std::min(now, shown.at)});
    else
      awaited_.back().place = seen.changes;
  }
  noticed_ = seen.changes;
  while (!awaited_.empty() && awaited_.front().place <= told)
    awaited_.pop_front();
  if (awaited_.empty() && told < seen.changes)
    awaited_.push_back({seen.changes, now});
  behind_since_ = awaited_.empty() ? time_point::max() : awaited_.front().since;
}

void updates_course::warn_once(const std::string& what) {
  if (told_ != what)
    config_.warn(what);
  told_ = what;
}

} // namespace signalbox
