#include "api/change_hub.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "api/change_defaults.hpp"

namespace signalbox {

namespace {

using clock = std::chrono::steady_clock;
using poll_ptr = std::shared_ptr<long_poll>;

/// Wakes the hub's thread. The publisher holds on to it, so it may be rung when
/// the hub is gone. Nothing is done under its lock: nobody waits for it.
class doorbell {
 public:
  void ring() {
    {
      const std::lock_guard lock{mutex_};
      rung_ = true;
    }
    bell_.notify_one();
  }

  /// Until it was rung or the time is up.
  void wait_until(clock::time_point deadline) {
    std::unique_lock lock{mutex_};
    const auto rung = [this] { return rung_; };
    if (deadline == clock::time_point::max())
      bell_.wait(lock, rung);
    else
      bell_.wait_until(lock, deadline, rung);
    rung_ = false;
  }

  /// Whether anybody listens.
  std::atomic<std::size_t> listeners{0};

 private:
  std::mutex mutex_;
  std::condition_variable bell_;
  bool rung_ = false;
};

} // namespace

/// What a worker has of the hub; on its thread but for the lane.
struct hub_desk {
  subscriber_table table;
  std::shared_ptr<http_lane> lane;
  bool goes_on = false; ///< a task is on its way that tells the next slice
};

struct change_hub::impl {
  impl(change_hub_config c, runtime& n, update_events& e, disk_pool& d)
      : config{c}, node{n}, events{e}, disk{d}, seats{c.seats},
        turns{c.catching_up}, desks(c.workers) {}

  void run();
  void hand_on();
  void tell(hub_desk& at);
  change_round take_round(const published& seen);
  std::uint64_t begin_round(std::uint64_t to);
  void take_back_round();
  bool is_followed(const fresh_change& x);
  std::vector<poll_ptr> take_polls(const change_round& round);
  std::vector<poll_ptr> take_expired(clock::time_point now);
  clock::time_point next_deadline();

  const change_hub_config config;
  runtime& node;
  update_events& events;
  disk_pool& disk;
  change_seats seats;
  catch_up_turns turns;
  change_probe probe;
  std::shared_ptr<doorbell> bell = std::make_shared<doorbell>();
  std::vector<hub_desk> desks; ///< by worker

  std::mutex mutex; ///< guards what follows
  std::unordered_map<std::string, std::size_t> followed;
  std::uint64_t handed_on = 0;  ///< all changes before this place were
  std::uint64_t round_from = 0; ///< of the round that runs
  std::list<poll_ptr> polls;
  bool stopping = false;
  std::thread thread;
};

void change_hub::impl::run() {
  for (;;) {
    bell->wait_until(next_deadline());
    {
      const std::lock_guard lock{mutex};
      if (stopping)
        return;
    }
    try {
      hand_on();
    } catch (const std::exception&) {
      take_back_round(); // no memory: again with the next publication
    }
    for (auto& x : take_expired(clock::now()))
      x->done(nullptr);
  }
}

clock::time_point change_hub::impl::next_deadline() {
  const std::lock_guard lock{mutex};
  auto out = clock::time_point::max();
  for (auto& x : polls)
    out = std::min(out, x->deadline);
  return out;
}

bool change_hub::impl::is_followed(const fresh_change& x) {
  const auto keys = filter_keys_of(x.client_id, x.profile);
  const std::lock_guard lock{mutex};
  return std::any_of(keys.begin(), keys.end(),
                     [&](auto& key) { return followed.contains(key); });
}

/// The changes that were not handed on yet, with the events of those that
/// somebody follows.
change_round change_hub::impl::take_round(const published& seen) {
  auto& data = *seen.data;
  change_round out{data.changes, data.size, seen.at, {}};
  for (auto place = begin_round(data.changes); place < data.changes; ++place) {
    auto& change = data.past->changes[place];
    const auto name = channel_name::of(data.past->channel_keys[change.channel]);
    fresh_change x{place, std::string{name.client_id},
                   std::string{name.profile}, nullptr};
    if (is_followed(x))
      if (auto event = events.get(data, place))
        x.event = std::move(*event);
    out.changes.push_back(std::move(x));
  }
  return out;
}

/// From here on a long poll that lacks what the round has is turned away.
std::uint64_t change_hub::impl::begin_round(std::uint64_t to) {
  const std::lock_guard lock{mutex};
  round_from = handed_on;
  handed_on = std::max(handed_on, to);
  return round_from;
}

/// Tables skip what they have delivered, so a round may come twice.
void change_hub::impl::take_back_round() {
  const std::lock_guard lock{mutex};
  handed_on = round_from;
}

static bool is_due(const long_poll& poll, const change_round& round) {
  if (poll.entries)
    return round.entries >= *poll.entries;
  return std::any_of(round.changes.begin(), round.changes.end(), [&](auto& x) {
    return x.place >= poll.from && poll.filter.matches(x.client_id, x.profile);
  });
}

std::vector<poll_ptr> change_hub::impl::take_polls(const change_round& round) {
  std::vector<poll_ptr> out;
  const std::lock_guard lock{mutex};
  for (auto i = polls.begin(); i != polls.end();) {
    const bool wakes = is_due(**i, round);
    if (wakes)
      out.push_back(*i);
    i = wakes ? polls.erase(i) : std::next(i);
  }
  return out;
}

std::vector<poll_ptr> change_hub::impl::take_expired(clock::time_point now) {
  std::vector<poll_ptr> out;
  const std::lock_guard lock{mutex};
  for (auto i = polls.begin(); i != polls.end();) {
    const bool late = (*i)->deadline <= now;
    if (late)
      out.push_back(*i);
    i = late ? polls.erase(i) : std::next(i);
  }
  return out;
}

/// The next slice behind what else waits for the worker by now.
void change_hub::impl::tell(hub_desk& at) {
  at.goes_on = false;
  const auto told_all = [this](auto published_at) {
    probe.told_all(clock::now() - published_at);
  };
  if (!at.table.tell(change_defaults::tell_at_once, told_all))
    return;
  at.lane->run([this, &at] { tell(at); });
  at.goes_on = true;
}

void change_hub::impl::hand_on() {
  const auto seen = node.view().load();
  if (seen == nullptr || bell->listeners == 0)
    return;
  const auto round = std::make_shared<const change_round>(take_round(*seen));
  for (auto& x : desks)
    if (x.lane && !round->changes.empty())
      x.lane->run([this, &x, round] {
        x.table.take(*round);
        if (!x.goes_on)
          tell(x);
      });
  for (auto& x : take_polls(*round))
    x->done(round.get());
}

change_hub::change_hub(change_hub_config config, runtime& node,
                       update_events& events, disk_pool& disk)
    : impl_{std::make_unique<impl>(config, node, events, disk)} {
  // Signals are for the main thread.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  impl_->thread = std::thread{[x = impl_.get()] { x->run(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  node.listen([bell = impl_->bell] {
    if (bell->listeners != 0)
      bell->ring();
  });
}

change_hub::~change_hub() {
  stop();
}

void change_hub::join(std::size_t worker, std::shared_ptr<http_lane> lane) {
  impl_->desks.at(worker).lane = std::move(lane);
}

void change_hub::stop() {
  auto& x = *impl_;
  std::list<poll_ptr> left;
  {
    const std::lock_guard lock{x.mutex};
    x.stopping = true;
    left.swap(x.polls);
  }
  x.bell->ring();
  if (x.thread.joinable())
    x.thread.join();
  for (auto& poll : left)
    poll->done(nullptr);
}

void change_hub::enter(const subscriber_table::keys& follows) {
  auto& x = *impl_;
  const std::lock_guard lock{x.mutex};
  // What was published while nobody listened is for nobody.
  if (x.bell->listeners++ == 0)
    if (const auto seen = x.node.view().load())
      x.handed_on = std::max(x.handed_on, seen->data->changes);
  for (auto& key : follows)
    ++x.followed[key];
}

void change_hub::leave(const subscriber_table::keys& follows) {
  auto& x = *impl_;
  const std::lock_guard lock{x.mutex};
  --x.bell->listeners;
  for (auto& key : follows)
    if (auto i = x.followed.find(key); --i->second == 0)
      x.followed.erase(i);
}

bool change_hub::wait(const std::shared_ptr<long_poll>& poll) {
  auto& x = *impl_;
  bool ended = false;
  {
    const std::lock_guard lock{x.mutex};
    ended = x.stopping;
    if (!ended && (poll->entries ? view_now()->size >= *poll->entries
                                 : x.handed_on > poll->from))
      return false;
    if (!ended)
      x.polls.push_back(poll);
  }
  if (ended)
    poll->done(nullptr);
  else
    x.bell->ring(); // its deadline may be the next
  return true;
}

change_seats& change_hub::seats() {
  return impl_->seats;
}

catch_up_turns& change_hub::turns() {
  return impl_->turns;
}

const change_hub_config& change_hub::config() const {
  return impl_->config;
}

change_counts change_hub::counts() const {
  auto& x = *impl_;
  change_counts out;
  x.probe.add_to(out);
  out.waiting = x.turns.waiting();
  const std::lock_guard lock{x.mutex};
  out.long_polls = x.polls.size();
  const auto taken = x.seats.taken();
  out.subscribers = taken - std::min<std::size_t>(taken, x.polls.size());
  return out;
}

subscriber_table& change_hub::table(std::size_t worker) {
  return impl_->desks.at(worker).table;
}

std::shared_ptr<http_lane> change_hub::lane(std::size_t worker) const {
  return impl_->desks.at(worker).lane;
}

std::shared_ptr<const view> change_hub::view_now() const {
  const auto seen = impl_->node.view().load();
  return seen ? seen->data : nullptr;
}

std::shared_ptr<const published> change_hub::published_now() const {
  return impl_->node.view().load();
}

update_events& change_hub::events() {
  return impl_->events;
}

disk_pool& change_hub::disk() {
  return impl_->disk;
}

void change_hub::note_delivered() {
  impl_->probe.delivered();
}

void change_hub::note_overflow() {
  impl_->probe.overflow();
}

} // namespace signalbox
