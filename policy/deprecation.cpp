#include "policy/deprecation.hpp"

#include "policy/defaults.hpp"

namespace signalbox {

namespace {

namespace d = policy_defaults;

/// A moment, or a day for its beginning in UTC.
std::optional<timestamp> to_time(const std::string& text) {
  constexpr std::size_t day = 10;
  return from_rfc3339(text.size() == day ? text + "T00:00:00Z" : text);
}

std::optional<timestamp> read_time(json_reader& in, std::string_view key,
                                   const std::string& text) {
  auto out = to_time(text);
  if (!out)
    in.refuse(key, "must be a day such as 2026-12-31, or an RFC 3339 time in "
                   "UTC");
  return out;
}

} // namespace

std::optional<deprecation> read_deprecation(json_reader& schema) {
  if (!schema.has("deprecated"))
    return std::nullopt;
  auto* x = schema.object("deprecated");
  if (x == nullptr)
    return std::nullopt;
  json_reader in{schema, *x, schema.at("deprecated")};
  in.only({"since", "until", "message"});
  deprecation out;
  out.since = read_time(in, "since", in.text("since")).value_or(timestamp{});
  if (auto until = in.optional_text("until"))
    out.until = read_time(in, "until", *until);
  out.message = in.text("message");
  if (out.message.size() > d::max_notice)
    in.refuse("message",
              "is longer than " + std::to_string(d::max_notice) + " bytes");
  if (out.until && *out.until <= out.since)
    in.refuse("until", "must lie after since");
  return out;
}

bool mentions_deprecation(std::string_view descriptor) {
  return descriptor.find("\"deprecated\"") != std::string_view::npos;
}

std::optional<deprecation> find_deprecation(std::string_view descriptor,
                                            std::string_view schema_ref) {
  if (!mentions_deprecation(descriptor))
    return std::nullopt;
  auto document = parse_json(descriptor, {d::max_descriptor, 32});
  auto* object = document ? document->if_object() : nullptr;
  auto* schemas = object ? object->if_contains("schemas") : nullptr;
  if (schemas == nullptr || !schemas->is_array())
    return std::nullopt;
  for (auto& x : schemas->get_array()) {
    json_reader in{x};
    if (in.optional_text("schema_ref") == schema_ref) {
      auto out = read_deprecation(in);
      return in.error() ? std::nullopt : out;
    }
  }
  return std::nullopt;
}

json::object to_json(const deprecation& x) {
  json::object out{{"since", to_rfc3339(x.since)}, {"message", x.message}};
  if (x.until)
    out["until"] = to_rfc3339(*x.until);
  return out;
}

std::optional<finding> judge(const deprecation& x, timestamp now) {
  if (x.until && now >= *x.until)
    return finding{"schema-deprecated", "", severity::error,
                   "Nothing can be published under this schema since " +
                       to_rfc3339(*x.until) + ": " + x.message};
  if (now < x.since)
    return std::nullopt;
  auto until = x.until ? " until " + to_rfc3339(*x.until) : std::string{};
  return finding{"schema-deprecated", "", severity::warning,
                 "This schema is deprecated" + until + ": " + x.message};
}

} // namespace signalbox
