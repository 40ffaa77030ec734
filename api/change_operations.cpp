#include "api/change_defaults.hpp"
#include "api/change_hub.hpp"
#include "api/change_request.hpp"
#include "api/event_stream.hpp"
#include "api/hot_reads.hpp"
#include "api/read_operations.hpp"
#include "api/read_support.hpp"
#include "api/target.hpp"

// PollChanges and SubscribeConfigUpdates (FR-10).

namespace signalbox::read_operations {

namespace {

namespace d = change_defaults;
using clock = std::chrono::steady_clock;

/// The keys that somebody follows, for as long as it lives.
class following {
 public:
  following(change_hub& hub, subscriber_table::keys keys)
      : hub_{hub}, keys_{std::move(keys)} {
    hub_.enter(keys_);
  }
  following(const following&) = delete;
  ~following() { hub_.leave(keys_); }

 private:
  change_hub& hub_;
  const subscriber_table::keys keys_;
};

operation_answer answer_page(const event_page& page, const view& seen,
                             std::size_t limit) {
  std::string out{"["};
  for (auto& x : page.events)
    out.append(out.size() > 1 ? "," : "").append(x->json);
  auto answer = answer_text(out + ']');
  // What is left begins after the last one.
  answer.token = page.events.size() == limit ? page.events.back()->token
                                             : to_string(seen.token());
  return answer;
}

/// One PollChanges until its answer, on whatever thread it gets there.
class poll : public std::enable_shared_from_this<poll> {
 public:
  poll(const operation_world& world, change_request what, std::size_t limit,
       caller who, operation_reply reply)
      : world_{world}, what_{std::move(what)}, limit_{limit}, who_{who},
        reply_{std::move(reply)} {}

  /// Waits for as long, if there is nothing yet.
  /// Errors: `overloaded`.
  result<void> may_wait(std::chrono::seconds time, const std::string& caller) {
    if (time.count() == 0)
      return {};
    auto seat = world_.changes.seats().take(caller);
    if (!seat)
      return seat.error();
    seat_ = std::move(*seat);
    deadline_ = clock::now() + time;
    follows_.emplace(world_.changes, what_.filter.keys());
    return {};
  }

  void refuse(const failure& why) const { reply_(answer_failure(why)); }

  void look() {
    const auto seen = world_.changes.view_now();
    if (!query_)
      if (auto begun = begin(*seen); !begun)
        return;
    if (auto page = ready_page(world_.changes.events(), *seen, *query_))
      return finish(std::move(*page), *seen);
    read_on_disk(seen);
  }

 private:
  void read_on_disk(const std::shared_ptr<const view>& seen) {
    auto task = [me = shared_from_this(), seen] {
      auto page = read_page(me->world_.changes.events(), *seen, *me->query_);
      if (page)
        me->finish(std::move(*page), *seen);
      else
        me->refuse(page.error());
    };
    if (!world_.disk.run(std::move(task)))
      refuse({errc::overloaded, "too many requests wait before this one: try "
                                "again"});
  }

  /// False if it is answered, or waits.
  bool begin(const view& seen) {
    auto query = begin_changes(what_, seen);
    if (query) {
      query_ = std::move(*query);
      query_->limit = limit_;
      return true;
    }
    if (query.error().code == errc::not_yet && is_waiting())
      wait_for_entries(query.error());
    else
      reply_(answer_failure(query.error()));
    return false;
  }

  /// A token may be revoked while its call waits.
  std::optional<failure> who_is_gone() const {
    const auto now = world_.changes.published_now();
    if (!who_.token || is_still_known(who_, *now->data, log_clock(*now)))
      return std::nullopt;
    return failure{errc::unauthenticated, "the token is no longer valid"};
  }

  bool is_waiting() const { return deadline_ && clock::now() < *deadline_; }

  void wait_for_entries(const failure& why) {
    auto x = std::make_shared<long_poll>();
    x->entries = to_integer(what_.since->index) + 1;
    x->deadline = *deadline_;
    x->done = [me = shared_from_this(), why](const change_round* round) {
      if (round != nullptr)
        me->look();
      else
        me->reply_(answer_failure(why));
    };
    if (!world_.changes.wait(x))
      look();
  }

  void finish(event_page page, const view& seen) {
    if (auto gone = who_is_gone())
      return refuse(*gone);
    if (!page.events.empty() || !is_waiting())
      return reply_(answer_page(page, seen, limit_));
    query_->from = page.next;
    query_->in_force_before = 0;
    auto x = std::make_shared<long_poll>();
    x->filter = what_.filter;
    x->from = page.next;
    x->deadline = *deadline_;
    x->done = [me = shared_from_this()](const change_round* round) {
      if (round == nullptr)
        me->deadline_.reset();
      me->look();
    };
    if (!world_.changes.wait(x))
      look();
  }

  const operation_world& world_;
  const change_request what_;
  const std::size_t limit_;
  const caller who_;
  const operation_reply reply_;
  std::optional<change_query> query_;
  std::optional<clock::time_point> deadline_; ///< none: it does not wait
  change_seats::seat seat_;
  std::optional<following> follows_;
};

/// Where REST streams what was asked for.
json::object describe_stream(const operation_world& world,
                             const json::object& params) {
  auto url = "/v1/ledgers/" + world.ledger_name + "/subscribe";
  char mark = '?';
  parameter_reader in{params};
  for (auto* name : {"client_id", "profile", "since_token"})
    if (auto values = in.optional_list(name)) {
      url += mark;
      url.append(name).append("=");
      for (auto& x : *values)
        url.append(url.back() == '=' ? "" : ",").append(x);
      mark = '&';
    }
  return {{"url", url},
          {"method", "GET"},
          {"media_type", "text/event-stream"},
          {"resume_parameter", "since_token"},
          {"resume_header", "Last-Event-ID"},
          {"heartbeat_ms", world.changes.config().heartbeat.count()}};
}

} // namespace

void poll_changes(const operation_world& world,
                  std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  const auto wait = in.optional_number("wait", d::max_wait).value_or(0);
  const auto limit =
      in.optional_number("limit", d::max_page).value_or(d::default_page);
  if (limit == 0)
    in.fail("limit", "must be at least 1");
  auto what = read_change_request(in, *call->seen);
  if (!what)
    return reply(answer_failure(what.error()));
  auto x = std::make_shared<poll>(world, std::move(*what), limit, call->who,
                                  std::move(reply));
  if (auto ok = x->may_wait(std::chrono::seconds{wait}, call->counted_as());
      !ok)
    return x->refuse(ok.error());
  x->look();
}

void subscribe(const operation_world& world,
               std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto what = read_change_request(in, *call->seen);
  if (!what)
    return reply(answer_failure(what.error()));
  auto query = begin_changes(*what, *call->seen);
  if (!query)
    return reply(answer_failure(query.error()));
  auto out = answer_json(describe_stream(world, call->params));
  out.listens = std::make_shared<subscription>();
  out.listens->filter = std::move(what->filter);
  out.listens->from = query->from;
  out.listens->in_force_before = query->in_force_before;
  out.listens->token = begin_token(*what, *call->seen);
  reply(std::move(out));
}

} // namespace signalbox::read_operations
