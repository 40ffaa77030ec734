#include "api/operation.hpp"

#include "api/target.hpp"
#include "events/hash.hpp"

#include <charconv>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace signalbox {

operation_answer answer_json(const json::value& x, unsigned status) {
  return answer_text(json::serialize(x), status);
}

operation_answer answer_text(std::string x, unsigned status) {
  operation_answer out;
  out.status = status;
  out.body = std::make_shared<const std::string>(std::move(x));
  return out;
}

operation_answer answer_failure(failure x, json::object details) {
  operation_answer out;
  out.failed = std::move(x);
  out.details = std::move(details);
  return out;
}

void parameter_reader::fail(std::string_view name, std::string what) {
  if (!error_)
    error_ =
        failure{errc::bad_request, std::string{name} + ": " + std::move(what),
                append_pointer("", name)};
}

void parameter_reader::fail_in(std::string_view name, std::string_view member,
                               std::string what) {
  if (!error_)
    error_ = failure{errc::bad_request,
                     std::string{name} + ": its " + std::string{member} + ' ' +
                         std::move(what),
                     append_pointer(append_pointer("", name), member)};
}

std::optional<std::string>
parameter_reader::optional_text(std::string_view name) {
  auto* x = params_.if_contains(name);
  if (x == nullptr || x->is_null())
    return std::nullopt;
  if (x->is_string())
    return std::string{std::string_view{x->get_string()}};
  fail(name, "must be a string");
  return std::nullopt;
}

std::string parameter_reader::text(std::string_view name) {
  auto out = optional_text(name);
  if (!out)
    fail(name, "is missing");
  return out.value_or("");
}

namespace {

/// Query parameters are text.
std::optional<std::uint64_t> read_digits(std::string_view text) {
  std::uint64_t out = 0;
  const auto* last = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data(), last, out);
  return error == std::errc{} && end == last ? std::optional{out}
                                             : std::nullopt;
}

std::optional<std::uint64_t> read_number(const json::value& x) {
  if (x.is_int64() && x.get_int64() >= 0)
    return static_cast<std::uint64_t>(x.get_int64());
  return x.is_string() ? read_digits(x.get_string()) : std::nullopt;
}

} // namespace

std::optional<std::uint64_t>
parameter_reader::optional_number(std::string_view name, std::uint64_t max) {
  auto* x = params_.if_contains(name);
  if (x == nullptr || x->is_null())
    return std::nullopt;
  auto out = read_number(*x);
  if (out && *out <= max)
    return out;
  fail(name, "must be an integer from 0 to " + std::to_string(max));
  return std::nullopt;
}

std::optional<std::uint32_t>
parameter_reader::optional_major(std::string_view name) {
  auto out = optional_number(name, std::numeric_limits<std::uint32_t>::max());
  if (!out)
    return std::nullopt;
  return static_cast<std::uint32_t>(*out);
}

bool parameter_reader::flag(std::string_view name) {
  auto* x = params_.if_contains(name);
  if (x == nullptr || x->is_null())
    return false;
  if (x->is_bool())
    return x->get_bool();
  if (x->is_string() && (x->get_string() == "true" || x->get_string() == "1"))
    return true;
  if (!x->is_string() || (x->get_string() != "false" && x->get_string() != "0"))
    fail(name, "must be true or false");
  return false;
}

std::optional<std::vector<std::string>>
parameter_reader::optional_list(std::string_view name) {
  auto* x = params_.if_contains(name);
  if (x == nullptr || x->is_null())
    return std::nullopt;
  if (x->is_string())
    return split_list(x->get_string());
  std::vector<std::string> out;
  if (x->is_array())
    for (auto& y : x->get_array()) {
      if (!y.is_string()) {
        fail(name, "must hold names only, never values");
        return std::nullopt;
      }
      out.emplace_back(std::string_view{y.get_string()});
    }
  else
    fail(name, "must be an array of names");
  return out;
}

command_context make_context(const operation_world& world,
                             const operation_call& call) {
  command_context out;
  out.principal = call.who.principal;
  out.token = call.who.token;
  out.node = world.keys->node;
  auto request = call.params;
  if (auto* key = request.if_contains("idempotency_key");
      key && key->is_string())
    out.key = std::string_view{key->get_string()};
  else
    out.key = "auto-" + random_id<event_id>().hex();
  request.erase("idempotency_key");
  out.request = sha256(as_bytes(to_canonical(std::move(request))));
  out.correlation = call.request_id;
  out.traceparent = call.traceparent;
  return out;
}

operation_answer answer_refusal(const command_answer& x,
                                const event_id& command,
                                const std::string& ledger_name) {
  auto location = "/v1/ledgers/" + ledger_name + "/commands/" + command.hex();
  if (x.refused && x.refused->code == errc::pending) {
    auto out = answer_json(json::object{{"command_id", command.hex()},
                                        {"status", "pending"},
                                        {"detail", x.refused->message}},
                           202);
    out.location = std::move(location);
    return out;
  }
  if (x.refused)
    return answer_failure(*x.refused);
  json::object details{{"outcome", to_string(x.result)},
                       {"index", to_integer(x.index)},
                       {"command_id", command.hex()}};
  if (may_be_judged_again(x.result)) {
    details["current_version"] = x.version;
    if (x.winner)
      details["winner"] = to_integer(*x.winner);
  }
  auto text = [&]() -> std::string {
    switch (x.result) {
    case outcome::conflict:
      return "another change came first: read the channel and try again";
    case outcome::precondition:
      return "what the command was checked under has changed: try again";
    case outcome::already_released:
      return "this content was released before: revert to it instead";
    case outcome::key_inactive:
      return "the key that sealed the artifact is not active any more: publish "
             "again, or reseal";
    case outcome::key_reused:
      return "this idempotency key was used for another request";
    case outcome::expired:
      return "the log took the command too late, and it never takes effect: "
             "send it with a new idempotency key";
    case outcome::closed:
      return "the command was closed and never takes effect: send it with a "
             "new idempotency key";
    default:
      return "the ledger voided the command: " +
             std::string{to_string(x.result)};
    }
  };
  return answer_failure({to_errc(x.result), text()}, std::move(details));
}

} // namespace signalbox
