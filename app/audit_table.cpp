#include "app/audit_table.hpp"

#include <ostream>

#include <boost/json/array.hpp>

#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

namespace {

/// Activity is counted apart from the log's entries.
std::string index_of(const json::value& x) {
  const auto number = text_at(x, "activity_index");
  return number.empty() ? text_at(x, "index") : "activity-" + number;
}

/// What became of it, and why where that says more: the outcome of a void
/// entry, the reason of a call that was denied.
std::string status_of(const json::value& x) {
  const auto outcome = text_at(x, "outcome");
  const auto why =
      outcome.empty() || outcome == "accepted" ? text_at(x, "reason") : outcome;
  return text_at(x, "status") + (why.empty() ? "" : " (" + why + ')');
}

/// CLIENT/PROFILE, or CLIENT of what belongs to no profile.
std::string place_of(const json::value& x) {
  const auto profile = text_at(x, "profile");
  return text_at(x, "client_id") + (profile.empty() ? "" : '/' + profile);
}

} // namespace

void print_audit(std::ostream& out, const json::value& records) {
  table rows{{"INDEX", "TIME", "KIND", "STATUS", "OPERATION", "WHERE",
              "VERSION", "BY"}};
  for (auto& x : elements(records))
    rows.add({index_of(x), text_at(x, "log_time"), text_at(x, "kind"),
              status_of(x), text_at(x, "operation"), place_of(x),
              text_at(x, "version"), text_at(x, "principal_id")});
  rows.print(out);
}

} // namespace signalbox
