#include "app/exit_code.hpp"

#include "api/error_table.hpp"

namespace signalbox {

std::string_view describe(exit_code x) {
  switch (x) {
  case exit_code::ok:
    return "done";
  case exit_code::failure:
    return "failed for another reason, for example a file that is unreadable";
  case exit_code::usage:
    return "the command line, a request or a document is not well formed";
  case exit_code::not_found:
    return "what was named does not exist";
  case exit_code::refused:
    return "refused by validation or policy, or verification failed";
  case exit_code::conflict:
    return "lost a race, or what was checked has changed";
  case exit_code::denied:
    return "no valid token, or its roles do not allow it";
  case exit_code::unavailable:
    return "the server cannot be reached, is not ready, or is late";
  }
  return "unknown";
}

exit_code to_exit_code(errc x) {
  return static_cast<exit_code>(lookup(x).exit);
}

} // namespace signalbox
