#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>

#include "app/invocation.hpp"

namespace signalbox {

/// The options of one command: parsed, checked and explained the same way
/// everywhere. Only for .cpp files: the header is heavy.
///
///     command_options options{"get", "CLIENT PROFILE", "Shows an artifact."};
///     options.add()("output", po::value<std::string>(), "...");
///     if (auto done = options.parse(x))
///       return *done;
class command_options {
 public:
  /// `places` names the positional arguments as the user reads them.
  command_options(std::string command, std::string places, std::string summary);

  boost::program_options::options_description_easy_init add() {
    return shown_.add_options();
  }

  /// One positional argument that must be there.
  void need(const std::string& name);

  /// Any number of further positional arguments, at least one.
  void need_many(const std::string& name);

  /// A positional argument that may be left out.
  void allow(const std::string& name);

  /// Any number of further positional arguments, or none.
  void allow_many(const std::string& name);

  /// Reads the arguments. An exit code if the command is done: help was asked
  /// for (0), or the arguments are wrong (2).
  std::optional<exit_code> parse(const invocation& x);

  bool has(const std::string& name) const { return values_.count(name) != 0; }

  template <class T>
  const T& get(const std::string& name) const {
    return values_[name].as<T>();
  }

  std::string text(const std::string& name) const {
    return has(name) ? get<std::string>(name) : std::string{};
  }

  std::optional<std::string> maybe(const std::string& name) const {
    if (!has(name))
      return std::nullopt;
    return get<std::string>(name);
  }

  std::vector<std::string> list(const std::string& name) const {
    return has(name) ? get<std::vector<std::string>>(name)
                     : std::vector<std::string>{};
  }

  exit_code wrong(const invocation& x, std::string_view why) const {
    return report_usage(x, command_, why);
  }

 private:
  void print_help(std::ostream& out) const;
  void describe(command_shape& out) const;

  std::string command_, places_, summary_;
  boost::program_options::options_description shown_{"Options"};
  boost::program_options::options_description hidden_;
  boost::program_options::positional_options_description positions_;
  std::vector<std::string> needed_;
  boost::program_options::variables_map values_;
};

} // namespace signalbox
