#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

/// Which channels somebody follows: those of any of the clients in any of the
/// profiles. An empty list means all.
struct change_filter {
  std::vector<std::string> clients;
  std::vector<std::string> profiles;

  bool matches(std::string_view client_id, std::string_view profile) const;

  /// `client/profile` for each pair, `*` for a list that is empty.
  std::vector<std::string> keys() const;
};

/// The keys of the filters that match a channel; a filter has at most one of
/// them.
std::vector<std::string> filter_keys_of(std::string_view client_id,
                                        std::string_view profile);

/// The parts of a channel's key, client_id/profile/major.
struct channel_name {
  std::string_view client_id;
  std::string_view profile;
  std::string_view major;

  /// Precondition: `key` is a channel's.
  static channel_name of(std::string_view key);
};

} // namespace signalbox
