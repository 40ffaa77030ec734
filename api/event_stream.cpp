#include "api/event_stream.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/change_defaults.hpp"
#include "api/hot_reads.hpp"
#include "api/http_message.hpp"
#include "api/problem.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace {

namespace d = change_defaults;
using bytes = std::shared_ptr<const std::string>;

bytes share(std::string x) {
  return std::make_shared<const std::string>(std::move(x));
}

bytes comment() {
  static const auto out = share(":\n\n");
  return out;
}

bytes waiting_comment() {
  static const auto out = share(": others catch up first\n\n");
  return out;
}

bytes last_words() {
  static const auto out =
      share("retry: " + std::to_string(d::retry_after) + "\n: stopping\n\n");
  return out;
}

class event_stream final : public http_stream, public subscriber {
 public:
  event_stream(change_hub& hub, subscription x)
      : hub_{hub}, asked_{std::move(x)} {}

  ~event_stream() override {
    if (keys_.empty())
      return; // never opened
    hub_.table(asked_.worker).remove(*this, keys_);
    hub_.leave(keys_);
  }

  void open(waker wake) override {
    wake_ = std::move(wake);
    me_ = std::make_shared<event_stream*>(this);
    keys_ = asked_.filter.keys();
    hub_.enter(keys_);
    hub_.table(asked_.worker).add(*this, keys_);
  }

  piece next() override {
    if (!is_welcome())
      problem_ = failure{errc::unauthenticated,
                         "the token is not valid any more: ask your "
                         "administrator for another"};
    if (problem_)
      return {failed(), true};
    if (!std::exchange(greeted_, true))
      return {hello()};
    if (page_.empty() && !live_)
      catch_up();
    if (!page_.empty())
      return take_from_page();
    if (live_ && !std::exchange(told_current_, true))
      return {current()};
    return live_ ? next_live() : piece{nullptr, false};
  }

  /// A page that the pool was too busy for is asked for again.
  piece beat() override {
    if ((!live_ && !reading_) || !is_welcome())
      if (auto x = next(); x.bytes)
        return x;
    return {waiting_ ? waiting_comment() : comment()};
  }

  /// Spread, so that not all of them beat at once.
  std::chrono::milliseconds silence() override {
    if (!live_ && !reading_)
      return std::chrono::milliseconds{0}; // with the next sweep
    thread_local std::minstd_rand random{std::random_device{}()};
    const auto most = hub_.config().heartbeat.count();
    return std::chrono::milliseconds{
        most - static_cast<std::int64_t>(
                   random() % static_cast<std::uint64_t>(most / 4 + 1))};
  }

  bytes farewell() override { return last_words(); }

  void on_change(std::uint64_t place) override {
    if (!live_)
      return; // it reads for itself
    if (!behind_)
      behind_ = std::max(place, asked_.from);
    wake();
  }

 private:
  /// The connection may end, and this with it.
  void wake() const {
    const auto wake = wake_;
    wake();
  }

  bool is_welcome() const {
    if (!asked_.who.token)
      return true;
    const auto seen = hub_.published_now();
    return is_still_known(asked_.who, *seen->data, log_clock(*seen));
  }

  bytes hello() const {
    json::object data{{"heartbeat_ms", hub_.config().heartbeat.count()}};
    if (!asked_.token.empty())
      data["token"] = asked_.token;
    return share("retry: " + std::to_string(d::retry_after) + "\n" +
                 to_frame(asked_.token, "hello", json::serialize(data)));
  }

  /// Up to here nothing is missing.
  bytes current() {
    asked_.token = live_token_;
    return share(
        to_frame(asked_.token, "current",
                 json::serialize(json::object{{"token", asked_.token}})));
  }

  piece take_from_page() {
    const auto x = std::move(page_.back());
    page_.pop_back();
    asked_.token = x->token;
    return {x->frame};
  }

  change_query query() const {
    return {asked_.filter, asked_.from, asked_.in_force_before,
            d::catch_up_page};
  }

  /// What lies ready is taken at once, but only one page: what more was missed
  /// comes a page at a time, each when it is this subscriber's turn.
  void catch_up() {
    if (reading_)
      return;
    const auto seen = hub_.view_now();
    if (!std::exchange(looked_, true))
      if (auto page = ready_page(hub_.events(), *seen, query()))
        take(std::move(*page), *seen);
    if (!live_ && page_.empty())
      ask_for_turn();
  }

  void ask_for_turn() {
    reading_ = waiting_ = true;
    auto lane = hub_.lane(asked_.worker);
    std::weak_ptr<event_stream*> weak = me_;
    hub_.turns().ask([lane, weak](catch_up_turns::turn mine) {
      lane->run([weak, turn = std::move(mine)]() mutable {
        if (const auto me = weak.lock())
          (*me)->on_turn(std::move(turn));
      });
    });
  }

  /// The turn ends with the page, before that is sent.
  void on_turn(catch_up_turns::turn turn) {
    waiting_ = false;
    const auto seen = hub_.view_now();
    auto page = ready_page(hub_.events(), *seen, query());
    if (!page)
      return read(std::move(turn));
    turn.reset();
    on_page(std::move(*page), *seen);
  }

  void take(event_page page, const view& seen) {
    asked_.from = page.next;
    page_.assign(page.events.rbegin(), page.events.rend());
    // The table hands on all from `delivered` on; before, it has already.
    live_ = page.next >= seen.changes &&
            page.next >= hub_.table(asked_.worker).delivered();
    if (live_)
      live_token_ = to_string(seen.token());
  }

  /// Where the pool has no room, the next beat asks again.
  void read(catch_up_turns::turn turn) {
    auto lane = hub_.lane(asked_.worker);
    std::weak_ptr<event_stream*> weak = me_;
    reading_ = hub_.disk().run([&hub = hub_, q = query(), lane, weak, turn] {
      const auto seen = hub.view_now();
      auto page = read_page(hub.events(), *seen, q);
      lane->run([weak, seen, page = std::move(page)]() mutable {
        if (const auto me = weak.lock())
          (*me)->on_page(std::move(page), *seen);
      });
    });
  }

  void on_page(result<event_page> page, const view& seen) {
    reading_ = false;
    if (page)
      take(std::move(*page), seen);
    else
      problem_ = page.error();
    wake();
  }

  bytes failed() const {
    return share(to_frame("", "failed",
                          json::serialize(problem_members(*problem_, {}))));
  }

  piece next_live() {
    if (!behind_)
      return {};
    auto& table = hub_.table(asked_.worker);
    if (table.has_lost(*behind_))
      return overflow();
    const auto* x = *behind_ < table.delivered()
                        ? table.find(*behind_, asked_.filter)
                        : nullptr;
    if (x == nullptr) {
      behind_.reset();
      return {};
    }
    if (x->event == nullptr)
      return read_again(x->place);
    behind_ = asked_.from = x->place + 1;
    asked_.token = x->event->token;
    hub_.note_delivered();
    return {x->event->frame};
  }

  /// Nobody had read this change for the subscribers.
  piece read_again(std::uint64_t place) {
    asked_.from = place;
    live_ = false;
    behind_.reset();
    return next();
  }

  piece overflow() {
    hub_.note_overflow();
    json::object data{
        {"token", asked_.token},
        {"detail", "the subscriber reads too slowly: resume from the token"}};
    return {share(to_frame(asked_.token, "overflow", json::serialize(data))),
            true};
  }

  change_hub& hub_;
  subscription asked_; ///< its token is that of the last event
  std::string live_token_;
  subscriber_table::keys keys_;
  waker wake_;
  std::shared_ptr<event_stream*> me_;
  std::vector<std::shared_ptr<const update_event>> page_; ///< the next is last
  std::optional<failure> problem_;
  std::optional<std::uint64_t> behind_; ///< of the first change not sent
  bool greeted_ = false;
  bool told_current_ = false;
  bool looked_ = false;  ///< whether a page lies ready
  bool reading_ = false; ///< or waiting for the turn to
  bool waiting_ = false;
  bool live_ = false;
};

} // namespace

std::unique_ptr<http_stream> make_event_stream(change_hub& hub,
                                               subscription x) {
  return std::make_unique<event_stream>(hub, std::move(x));
}

http_response event_stream_head() {
  http_response out;
  out.content_type = "text/event-stream";
  // Proxies must neither keep nor gather it.
  out.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  return out;
}

} // namespace signalbox
