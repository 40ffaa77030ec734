#include "app/api_failure.hpp"

#include <string_view>

namespace signalbox {

namespace {

bool names(const std::string& message, const std::string& what) {
  return message.find('\'' + what + '\'') != std::string::npos;
}

std::string unauthenticated(const asked& what) {
  if (what.token_source.empty())
    return "this needs a token: set SIGNALBOX_TOKEN, or name its file with "
           "--token-file; an administrator makes one with `signalbox tokens "
           "issue`";
  return "the server does not accept the token from " + what.token_source +
         ": it is unknown to this ledger, expired or revoked; `signalbox "
         "tokens issue` makes another";
}

/// Where the server speaks of its operations and their parameters we speak of
/// commands.
std::string without_operations(std::string message) {
  constexpr std::string_view parameter = " of this client_id";
  if (const auto at = message.find(parameter); at != std::string::npos)
    message.erase(at, parameter.size());
  for (std::string_view hint : {"; ListClients", "; ListProfiles"})
    if (const auto at = message.find(hint); at != std::string::npos)
      message.resize(at);
  return message;
}

/// clients/{client_id}/profiles/{profile}/...
std::string not_found_below_clients(std::string message, const asked& what) {
  const auto& client = what.path[1];
  const bool profile = what.path.size() > 3 && what.path[2] == "profiles";
  if (!names(message, client))
    message += ": client '" + client + '\'';
  if (profile && !names(message, what.path[3]))
    message += ", profile '" + what.path[3] + '\'';
  return message + "; `signalbox clients` and `signalbox profiles " +
         "CLIENT` list what there is";
}

std::string not_found(std::string message, const asked& what) {
  if (message.find("ledger of this name") != std::string::npos)
    return message + ": '" + what.ledger + "'; name it with --ledger";
  if (what.path.size() > 1 && what.path[0] == "clients")
    return not_found_below_clients(without_operations(std::move(message)),
                                   what);
  if (what.path.size() > 1 && what.path[0] == "tokens")
    return message + ": " + what.path[1] +
           "; `signalbox tokens list` shows them";
  return message;
}

} // namespace

failure in_our_words(failure said, const asked& what) {
  if (said.code == errc::unauthenticated)
    said.message = unauthenticated(what);
  else if (said.code == errc::forbidden && !what.token_source.empty())
    said.message += ", which the token from " + what.token_source + " lacks";
  else if (said.code == errc::not_found)
    said.message = not_found(std::move(said.message), what);
  return said;
}

} // namespace signalbox
