#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "events/bytes.hpp"

namespace signalbox {

/// A directory of one test, gone with it.
class temporary_directory {
 public:
  temporary_directory() {
    auto name =
        (std::filesystem::temp_directory_path() / "signalbox-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw std::runtime_error{"mkdtemp failed"};
    path_ = name;
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error{"cannot read " + path.string()};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_text(const std::filesystem::path& path,
                       std::string_view text) {
  std::ofstream out{path, std::ios::binary};
  out << text;
  if (!out.flush())
    throw std::runtime_error{"cannot write " + path.string()};
}

} // namespace signalbox
