#include "tests/system/crash_checker.hpp"

#include <map>
#include <set>

namespace signalbox::test {

namespace {

using kind = violation_kind;

class checker {
 public:
  explicit checker(const crash_history& x) : history_{x} {
    for (auto& entry : x.log) {
      by_command_[entry.command].push_back(&entry);
      by_channel_[entry.channel].push_back(&entry);
    }
    for (auto& y : x.acknowledged)
      by_key_[y.key] = &y;
  }

  std::vector<violation> run() {
    check_log();
    for (auto& x : history_.acknowledged)
      check(x);
    for (auto& x : history_.later)
      check(x);
    for (auto& x : history_.configs)
      check(x);
    for (auto& x : history_.replays)
      if (x.status != 0)
        report(kind::replay_disagrees, x.round, x.said);
    for (auto& x : history_.wrong)
      report(kind::contradiction, x.round, x.what);
    return std::move(out_);
  }

 private:
  static std::string place(const std::string& channel, std::uint64_t version) {
    return channel + " version " + std::to_string(version);
  }

  void report(kind what, int round, std::string text) {
    out_.push_back(
        {what, "round " + std::to_string(round) + ": " + std::move(text)});
  }

  void report(kind what, std::string text) {
    out_.push_back({what, "log: " + std::move(text)});
  }

  void check_log() {
    for (auto& [command, entries] : by_command_)
      if (entries.size() > 1)
        report(kind::doubled, "command " + command + " was accepted " +
                                  std::to_string(entries.size()) + " times");
    for (auto& [channel, entries] : by_channel_)
      check_channel(channel, entries);
    for (auto& x : history_.log)
      if (!x.damage.empty())
        report(kind::half_state,
               "entry " + std::to_string(x.index) + ": " + x.damage);
  }

  void check_channel(const std::string& channel,
                     const std::vector<const logged_publish*>& entries) {
    std::uint64_t version = 0;
    std::set<std::string> artifacts;
    for (auto* x : entries) {
      if (x->channel_version != ++version)
        report(kind::gap, place(channel, x->channel_version) +
                              " stands where " + std::to_string(version) +
                              " belongs");
      version = x->channel_version;
      // Every draft of these tests is another, and so is its artifact.
      if (!artifacts.insert(x->artifact).second)
        report(kind::doubled,
               place(channel, version) + " repeats " + x->artifact);
    }
  }

  void check(const acknowledged_publish& x) {
    const auto found = by_command_.find(x.command);
    if (found == by_command_.end())
      return report(kind::lost, x.round,
                    x.key + " was acknowledged as " +
                        place(x.channel, x.channel_version) +
                        " and is not in the log");
    auto& entry = *found->second.front();
    if (entry.artifact != x.artifact || entry.channel != x.channel ||
        entry.channel_version != x.channel_version || entry.index != x.index)
      report(kind::contradiction, x.round,
             x.key + " was acknowledged as " +
                 place(x.channel, x.channel_version) + " at index " +
                 std::to_string(x.index) + ", the log has " +
                 place(entry.channel, entry.channel_version) + " at " +
                 std::to_string(entry.index));
  }

  void check(const later_answer& x) {
    const auto first = by_key_.find(x.key);
    if (first == by_key_.end())
      return report(kind::contradiction, x.round, x.key + " is unknown");
    const bool retry = x.asked == later_answer::source::retry;
    const auto what = x.key + (retry ? ", retried," : ", read at its token,") +
                      " answers " + std::to_string(x.status) + ' ' + x.code;
    if (x.code == "history_changed" || x.code == "not_yet")
      return report(kind::foreign_token, x.round, what);
    // 201 says "made now": what was acknowledged before had got lost.
    if (x.status == 404 || (retry && x.status == 201))
      return report(kind::lost, x.round, what);
    if (x.status != 200)
      return report(kind::contradiction, x.round, what);
    if (x.artifact != first->second->artifact ||
        x.channel_version != first->second->channel_version)
      report(kind::contradiction, x.round,
             what + " with another release: version " +
                 std::to_string(x.channel_version) + ' ' + x.artifact +
                 " instead of version " +
                 std::to_string(first->second->channel_version) + ' ' +
                 first->second->artifact);
  }

  void check(const current_config& x) {
    if (!x.refused.empty())
      report(kind::half_state, x.round,
             x.channel + " does not verify: " + x.refused);
    const logged_publish* last = nullptr;
    for (auto* entry : by_channel_[x.channel])
      if (entry->index <= x.seen)
        last = entry;
    const auto artifact = last == nullptr ? std::string{} : last->artifact;
    const auto version = last == nullptr ? 0 : last->channel_version;
    if (x.artifact != artifact || x.channel_version != version)
      report(kind::half_state, x.round,
             "current was " + place(x.channel, x.channel_version) +
                 ", the log has " + std::to_string(version));
  }

  const crash_history& history_;
  std::map<std::string, std::vector<const logged_publish*>> by_command_;
  std::map<std::string, std::vector<const logged_publish*>> by_channel_;
  std::map<std::string, const acknowledged_publish*> by_key_;
  std::vector<violation> out_;
};

} // namespace

std::string_view to_string(violation_kind x) {
  switch (x) {
  case kind::lost:
    return "lost";
  case kind::doubled:
    return "doubled";
  case kind::gap:
    return "gap";
  case kind::contradiction:
    return "contradiction";
  case kind::half_state:
    return "half state";
  case kind::foreign_token:
    return "foreign token";
  case kind::replay_disagrees:
    return "replay disagrees";
  }
  return "unknown";
}

std::vector<violation> find_violations(const crash_history& x) {
  return checker{x}.run();
}

} // namespace signalbox::test
