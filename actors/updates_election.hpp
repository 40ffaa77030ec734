#pragma once

#include <chrono>
#include <optional>
#include <random>

namespace signalbox {

/// When a node stands for writing the changes: when there is news that nobody
/// has told for a while. Nobody asks anybody; whoever stands is the writer, and
/// fences the one before.
///
/// Nodes that fence one another over and over, because both can take over and
/// neither gets on, wait twice as long each time, up to a limit; a writer that
/// held out for longer than that limit begins with the shortest wait again.
/// What is random parts those that saw the same news. Pure.
class updates_election {
 public:
  using clock = std::chrono::steady_clock;

  struct limits {
    std::chrono::milliseconds shortest;
    std::chrono::milliseconds longest;
  };

  updates_election(limits x, std::uint64_t seed)
      : limits_{x}, random_{seed}, wait_{x.shortest} {}

  /// Somebody wrote, or there is nothing to write: the wait begins anew.
  void calm(clock::time_point now);

  /// Whether to stand now; there is news.
  bool stands(clock::time_point now) const { return now >= due_; }
  clock::time_point due() const { return due_; }

  /// This node has become the writer.
  void elected(clock::time_point now) { elected_at_ = now; }

  /// It is not the writer any more, or could not become it.
  void lost(clock::time_point now);

 private:
  limits limits_;
  std::minstd_rand random_;
  std::chrono::milliseconds wait_;
  clock::time_point due_{};
  std::optional<clock::time_point> elected_at_;
};

} // namespace signalbox
