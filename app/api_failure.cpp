#include "app/api_failure.hpp"

#include "app/missing_hint.hpp"
#include "app/wire_words.hpp"

namespace signalbox {

namespace {

std::string unauthenticated(const asked& what) {
  if (what.token_source.empty())
    return "this needs a token: set SIGNALBOX_TOKEN, or name its file with "
           "--token-file; an administrator makes one with `signalbox tokens "
           "issue`";
  return "the server does not accept the token from " + what.token_source +
         ": it is unknown to this ledger, expired or revoked; `signalbox "
         "tokens issue` makes another";
}

/// Which release holds the content, and what to do with it.
std::string released_before(std::string message, const asked& what) {
  if (what.path.size() < 4 || what.version.empty())
    return message;
  return "this content was released before, as version " + what.version +
         ": `signalbox revert " + what.path[1] + ' ' + what.path[3] + " --to " +
         what.version +
         " --changelog TEXT` makes it current again, `signalbox audit "
         "--artifact " +
         what.artifact_id + "` shows the release";
}

} // namespace

failure in_our_words(failure said, const asked& what) {
  if (said.code == errc::unauthenticated)
    said.message = unauthenticated(what);
  else if (said.code == errc::forbidden && !what.token_source.empty())
    said.message += ", which the token from " + what.token_source + " lacks";
  if (what.words == vocabulary::parameters)
    return said;
  if (said.code == errc::not_found)
    said.message = explain_missing(std::move(said.message), what);
  else if (said.code == errc::already_released)
    said.message = released_before(std::move(said.message), what);
  return in_words_of_options(std::move(said), what);
}

} // namespace signalbox
