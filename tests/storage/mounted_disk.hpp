#pragma once

#include <cerrno>
#include <cstring>
#include <fstream>

#include <sys/mount.h>

#include <boost/test/unit_test.hpp>

#include "tests/temporary_directory.hpp"

namespace signalbox::test {

/// A small disk of its own, in memory, that can be filled and made read-only.
/// Needs the right to mount (root, or CAP_SYS_ADMIN): without it the test fails
/// and says so, for a disk that fills up cannot be tried otherwise.
class mounted_disk {
 public:
  explicit mounted_disk(const std::string& size) {
    if (::mount("signalbox-test", path().c_str(), "tmpfs", 0,
                ("size=" + size).c_str()) != 0)
      BOOST_FAIL("mounting a tmpfs on "
                 << path() << " failed (" << std::strerror(errno)
                 << "): run this test as root, outside of a sandbox without "
                    "CAP_SYS_ADMIN");
  }
  mounted_disk(const mounted_disk&) = delete;
  mounted_disk& operator=(const mounted_disk&) = delete;
  ~mounted_disk() { ::umount2(path().c_str(), MNT_DETACH); }

  const std::filesystem::path& path() const { return dir_.path(); }

  /// Takes all room that is left.
  void fill() {
    std::ofstream file{path() / "ballast", std::ios::binary};
    const std::string block(4096, 'x');
    while (file.write(block.data(), 4096) && file.flush()) {
    }
  }

  void free() { std::filesystem::remove(path() / "ballast"); }

  void make_read_only() { remount(MS_RDONLY); }
  void make_writable() { remount(0); }

 private:
  void remount(unsigned long flags) {
    if (::mount("signalbox-test", path().c_str(), "tmpfs", MS_REMOUNT | flags,
                nullptr) != 0)
      BOOST_FAIL("remounting " << path() << ": " << std::strerror(errno));
  }

  temporary_directory dir_;
};

} // namespace signalbox::test
