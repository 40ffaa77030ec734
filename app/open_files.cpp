#include "app/open_files.hpp"

#include <algorithm>

#include <sys/resource.h>

#include "api/defaults.hpp"

namespace signalbox {

namespace {

/// Of the database, the log, the workers and the actors.
constexpr std::size_t own_files = 512;

} // namespace

std::size_t raise_open_files() {
  rlimit x{};
  if (::getrlimit(RLIMIT_NOFILE, &x) != 0)
    return own_files;
  const auto before = x.rlim_cur;
  x.rlim_cur = x.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &x) == 0 ? x.rlim_max : before;
}

std::size_t connections_within(std::size_t open_files) {
  const auto kept = std::min(own_files, open_files / 2);
  return std::clamp<std::size_t>(open_files - kept, 1, default_max_connections);
}

} // namespace signalbox
