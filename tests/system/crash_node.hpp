#pragma once

#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// A server over a test file system, started again and again on one ledger.
/// Killed with its object.
class crash_node {
 public:
  /// `file_system`: a value of SIGNALBOX_TEST_FILE_SYSTEM; empty: the real one.
  crash_node(const test_ledger& ledger, std::string file_system)
      : ledger_{ledger}, file_system_{std::move(file_system)} {}

  /// Returns once it takes requests. Throws with its log if it does not.
  void start() {
    const auto out = ledger_.place() / "crash.out";
    const auto err = ledger_.place() / "crash.err";
    write_text(out, "");
    child_ = std::make_unique<child_process>(line(), out, err);
    const auto deadline =
        std::chrono::steady_clock::now() + child_process::patience;
    while (!read_text(out).ends_with('\n')) {
      if (child_->ended_within(std::chrono::milliseconds{2}))
        throw std::runtime_error{"serve ended: " + read_text(err)};
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error{"serve did not get ready: " + read_text(err)};
    }
    const std::string url{
        std::string_view{json::parse(read_text(out)).at("url").as_string()}};
    port =
        static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }

  /// Any thread; does not wait.
  void kill() const { child_->signal(SIGKILL); }

  /// Its exit status, 137 after a kill.
  int wait() { return child_->wait(); }

  int stop() {
    child_->signal(SIGTERM);
    return wait();
  }

  std::string log() const { return read_text(ledger_.place() / "crash.err"); }

  std::uint16_t port = 0;

 private:
  command_line line() const {
    command_line out{{program.string(), "serve", "--json", "--listen",
                      "127.0.0.1:0", "--data", ledger_.data()},
                     {"SIGNALBOX_PASSPHRASE=correct horse battery staple"}};
    if (!file_system_.empty())
      out.variables.push_back("SIGNALBOX_TEST_FILE_SYSTEM=" + file_system_);
    return out;
  }

  const test_ledger& ledger_;
  std::string file_system_;
  std::unique_ptr<child_process> child_;
};

} // namespace signalbox::test
