#include "app/missing_hint.hpp"

#include <string_view>

namespace signalbox {

namespace {

/// The segment behind `word` at this place of a path; empty if there is none.
std::string behind(const asked& what, std::size_t at, std::string_view word) {
  return what.path.size() > at + 1 && what.path[at] == word ? what.path[at + 1]
                                                            : std::string{};
}

bool has(std::string_view message, std::string_view words) {
  return message.find(words) != message.npos;
}

/// Where the server speaks of its operations and their parameters we speak of
/// commands.
std::string without_operations(std::string message) {
  for (std::string_view words : {" of this client_id", " of this schema_ref"})
    if (const auto at = message.find(words); at != message.npos)
      message.erase(at, words.size());
  for (std::string_view list : {"; ListClients", "; ListProfiles",
                                "; ListTemplates", "; ListPolicySets"})
    if (const auto at = message.find(list); at != message.npos)
      message.resize(at);
  return message;
}

/// `: client 'NAME'`, unless the message names it.
std::string named(const std::string& message, std::string_view kind,
                  const std::string& name) {
  const auto quoted = '\'' + name + '\'';
  if (name.empty() || has(message, quoted))
    return message;
  return message + (has(message, ": ") ? ", " : ": ") + std::string{kind} +
         ' ' + quoted;
}

std::string below_clients(std::string message, const asked& what,
                          const std::string& client) {
  const auto profile = behind(what, 2, "profiles");
  if (has(message, "no client family"))
    return named(message, "client", client) +
           "; `signalbox clients` lists the families";
  if (has(message, "no profile of"))
    return named(named(message, "client", client), "profile", profile) +
           "; `signalbox profiles " + client + "` lists its profiles";
  if (has(message, "no schema"))
    return named(named(message, "client", client), "schema",
                 behind(what, 2, "schemas")) +
           "; `signalbox clients` lists the schemas of each";
  if (has(message, "no template of"))
    return named(named(message, "client", client), "template",
                 behind(what, 2, "templates")) +
           "; `signalbox templates list " + client + "` lists its templates";
  message = named(named(message, "client", client), "profile", profile);
  if (has(message, "released in this profile yet"))
    return message + "; `signalbox publish " + client + ' ' + profile +
           " FILE --changelog TEXT` makes the first release";
  if (has(message, "released"))
    return message + "; `signalbox audit --client " + client + " --profile " +
           profile + " --kind artifact_published` lists the releases";
  return message;
}

} // namespace

std::string explain_missing(std::string message, const asked& what) {
  if (has(message, "ledger of this name"))
    return message + ": '" + what.ledger + "'; name it with --ledger";
  message = without_operations(std::move(message));
  if (has(message, "no policy set"))
    return named(message, "policy set", behind(what, 0, "policies")) +
           "; `signalbox policies list` lists them";
  if (const auto client = behind(what, 0, "clients"); !client.empty())
    return below_clients(std::move(message), what, client);
  if (const auto node = behind(what, 0, "nodes"); !node.empty())
    return named(message, "node", node) + "; `signalbox nodes list` lists them";
  if (const auto token = behind(what, 0, "tokens"); !token.empty())
    return message + ": " + token + "; `signalbox tokens list` shows them";
  if (const auto entry = behind(what, 0, "audit"); !entry.empty())
    return message + ": " + entry + "; `signalbox audit` lists them";
  if (!behind(what, 0, "keysets").empty())
    return message + "; `signalbox keysets` fetches those that there are";
  return message;
}

} // namespace signalbox
