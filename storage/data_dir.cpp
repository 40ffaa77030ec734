#include "storage/data_dir.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace signalbox {

namespace {

failure refused(const std::filesystem::path& path, int error) {
  return {errc::io, path.string() + ": " + std::strerror(error)};
}

result<void> make_folder(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return refused(path, errno);
  return {};
}

/// On a read-only file system an existing lock file still serves.
file_descriptor open_lock(const std::filesystem::path& path) {
  file_descriptor out{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!out && errno == EROFS)
    out = file_descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  return out;
}

} // namespace

data_dir::data_dir(std::filesystem::path root, file_descriptor lock)
    : root_{std::move(root)}, lock_{std::move(lock)} {}

result<data_dir> data_dir::create(std::filesystem::path root) {
  std::error_code error;
  std::filesystem::create_directories(root.parent_path(), error);
  for (const auto& path : {root, root / "db", root / "keys"})
    if (auto x = make_folder(path); !x)
      return x.error();
  return open(std::move(root));
}

result<data_dir> data_dir::open(std::filesystem::path root) {
  const auto path = root / "lock";
  if (!std::filesystem::is_directory(root / "db"))
    return failure{errc::not_found, root.string() + " is not a data directory"};
  auto lock = open_lock(path);
  if (!lock)
    return refused(path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
    return data_dir{std::move(root), std::move(lock)};
  if (errno != EWOULDBLOCK)
    return refused(path, errno);
  return failure{errc::unavailable,
                 root.string() + " is in use: is another signalbox running "
                                 "on it?"};
}

} // namespace signalbox
