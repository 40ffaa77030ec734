#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "tests/system/crash_publish.hpp"
#include "tests/system/history/fleet.hpp"
#include "tests/system/history/history.hpp"

namespace signalbox::test {

client_time now_of_clients();

/// One client of a fleet: publishes to its own channel and to those of all,
/// reverts, reads with the token of what it saw last or what is newest, and
/// asks again, at any node, until it has an answer that settles. Used by one
/// thread.
class session {
 public:
  /// What is not settled within `patience` is noted as stuck.
  session(fleet& all, std::size_t number, std::uint32_t seed,
          std::chrono::seconds patience);

  /// Until told that it is over, and what it has begun is settled.
  void run(const std::atomic<bool>& over);

  /// Publishes once to its own channel at this node: whether that succeeds in
  /// time.
  bool publish_at(std::size_t node);

  const history& seen() const { return seen_; }

 private:
  struct pending; ///< a publish that is not settled

  std::size_t roll(std::size_t sides) { return random_() % sides; }
  std::size_t any_node() { return roll(fleet::size); }
  std::optional<answer> ask(std::size_t node, const std::string& request);

  std::string any_profile();
  publish_call begin_call(const std::string& profile);
  publish_call make_call();
  std::optional<publish_call> make_revert();
  void write(const publish_call& call);
  void write_twice(const publish_call& call);
  void repeat();
  void revert();
  void read();
  std::string to_read(const read_config& x, const std::string& profile) const;
  void note(read_config x, const answer& told);

  written begin(const publish_call& call) const;
  bool settle(written& x, const publish_call& call, std::size_t node,
              const answer& told);
  void acknowledge(written& x, const publish_call& call, const answer& told);
  bool follow_command(written& x, std::size_t node);
  void finish(written x);
  void take_token(const std::string& token);
  void remember(const std::string& channel, const told_artifact& x);
  void expect_at_least(const std::string& channel, std::uint64_t version);
  void wrong(const std::string& what, const answer& told);

  fleet& all_;
  std::size_t number_;
  std::mt19937 random_;
  std::chrono::seconds patience_;
  history seen_;
  std::string token_; ///< of what it saw last
  unsigned calls_ = 0;
  std::map<std::string, std::uint64_t> versions_; ///< last seen, by channel
  /// Channels of which a command is final that did not tell its version.
  std::set<std::string> unread_;
  /// By channel, what was seen as its versions.
  std::map<std::string, std::map<std::uint64_t, std::string>> artifacts_;
  std::optional<publish_call> last_;
  std::string last_told_; ///< and by whom
};

/// Asks every node again about each command that was final, and adds what they
/// tell.
void ask_finals_again(fleet& all, history& seen);

} // namespace signalbox::test
