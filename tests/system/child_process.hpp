#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/temporary_directory.hpp"

namespace signalbox::test {

/// What a program is started with. Nothing of the tester's environment that
/// the program reads leaks in.
struct command_line {
  std::vector<std::string> words;
  std::vector<std::string> variables = {}; ///< NAME=VALUE, beside PATH, HOME
  std::filesystem::path directory = {};
};

/// A program that runs, with its output in files. Killed with its object.
class child_process {
 public:
  static constexpr std::chrono::seconds patience{60};

  child_process(const command_line& x, const std::filesystem::path& out,
                const std::filesystem::path& err) {
    std::vector<std::string> variables = x.variables;
    for (const char* name : {"PATH", "HOME", "LANG", "ASAN_OPTIONS"})
      if (const auto* value = std::getenv(name);
          value != nullptr && !names(x.variables, name))
        variables.push_back(std::string{name} + '=' + value);
    auto words = pointers(x.words);
    auto environment = pointers(variables);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    constexpr int fresh = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), fresh, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), fresh, 0600);
    if (!x.directory.empty())
      posix_spawn_file_actions_addchdir_np(&actions, x.directory.c_str());
    const int error = ::posix_spawnp(&pid_, words[0], &actions, nullptr,
                                     words.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
      throw std::runtime_error{x.words[0] + ": " + std::strerror(error)};
    exit_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (exit_ < 0)
      throw std::runtime_error{"pidfd_open failed"};
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(exit_);
  }

  void signal(int number) const { ::kill(pid_, number); }
  bool runs() const { return pid_ > 0 && !ended_within({}); }

  /// Whether it ends in this time.
  bool ended_within(std::chrono::milliseconds time) const {
    pollfd x{exit_, POLLIN, 0};
    return ::poll(&x, 1, static_cast<int>(time.count())) == 1;
  }

  /// Its exit status when it has ended, 128 + signal when it was killed.
  /// Throws when that takes longer than `patience`.
  int wait() {
    if (!ended_within(patience))
      throw std::runtime_error{"a program did not end in time"};
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  static bool names(const std::vector<std::string>& variables,
                    const std::string& name) {
    return std::any_of(
        variables.begin(), variables.end(),
        [&](const std::string& x) { return x.starts_with(name + '='); });
  }

  static std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& x : texts)
      out.push_back(const_cast<char*>(x.c_str()));
    out.push_back(nullptr);
    return out;
  }

  pid_t pid_ = 0;
  int exit_ = -1;
};

struct finished {
  int status = 0;
  std::string out;
  std::string err;
};

/// Runs a program to its end.
inline finished run(const command_line& x) {
  const temporary_directory place;
  child_process child{x, place / "out", place / "err"};
  const int status = child.wait();
  return {status, read_text(place / "out"), read_text(place / "err")};
}

} // namespace signalbox::test
