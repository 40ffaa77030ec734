#include "actors/log_parts.hpp"

#include "events/record.hpp"

namespace signalbox {

part_source parts_of_log(const event_log& log) {
  return [&log](log_index index, std::size_t part) -> result<std::string> {
    result<std::string> out =
        failure{errc::log_corrupt,
                "entry " + std::to_string(to_integer(index)) + " is missing"};
    auto read = log.read(index, [&](const log_entry_view& entry) {
      if (entry.index == index)
        out = checked_part(entry.record, part);
      return false;
    });
    if (!read)
      return read.error();
    return out;
  };
}

} // namespace signalbox
