#include "app/files.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

#include "storage/atomic_file.hpp"
#include "storage/file_descriptor.hpp"

namespace signalbox {

namespace {

failure refused(const std::filesystem::path& path) {
  auto code = errno == ENOENT ? errc::not_found : errc::io;
  return {code, path.string() + ": " + std::strerror(errno)};
}

/// A device, a pipe or standard output: written into, never replaced.
bool is_special(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

result<void> write_into(const std::filesystem::path& path,
                        std::string_view text) {
  file_descriptor file{path == "-"
                           ? ::dup(STDOUT_FILENO)
                           : ::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!file || !write_all(file, text))
    return refused(path);
  return {};
}

} // namespace

result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t limit) {
  const bool standard = path == "-";
  file_descriptor file{standard ? ::dup(STDIN_FILENO)
                                : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file)
    return refused(path);
  std::string out;
  for (char buffer[16 * 1024];;) {
    const auto n = ::read(file.get(), buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return refused(path);
    if (n == 0)
      return out;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > limit)
      return failure{errc::too_large, path.string() + " is above " +
                                          std::to_string(limit) + " bytes"};
  }
}

result<void> write_file(const std::filesystem::path& path,
                        std::string_view text, file_mode mode) {
  if (path == "-" || is_special(path))
    return write_into(path, text);
  const ::mode_t bits = mode == file_mode::owner_only ? 0600 : 0644;
  return write_atomic_file(path, text, {.mode = bits});
}

} // namespace signalbox
