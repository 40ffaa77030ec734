#include "app/family_sync.hpp"

#include <algorithm>
#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/family_folder.hpp"
#include "app/json_text.hpp"
#include "app/seeds.hpp"
#include "app/table.hpp"
#include "events/hash.hpp"

namespace signalbox {

namespace {

/// What a ledger has of a built-in family.
enum class family_state { missing, current, outdated, edited };

std::string_view to_string(family_state x) {
  switch (x) {
  case family_state::missing:
    return "new";
  case family_state::current:
    return "current";
  case family_state::outdated:
    return "updated";
  case family_state::edited:
    return "edited, left alone";
  }
  return "unknown";
}

std::string digest_of(const json::value& descriptor) {
  return sha256(as_bytes(to_canonical(descriptor))).hex();
}

result<family_state> compare(const api_client& server, const std::string& id,
                             const json::value& own) {
  auto answer = server.get(path_of({"clients", id}), {{"descriptor", "true"}});
  if (!answer && answer.error().code == errc::not_found)
    return family_state::missing;
  if (!answer)
    return answer.error();
  auto document = json_of(*answer);
  if (!document)
    return document.error();
  auto there = digest_of(at(*document, "descriptor"));
  if (there == digest_of(own))
    return family_state::current;
  auto all = shipped_descriptors();
  return std::find(all.begin(), all.end(), there) != all.end()
             ? family_state::outdated
             : family_state::edited;
}

/// Brings one family; says in what state it was.
result<family_state> sync_one(const api_client& server, const std::string& id,
                              bool dry_run) {
  auto body = seed_family(id);
  if (!body)
    return body.error();
  auto state = compare(server, id, body->at("descriptor"));
  if (!state || dry_run || *state == family_state::current ||
      *state == family_state::edited)
    return state;
  auto put = server.put(path_of({"clients", id}), *body);
  if (!put)
    return failure{put.error().code, id + ": " + put.error().message,
                   put.error().pointer};
  return state;
}

std::vector<std::string> seed_ids() {
  constexpr std::string_view prefix = "families/", suffix = "/family.json";
  std::vector<std::string> out;
  for (auto& x : seed_files())
    if (x.path.starts_with(prefix) && x.path.ends_with(suffix))
      out.emplace_back(x.path.substr(
          prefix.size(), x.path.size() - prefix.size() - suffix.size()));
  return out;
}

} // namespace

exit_code sync_families(const invocation& x) {
  command_options options{
      "families sync", "",
      "Puts the families of this program that the ledger lacks, and newer "
      "versions of those\nthat nobody edited. What an operator edited stays. "
      "Needs the role operator."};
  options.add()("dry-run", "only say what would be done");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto server = make_client(options);
  if (!server)
    return report(x, server.error());
  json::array all;
  table rows{{"CLIENT", "STATE"}};
  for (auto& id : seed_ids()) {
    auto state = sync_one(*server, id, options.has("dry-run"));
    if (!state)
      return report(x, *server, state.error());
    all.push_back({{"client_id", id}, {"state", to_string(*state)}});
    rows.add({id, std::string{to_string(*state)}});
  }
  if (options.has("json"))
    x.out << to_canonical(all) << '\n';
  else
    rows.print(x.out);
  return exit_code::ok;
}

} // namespace signalbox
