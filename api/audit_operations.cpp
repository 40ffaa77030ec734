#include "api/audit_operations.hpp"

#include "actors/activity_log.hpp"
#include "api/activity_scan.hpp"
#include "api/audit_json.hpp"
#include "api/audit_query.hpp"
#include "api/audit_scan.hpp"
#include "api/pool_answer.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace signalbox::audit_operations {

namespace {

/// The part of the log that a page is searched in: what the filter's times
/// leave, from the cursor on.
std::pair<std::uint64_t, std::uint64_t> range_left(const view& seen,
                                                   const audit_query& query) {
  auto& kinds = query.filter.kinds;
  if (!kinds.empty() && std::all_of(kinds.begin(), kinds.end(), is_activity))
    return {0, 0};
  auto out = range_of(seen, query.filter);
  if (!query.from)
    return out;
  if (query.order == audit_order::newest_first)
    out.second = std::min(out.second, query.from->decisions);
  else
    out.first = std::max(out.first, query.from->decisions);
  return out;
}

/// Writes records one after another: an array, or lines.
class page_writer {
 public:
  explicit page_writer(bool lines) : lines_{lines} {}

  void add(const json::object& x) {
    if (!lines_)
      text_ += text_.empty() ? "[" : ",";
    text_ += json::serialize(x);
    if (lines_)
      text_ += '\n';
    ++count_;
  }

  std::size_t count() const { return count_; }

  operation_answer finish() {
    if (!lines_)
      text_ += text_.empty() ? "[]" : "]";
    auto out = answer_text(std::move(text_));
    if (lines_)
      out.media_type = "application/jsonl";
    return out;
  }

 private:
  bool lines_;
  std::string text_;
  std::size_t count_ = 0;
};

/// Both streams as one, by time.
class merged_scan {
 public:
  merged_scan(const operation_world& world, const operation_call& call,
              const audit_query& query)
      : newest_{query.order == audit_order::newest_first},
        decisions_{world.answers.log(), *call.seen,
                   query.filter,        query.reader,
                   query.order,         range_left(*call.seen, query)},
        activity_{
            world.activity == nullptr ? nullptr : &world.activity->entries(),
            query.filter, query.reader, query.order,
            query.from ? std::optional{query.from->activity} : std::nullopt} {}

  /// Nullopt at the end, or when a budget is spent.
  result<std::optional<audit_record>> next() {
    auto decision = decisions_.peek(decisions_budget_);
    if (!decision)
      return decision.error();
    auto other = activity_.peek(activity_budget_);
    if (!other)
      return other.error();
    // Which one is next is known only if both were looked at to the end.
    if ((*decision == nullptr && !decisions_.ended()) ||
        (*other == nullptr && !activity_.ended()))
      return std::optional<audit_record>{};
    if (*decision != nullptr && is_first(**decision, *other))
      return std::optional{decisions_.take()};
    if (*other != nullptr)
      return std::optional{activity_.take()};
    return std::optional<audit_record>{};
  }

  bool ended() const { return decisions_.ended() && activity_.ended(); }
  std::uint64_t decisions_place() const { return decisions_.place(); }
  std::uint64_t activity_place() const { return activity_.place(); }

 private:
  bool is_first(const audit_record& x, const audit_record* other) const {
    if (other == nullptr)
      return true;
    return newest_ ? x.log_time >= other->log_time
                   : x.log_time <= other->log_time;
  }

  bool newest_;
  audit_scan decisions_;
  activity_scan activity_;
  // One each: a stream that finds nothing must not starve the other.
  audit_budget decisions_budget_;
  audit_budget activity_budget_;
};

operation_answer make_page(const operation_world& world,
                           const operation_call& call, const audit_query& query,
                           const json::object& params) {
  merged_scan scan{world, call, query};
  page_writer page{query.lines};
  while (page.count() < query.limit) {
    auto next = scan.next();
    if (!next)
      return answer_failure(next.error());
    if (!*next)
      break;
    page.add(to_json(**next, world.ledger_name));
  }
  auto out = page.finish();
  if (scan.ended())
    return out;
  const audit_cursor place{query.order, scan.decisions_place(),
                           scan.activity_place()};
  out.cursor = to_string(place, *call.seen);
  out.next = next_page(params, world.ledger_name, out.cursor);
  return out;
}

failure no_such_entry() {
  return {errc::not_found,
          "there is no such entry, or it is not for the caller's role"};
}

operation_answer make_record(const operation_world& world,
                             const operation_call& call, log_index index) {
  auto& seen = *call.seen;
  auto record = read_audit_record(world.answers.log(), seen, index);
  if (!record)
    return answer_failure(record.error());
  const auto reader = reader_of(call.who.principal, call.who.roles);
  if (!may_see(reader, *record))
    return answer_failure(no_such_entry());
  auto out = to_json(*record, world.ledger_name);
  const bool whole = reader.sees == audit_reader::sight::everything ||
                     record->principal == reader.who;
  auto read = world.answers.log().read(index, [&](auto& entry) {
    auto more = whole ? entry_json(seen, index, entry.record)
                      : place_json(seen, index, entry.record);
    for (auto& [name, value] : more)
      out[name] = value;
    return false;
  });
  if (!read)
    return answer_failure(read.error());
  return answer_json(out);
}

operation_answer make_activity_record(const operation_world& world,
                                      const operation_call& call,
                                      std::uint64_t index) {
  if (world.activity == nullptr)
    return answer_failure(no_such_entry());
  auto record = read_activity_record(world.activity->entries(), index);
  if (!record)
    return answer_failure(record.error());
  if (!may_see(reader_of(call.who.principal, call.who.roles), *record))
    return answer_failure(no_such_entry());
  return answer_json(to_json(*record, world.ledger_name));
}

/// An index, or `activity-` and one of the activity stream.
struct entry_name {
  std::uint64_t index = 0;
  bool in_activity = false;
};

result<entry_name> read_entry_name(const json::object& params) {
  constexpr std::string_view prefix = "activity-";
  json::object plain = params;
  entry_name out;
  if (auto* given = plain.if_contains("index"); given && given->is_string())
    if (std::string_view text{given->get_string()}; text.starts_with(prefix)) {
      out.in_activity = true;
      plain["index"] = std::string{text.substr(prefix.size())};
    }
  parameter_reader in{plain};
  auto index = in.optional_number("index");
  if (!index)
    in.fail("index", "is missing");
  if (in.error())
    return *in.error();
  out.index = *index;
  return out;
}

} // namespace

void get_audit(const operation_world& world,
               std::shared_ptr<operation_call> call, operation_reply reply) {
  auto params = audit_parameters(call->params);
  if (!params)
    return reply(answer_failure(params.error()));
  auto query = read_audit_query(*params, *call);
  if (!query)
    return reply(answer_failure(query.error()));
  answer_on(world.disk, reply,
            [&world, call, params = std::move(*params), query = *query] {
              return make_page(world, *call, query, params);
            });
}

void get_audit_record(const operation_world& world,
                      std::shared_ptr<operation_call> call,
                      operation_reply reply) {
  auto entry = read_entry_name(call->params);
  if (!entry)
    return reply(answer_failure(entry.error()));
  if (!entry->in_activity && entry->index >= call->seen->size)
    return reply(answer_failure(no_such_entry()));
  answer_on(world.disk, reply, [&world, call, entry = *entry] {
    return entry.in_activity
               ? make_activity_record(world, *call, entry.index)
               : make_record(world, *call, log_index{entry.index});
  });
}

} // namespace signalbox::audit_operations
