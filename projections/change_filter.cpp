#include "projections/change_filter.hpp"

#include <algorithm>

namespace signalbox {

namespace {

constexpr std::string_view any = "*";

bool lists(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() ||
         std::find(names.begin(), names.end(), name) != names.end();
}

std::string join(std::string_view client_id, std::string_view profile) {
  std::string out{client_id};
  return out.append("/").append(profile);
}

std::vector<std::string> or_any(const std::vector<std::string>& names) {
  return names.empty() ? std::vector<std::string>{std::string{any}} : names;
}

} // namespace

bool change_filter::matches(std::string_view client_id,
                            std::string_view profile) const {
  return lists(clients, client_id) && lists(profiles, profile);
}

std::vector<std::string> change_filter::keys() const {
  std::vector<std::string> out;
  for (auto& client : or_any(clients))
    for (auto& profile : or_any(profiles))
      out.push_back(join(client, profile));
  return out;
}

std::vector<std::string> filter_keys_of(std::string_view client_id,
                                        std::string_view profile) {
  return {join(client_id, profile), join(client_id, any), join(any, profile),
          join(any, any)};
}

channel_name channel_name::of(std::string_view key) {
  const auto first = key.find('/');
  const auto second = key.find('/', first + 1);
  return {key.substr(0, first), key.substr(first + 1, second - first - 1),
          key.substr(second + 1)};
}

} // namespace signalbox
