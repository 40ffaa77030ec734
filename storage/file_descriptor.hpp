#pragma once

#include <cerrno>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace signalbox {

/// Owns a file descriptor; negative means none.
class file_descriptor {
 public:
  file_descriptor() = default;
  explicit file_descriptor(int fd) : fd_{fd} {}
  file_descriptor(file_descriptor&& x) noexcept
      : fd_{std::exchange(x.fd_, -1)} {}
  file_descriptor& operator=(file_descriptor&& x) noexcept {
    std::swap(fd_, x.fd_);
    return *this;
  }
  ~file_descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Writes everything; false sets errno.
inline bool write_all(const file_descriptor& file, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(file.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

} // namespace signalbox
