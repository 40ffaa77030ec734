#include <iostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "app/command_line.hpp"

namespace {

/// A file or socket that got the number of a closed standard stream would get
/// what is written to that stream. Output then fails, as it should: /dev/null
/// is opened for reading only.
void occupy_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd)
    if (::fcntl(fd, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", O_RDONLY));
}

} // namespace

int main(int argc, char** argv) {
  occupy_standard_streams();
  std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(signalbox::run_command_line(
      {std::move(arguments), std::cout, std::cerr}));
}
