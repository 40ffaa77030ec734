#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/projections/ledger_fixture.hpp"

namespace signalbox::test {

/// A log of the past with what the fold made of it. As text, one line each:
///
///     entry <append time, ms> <outcome number> <envelope in hexadecimal>
///     chain <H of the last entry>
///     state <state hash>
///     mutations <SHA-256 of the verdicts on mutated entries>
struct golden_log {
  std::vector<logged_entry> entries;
  std::vector<outcome> outcomes;
  std::string chain;
  std::string state;
  std::string mutations;

  static std::filesystem::path folder() {
    return std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "tests/events/golden";
  }

  /// `version`: of the fold, by which the files are named.
  static golden_log read(int version = 1) {
    golden_log out;
    std::ifstream in{path_of(version)};
    for (std::string line; std::getline(in, line);)
      out.read_line(line);
    if (out.entries.empty())
      throw std::runtime_error{path_of(version).string() + " cannot be read"};
    return out;
  }

  void write(int version) const {
    std::ofstream out{path_of(version)};
    for (std::size_t i = 0; i < entries.size(); ++i)
      out << "entry " << to_integer(entries[i].append_time) << ' '
          << static_cast<int>(outcomes[i]) << ' ' << to_hex(entries[i].envelope)
          << '\n';
    out << "chain " << chain << "\nstate " << state << "\nmutations "
        << mutations << '\n';
  }

 private:
  static std::filesystem::path path_of(int version) {
    return folder() / ("v" + std::to_string(version) + ".log");
  }

  void read_line(const std::string& line) {
    std::istringstream in{line};
    std::string word;
    in >> word;
    if (word == "entry") {
      std::int64_t time = 0;
      std::uint16_t number = 0;
      std::string hex;
      in >> time >> number >> hex;
      entries.push_back({timestamp{time}, from_hex(hex).value()});
      outcomes.push_back(static_cast<outcome>(number));
    } else if (word == "chain") {
      in >> chain;
    } else if (word == "state") {
      in >> state;
    } else if (word == "mutations") {
      in >> mutations;
    } else {
      throw std::runtime_error{"golden log: unknown line " + word};
    }
  }
};

} // namespace signalbox::test
