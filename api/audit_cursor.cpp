#include "api/audit_cursor.hpp"

#include "events/bytes.hpp"

namespace signalbox {

namespace {

constexpr std::size_t cursor_bytes = 1 + 4 * 8;

void put(byte_buffer& to, std::uint64_t x) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to.push_back(static_cast<std::uint8_t>(x >> shift));
}

std::uint64_t take(byte_view& from) {
  std::uint64_t out = 0;
  for (auto x : from.first(8))
    out = out << 8 | x;
  from = from.subspan(8);
  return out;
}

std::uint64_t chain_before(const view& seen, std::uint64_t place) {
  return place == 0 ? 0 : seen.past->marks[place - 1].chain;
}

} // namespace

std::string to_string(const audit_cursor& x, const view& seen) {
  byte_buffer out{static_cast<std::uint8_t>(x.order)};
  put(out, x.decisions);
  put(out, x.activity);
  put(out, seen.ledger.incarnation);
  put(out, chain_before(seen, x.decisions));
  return to_base64url(out);
}

result<audit_cursor> parse_audit_cursor(std::string_view text,
                                        const view& seen) {
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != cursor_bytes || bytes->front() > 1)
    return failure{errc::bad_request,
                   "cursor: must be one that an earlier page gave", "/cursor"};
  byte_view rest{*bytes};
  audit_cursor out;
  out.order = static_cast<audit_order>(rest.front());
  rest = rest.subspan(1);
  out.decisions = take(rest);
  out.activity = take(rest);
  consistency_token place;
  place.incarnation = take(rest);
  place.chain = take(rest);
  if (out.decisions == 0)
    return out;
  place.index = log_index{out.decisions - 1};
  if (auto judged = seen.judge(place); !judged)
    return judged.error();
  return out;
}

} // namespace signalbox
