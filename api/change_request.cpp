#include "api/change_request.hpp"

#include <algorithm>

#include "api/change_defaults.hpp"
#include "api/read_support.hpp"
#include "policy/names.hpp"

namespace signalbox {

namespace {

constexpr std::string_view now = "now";

std::vector<std::string> read_names(parameter_reader& in,
                                    std::string_view key) {
  auto out = in.optional_list(key).value_or(std::vector<std::string>{});
  if (!std::all_of(out.begin(), out.end(), [](auto& x) { return is_name(x); }))
    in.fail(key, "must hold names, separated by commas");
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool has_profile(const catalog& documents, const change_filter& filter,
                 const std::string& profile) {
  return std::any_of(documents.profiles.begin(), documents.profiles.end(),
                     [&](auto& x) {
                       return x.second->profile == profile &&
                              filter.matches(x.second->client_id, profile);
                     });
}

/// A misspelt name must not look like one that nothing happens to.
std::optional<failure> check_names_exist(const catalog& documents,
                                         const change_filter& filter) {
  for (auto& client : filter.clients)
    if (documents.find_family(client) == nullptr)
      return read_operations::no_such_client();
  for (auto& profile : filter.profiles)
    if (!has_profile(documents, filter, profile))
      return read_operations::no_such_profile();
  return std::nullopt;
}

void read_place(parameter_reader& in, change_request& out) {
  const auto text = in.optional_text("since_token");
  if (!text)
    return;
  out.from_now = *text == now;
  if (out.from_now)
    return;
  if (auto token = parse_consistency_token(*text))
    out.since = *token;
  else
    in.fail("since_token", "must be a consistency token, or now");
}

} // namespace

result<change_request> read_change_request(parameter_reader& in,
                                           const view& seen) {
  change_request out;
  out.filter = {read_names(in, "client_id"), read_names(in, "profile")};
  if (out.filter.keys().size() > change_defaults::max_filter_pairs)
    in.fail("client_id", "clients times profiles must be at most " +
                             std::to_string(change_defaults::max_filter_pairs));
  read_place(in, out);
  if (in.error())
    return *in.error();
  if (auto wrong = check_names_exist(*seen.documents, out.filter))
    return *wrong;
  return out;
}

result<change_query> begin_changes(const change_request& x, const view& seen) {
  change_query out{x.filter};
  if (x.from_now) {
    out.from = seen.changes;
  } else if (x.since) {
    if (auto judged = seen.judge(*x.since); !judged)
      return judged.error();
    out.from = place_after(seen, x.since->index);
  } else {
    out.in_force_before = seen.changes;
  }
  return out;
}

std::string begin_token(const change_request& x, const view& seen) {
  if (x.since)
    return to_string(*x.since);
  return x.from_now ? to_string(seen.token()) : std::string{};
}

} // namespace signalbox
