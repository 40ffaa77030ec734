#include "storage/log_failures.hpp"

#include "events/envelope.hpp"

namespace signalbox {

failure record_too_large(std::size_t bytes) {
  return {errc::too_large, "the record has " + std::to_string(bytes) +
                               " bytes; the limit is " +
                               std::to_string(max_record_bytes)};
}

failure log_gap(log_index missing, const std::string& where) {
  return {errc::log_corrupt,
          where + ": entry " + std::to_string(to_integer(missing)) +
              " is missing or malformed. " + repair_advice()};
}

failure log_cut(log_index end, log_index known) {
  return {errc::log_corrupt,
          "the log ends before entry " + std::to_string(to_integer(end)) +
              ", but the head file knows entry " +
              std::to_string(to_integer(known)) +
              ": acknowledged entries are lost. " + repair_advice()};
}

std::string repair_advice() {
  return "Stop this node, restore its directory from a backup, and start again";
}

} // namespace signalbox
