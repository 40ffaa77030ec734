#pragma once

#include <string>
#include <string_view>

#include "projections/fold_rules.hpp"

// Keys of rows, as the checks look them up and the effects write them.

namespace signalbox {

inline std::string pair_key(std::string_view client, std::string_view profile) {
  return std::string{client} + '/' + std::string{profile};
}

inline std::string template_key(const event::template_put& x) {
  return pair_key(pair_key(x.client_id, x.template_id), x.version);
}

/// The key of the channel that an event changes. Its aggregate, which was
/// compared with the event, is `channel/` and this.
inline std::string_view channel_of(const judged_entry& entry) {
  return entry.command.aggregate.substr(std::string_view{"channel/"}.size());
}

} // namespace signalbox
