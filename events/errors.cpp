#include "events/errors.hpp"

#include <stdexcept>

namespace signalbox {

std::string_view to_string(errc x) {
  switch (x) {
  case errc::bad_request:
    return "bad_request";
  case errc::bad_json:
    return "bad_json";
  case errc::too_large:
    return "too_large";
  case errc::not_found:
    return "not_found";
  case errc::unauthenticated:
    return "unauthenticated";
  case errc::forbidden:
    return "forbidden";
  case errc::validation_failed:
    return "validation_failed";
  case errc::conflict:
    return "conflict";
  case errc::precondition:
    return "precondition_failed";
  case errc::key_reused:
    return "key_reused";
  case errc::already_released:
    return "already_released";
  case errc::version_not_greater:
    return "version_not_greater";
  case errc::expired:
    return "expired";
  case errc::closed:
    return "command_closed";
  case errc::void_entry:
    return "void";
  case errc::pending:
    return "pending";
  case errc::overloaded:
    return "overloaded";
  case errc::unavailable:
    return "unavailable";
  case errc::read_only:
    return "read_only";
  case errc::log_corrupt:
    return "log_corrupt";
  case errc::history_changed:
    return "history_changed";
  case errc::not_yet:
    return "not_yet";
  case errc::key_revoked:
    return "key_revoked";
  case errc::bad_signature:
    return "bad_signature";
  case errc::bad_key:
    return "bad_key";
  case errc::io:
    return "io";
  case errc::bug:
    return "bug";
  }
  return "unknown";
}

void throw_exception_from_error(const failure& x,
                                const boost::source_location&) {
  throw std::runtime_error{std::string{to_string(x.code)} + ": " + x.message};
}

} // namespace signalbox
