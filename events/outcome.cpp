#include "events/outcome.hpp"

namespace signalbox {

std::string_view to_string(outcome x) {
  switch (x) {
  case outcome::accepted:
    return "accepted";
  case outcome::malformed:
    return "malformed";
  case outcome::too_large:
    return "too_large";
  case outcome::unknown_type:
    return "unknown_type";
  case outcome::foreign_history:
    return "foreign_history";
  case outcome::duplicate:
    return "duplicate";
  case outcome::key_reused:
    return "key_reused";
  case outcome::closed:
    return "closed";
  case outcome::expired:
    return "expired";
  case outcome::forbidden:
    return "forbidden";
  case outcome::key_inactive:
    return "key_inactive";
  case outcome::precondition:
    return "precondition";
  case outcome::conflict:
    return "conflict";
  case outcome::not_found:
    return "not_found";
  case outcome::already_exists:
    return "already_exists";
  case outcome::version_not_greater:
    return "version_not_greater";
  case outcome::already_released:
    return "already_released";
  case outcome::unchanged:
    return "unchanged";
  case outcome::bad_signature:
    return "bad_signature";
  case outcome::invalid:
    return "invalid";
  case outcome::read_only:
    return "read_only";
  case outcome::already_decided:
    return "already_decided";
  case outcome::last_administrator:
    return "last_administrator";
  }
  return "unknown";
}

errc to_errc(outcome x) {
  switch (x) {
  case outcome::forbidden:
    return errc::forbidden;
  case outcome::key_reused:
    return errc::key_reused;
  case outcome::closed:
    return errc::closed;
  case outcome::expired:
    return errc::expired;
  case outcome::precondition:
    return errc::precondition;
  case outcome::conflict:
  case outcome::already_exists:
    return errc::conflict;
  case outcome::not_found:
    return errc::not_found;
  case outcome::version_not_greater:
    return errc::version_not_greater;
  case outcome::already_released:
    return errc::already_released;
  case outcome::read_only:
    return errc::read_only;
  case outcome::too_large:
    return errc::too_large;
  case outcome::bad_signature:
    return errc::bad_signature;
  case outcome::foreign_history:
    return errc::history_changed;
  case outcome::accepted:
  case outcome::malformed:
  case outcome::unknown_type:
  case outcome::duplicate:
  case outcome::key_inactive:
  case outcome::unchanged:
  case outcome::invalid:
  case outcome::already_decided:
  case outcome::last_administrator:
    return errc::void_entry;
  }
  return errc::bug;
}

} // namespace signalbox
