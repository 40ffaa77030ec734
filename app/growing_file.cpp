#include "app/growing_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "storage/atomic_file.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_waiting = 1024 * 1024;

failure io_failure(const fs::path& path) {
  return {errc::io, path.string() + ": " + std::strerror(errno)};
}

} // namespace

growing_file::~growing_file() {
  if (file_)
    ::unlink(own_.c_str());
}

failure growing_file::exists() const {
  return {errc::conflict, place_.string() + " exists already"};
}

result<void> growing_file::open() {
  std::error_code ignored;
  if (fs::exists(place_, ignored))
    return exists();
  auto name = place_.string() + ".unfinished-XXXXXX";
  file_ = file_descriptor{::mkostemp(name.data(), O_CLOEXEC)};
  own_ = name;
  return file_ ? result<void>{} : io_failure(place_);
}

result<void> growing_file::write(std::string_view text) {
  waiting_ += text;
  return waiting_.size() < most_waiting ? result<void>{} : flush();
}

result<void> growing_file::flush() {
  if (!write_all(file_, waiting_))
    return io_failure(place_);
  waiting_.clear();
  return {};
}

result<void> growing_file::sync() {
  if (auto done = flush(); !done)
    return done;
  return ::fsync(file_.get()) == 0 ? result<void>{} : io_failure(place_);
}

result<void> growing_file::finish() {
  auto done = ::link(own_.c_str(), place_.c_str());
  if (done != 0 && errno == EPERM) // no such thing on this file system
    done = ::rename(own_.c_str(), place_.c_str());
  if (done != 0)
    return errno == EEXIST ? exists() : io_failure(place_);
  return sync_directory(place_.parent_path());
}

} // namespace signalbox
