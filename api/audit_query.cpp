#include "api/audit_query.hpp"

#include "api/activity_scan.hpp"

#include <algorithm>
#include <array>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace signalbox {

namespace {

constexpr std::size_t default_limit = 100;
constexpr std::size_t max_limit = 1000;

constexpr std::array<std::string_view, 12> names{
    "from",      "to",   "client_id", "profile", "version", "artifact_id",
    "publisher", "kind", "order",     "cursor",  "limit",   "format"};

std::optional<timestamp> read_time(parameter_reader& in,
                                   std::string_view name) {
  auto text = in.optional_text(name);
  if (!text)
    return std::nullopt;
  auto out = from_rfc3339(*text);
  if (!out)
    in.fail(name, "must be an RFC 3339 time in UTC, such as "
                  "2026-01-31T12:00:00Z");
  return out;
}

/// Of an event, or of what never became one.
bool is_kind(std::string_view x) {
  for (std::uint16_t i = 1; event::type_name(i) != "unknown"; ++i)
    if (event::type_name(i) == x)
      return true;
  return x == "unknown" || is_activity(x);
}

std::vector<std::string> read_kinds(parameter_reader& in) {
  auto out = in.optional_list("kind").value_or(std::vector<std::string>{});
  if (!std::all_of(out.begin(), out.end(), is_kind))
    in.fail("kind", "must hold types of events, such as artifact_published");
  return out;
}

audit_filter read_filter(parameter_reader& in) {
  audit_filter out;
  out.from = read_time(in, "from");
  out.to = read_time(in, "to");
  out.client_id = in.optional_text("client_id");
  out.profile = in.optional_text("profile");
  out.version = in.optional_text("version");
  if (auto text = in.optional_text("artifact_id")) {
    out.artifact = from_content_id(*text);
    if (!out.artifact)
      in.fail("artifact_id", "must be sha256: and 64 digits");
  }
  if (auto text = in.optional_text("publisher")) {
    out.publisher = principal_id::from_hex(*text);
    if (!out.publisher)
      in.fail("publisher", "must be a principal's id: 32 hexadecimal digits");
  }
  out.kinds = read_kinds(in);
  return out;
}

/// One of two words; the first unless given.
bool is_second(parameter_reader& in, std::string_view name,
               std::string_view first, std::string_view second) {
  auto text = in.optional_text(name);
  if (text && *text != first && *text != second)
    in.fail(name,
            "must be " + std::string{first} + " or " + std::string{second});
  return text == second;
}

std::string encode(std::string_view x) {
  return boost::urls::encode(boost::core::string_view{x.data(), x.size()},
                             boost::urls::unreserved_chars);
}

/// A parameter as a query has it.
std::string query_text(const json::value& x) {
  if (auto* text = x.if_string())
    return encode(std::string_view{*text});
  if (auto* list = x.if_array()) {
    std::string out;
    for (auto& y : *list)
      out += (out.empty() ? "" : ",") + query_text(y);
    return out;
  }
  return to_canonical(x);
}

} // namespace

result<json::object> audit_parameters(const json::object& given) {
  auto* query = given.if_contains("query");
  if (query == nullptr)
    return given;
  failure wrong{errc::bad_request,
                "query: must be an object of GetAudit's other parameters",
                "/query"};
  if (!query->is_object() || given.size() != 1)
    return wrong;
  for (auto& [name, value] : query->get_object())
    if (std::find(names.begin(), names.end(),
                  std::string_view{name.data(), name.size()}) == names.end())
      return failure{errc::bad_request, "this parameter is unknown",
                     append_pointer("/query", {name.data(), name.size()})};
  return query->get_object();
}

result<audit_query> read_audit_query(const json::object& params,
                                     const operation_call& call) {
  parameter_reader in{params};
  audit_query out;
  out.filter = read_filter(in);
  out.reader = reader_of(call.who.principal, call.who.roles);
  if (is_second(in, "order", "newest", "oldest"))
    out.order = audit_order::oldest_first;
  out.lines = is_second(in, "format", "json", "jsonl");
  out.limit = in.optional_number("limit", max_limit).value_or(default_limit);
  auto cursor = in.optional_text("cursor");
  if (in.error())
    return *in.error();
  if (out.limit == 0)
    return failure{errc::bad_request, "limit: must be at least 1", "/limit"};
  if (!cursor)
    return out;
  auto place = parse_audit_cursor(*cursor, *call.seen);
  if (!place)
    return place.error();
  if (place->order != out.order)
    return failure{errc::bad_request,
                   "cursor: it was given under another order", "/cursor"};
  out.from = *place;
  return out;
}

std::string next_page(const json::object& params, const std::string& ledger,
                      const std::string& cursor) {
  std::string out = "/v1/ledgers/" + ledger + "/audit?";
  for (auto& [name, value] : params)
    if (name != "cursor" && !value.is_null())
      out += std::string{name} + '=' + query_text(value) + '&';
  return out + "cursor=" + cursor;
}

} // namespace signalbox
