#include "app/seeds.hpp"

namespace signalbox {

std::string_view find_seed(std::string_view path) {
  for (auto& file : seed_files())
    if (file.path == path)
      return file.text;
  return {};
}

} // namespace signalbox
