#include "storage/atomic_file.hpp"

#include "storage/file_descriptor.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace signalbox {

namespace {

namespace fs = std::filesystem;

/// Reads errno: call it first.
failure refused(std::string_view verb, const fs::path& path) {
  auto reason = std::generic_category().message(errno);
  return {errc::io,
          "cannot " + std::string{verb} + " " + path.string() + ": " + reason};
}

/// Opens the file that is written first; `name` becomes its path.
file_descriptor open_temporary(std::string& name,
                               const atomic_file_options& options) {
  if (!options.sole_writer) {
    name += ".XXXXXX";
    return file_descriptor{::mkostemp(name.data(), O_CLOEXEC)};
  }
  name += ".new";
  return file_descriptor{
      ::open(name.c_str(),
             O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)};
}

/// Gives the finished file its name in one step.
bool put_in_place(const std::string& temporary, const fs::path& path,
                  bool replace) {
  if (replace)
    return std::rename(temporary.c_str(), path.c_str()) == 0;
  // A rename replaces silently; a link does not.
  if (::link(temporary.c_str(), path.c_str()) != 0)
    return false;
  ::unlink(temporary.c_str());
  return true;
}

} // namespace

result<void> sync_directory(const fs::path& directory) {
  const auto path = directory.empty() ? fs::path{"."} : directory;
  file_descriptor folder{
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  // EINVAL: the file system has nothing to sync there.
  if (!folder || (::fsync(folder.get()) != 0 && errno != EINVAL))
    return refused("sync", path);
  return {};
}

result<void> write_atomic_file(const fs::path& path, std::string_view text,
                               const atomic_file_options& options) {
  auto temporary = path.string();
  auto file = open_temporary(temporary, options);
  if (!file)
    return refused("create a file beside", path);
  if (::fchmod(file.get(), options.mode) != 0 || !write_all(file, text) ||
      ::fsync(file.get()) != 0 ||
      !put_in_place(temporary, path, options.replace)) {
    auto why = refused("write", path);
    ::unlink(temporary.c_str());
    return why;
  }
  return sync_directory(path.parent_path());
}

} // namespace signalbox
