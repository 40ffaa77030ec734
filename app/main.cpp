#include <iostream>
#include <string>
#include <vector>

#include "app/command_line.hpp"

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(signalbox::run_command_line(
      {std::move(arguments), std::cout, std::cerr}));
}
