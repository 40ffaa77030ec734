#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "app/command_line.hpp"
#include "app/create_ledger.hpp"
#include "app/seeds.hpp"
#include "tests/temporary_directory.hpp"

namespace signalbox {

inline std::ostream& operator<<(std::ostream& out, exit_code x) {
  return out << static_cast<int>(x);
}

namespace test {

/// What one run of the program said.
struct run_result {
  exit_code code;
  std::string out;
  std::string err;
};

inline run_result run(std::vector<std::string> arguments) {
  std::ostringstream out, err;
  const auto code = run_command_line({std::move(arguments), out, err});
  return {code, out.str(), err.str()};
}

inline void put_file(const std::filesystem::path& path,
                     const std::string& text) {
  std::ofstream{path} << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
}

inline std::string get_file(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

/// How many client families the program brings along.
inline std::size_t seed_families() {
  std::size_t out = 0;
  for (auto& x : seed_files())
    out += x.path.ends_with("/family.json");
  return out;
}

/// Entries of a new ledger: entry 0, fold version, keyset, token and policy
/// set, and for each family itself and its two profiles with their policies.
inline std::size_t entries_of_new_ledger() {
  return 5 + 5 * seed_families();
}

/// A directory with a passphrase file, where ledgers are made.
struct workplace {
  temporary_directory place;
  std::filesystem::path data = place.path() / "data";
  std::string passphrase_file = (place.path() / "passphrase").string();

  workplace() { put_file(passphrase_file, "a passphrase of a test\n"); }

  std::string file(const std::string& name) const {
    return (place.path() / name).string();
  }

  /// Runs the program with --data and --passphrase-file behind the words.
  run_result run_here(std::vector<std::string> words) const {
    for (auto& x : {std::string{"--data"}, data.string(),
                    std::string{"--passphrase-file"}, passphrase_file})
      words.push_back(x);
    return run(std::move(words));
  }

  run_result create(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"ledger", "create"});
    return run_here(std::move(more));
  }
};

} // namespace test
} // namespace signalbox
