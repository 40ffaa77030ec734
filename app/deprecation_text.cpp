#include "app/deprecation_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/json_text.hpp"

namespace signalbox {

namespace {

/// A time without its clock where it is the beginning of a day.
std::string day_of(std::string time) {
  for (std::string_view midnight : {"T00:00:00.000Z", "T00:00:00Z"})
    if (time.ends_with(midnight))
      time.resize(time.size() - midnight.size());
  return time;
}

/// ` (deprecated SINCE to UNTIL)`, or nothing.
std::string window_of(const json::value& deprecated) {
  if (!deprecated.is_object())
    return {};
  const auto until = day_of(text_at(deprecated, "until"));
  const auto since = day_of(text_at(deprecated, "since"));
  return until.empty() ? " (deprecated from " + since + ')'
                       : " (deprecated " + since + " to " + until + ')';
}

} // namespace

std::string deprecation_text(const json::value& x) {
  if (!x.is_object())
    return {};
  auto out = "deprecated from " + day_of(text_at(x, "since"));
  if (const auto until = day_of(text_at(x, "until")); !until.empty())
    out += ", no drafts from " + until + " on";
  const auto message = text_at(x, "message");
  return message.empty() ? out : out + ": " + message;
}

std::string schemas_text(const json::value& family) {
  std::string out;
  for (auto& schema : elements(at(family, "schemas")))
    out += (out.empty() ? "" : ", ") + text_at(schema, "schema_ref") +
           window_of(at(schema, "deprecated"));
  return out;
}

} // namespace signalbox
