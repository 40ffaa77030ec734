#include "tests/system/history/history_checker.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace signalbox::test {

namespace {

using fate = written::fate;

std::string number(std::uint64_t x) {
  return std::to_string(x);
}

bool is_accepted(const logged& x) {
  return x.outcome == "accepted";
}

class checker {
 public:
  explicit checker(const history& x) : seen_{x} {
    for (auto& entry : x.log)
      if (is_accepted(entry)) {
        accepted_[entry.command].push_back(&entry);
        if (!entry.channel.empty()) {
          changes_.push_back(&entry);
          releases_[entry.channel].push_back(&entry);
        }
      }
  }

  std::vector<found_breach> run() {
    check_log();
    for (auto& x : seen_.writes)
      check(x);
    check_finals();
    check_order();
    check_sessions();
    check_linear();
    for (auto& x : seen_.subscribers)
      check(x);
    for (auto& x : seen_.updates)
      check_updates(x);
    check_ends();
    for (auto& x : seen_.wrong)
      report(breach::wrong_answer, x);
    for (auto& x : seen_.stuck)
      report(breach::stuck, x);
    return std::move(out_);
  }

 private:
  void report(breach what, std::string how) {
    out_.push_back({what, std::move(how)});
  }

  const logged* find(const std::string& command) const {
    const auto found = accepted_.find(command);
    return found == accepted_.end() ? nullptr : found->second.front();
  }

  // -- the log by itself

  /// Versions are counted here anew, from accepted entries alone.
  void check_log() {
    std::map<std::string, std::uint64_t> versions;
    std::set<std::string> artifacts;
    for (auto& x : seen_.log) {
      check_outcome(x, versions);
      if (!is_accepted(x))
        continue;
      if (!x.aggregate.empty())
        ++versions[x.aggregate];
      // Every draft of these tests is another, and so is its artifact.
      if (!x.artifact.empty() && !x.is_revert &&
          !artifacts.insert(x.artifact).second)
        report(breach::doubled,
               x.artifact + " is released again at index " + number(x.index));
    }
    for (auto& [command, entries] : accepted_)
      if (entries.size() > 1)
        report(breach::doubled, "command " + command + " was accepted " +
                                    number(entries.size()) + " times");
  }

  static bool is_met(const logged& x, std::uint64_t version) {
    switch (x.expects) {
    case logged::expectation::any:
      return true;
    case logged::expectation::none:
      return version == 0;
    case logged::expectation::exactly:
      return version == x.expected;
    case logged::expectation::exists:
      return version > 0;
    }
    return false;
  }

  void check_outcome(const logged& x,
                     std::map<std::string, std::uint64_t>& versions) {
    const bool met = is_met(x, versions[x.aggregate]);
    const bool kept = std::all_of(
        x.preconditions.begin(), x.preconditions.end(), [&](auto& condition) {
          return versions[condition.first] == condition.second;
        });
    const bool is_wrong = is_accepted(x)                ? !met || !kept
                          : x.outcome == "conflict"     ? met
                          : x.outcome == "precondition" ? kept
                                                        : false;
    if (is_wrong)
      report(breach::misjudged,
             "entry " + number(x.index) + " is " + x.outcome + " at version " +
                 number(versions[x.aggregate]) + " of " + x.aggregate);
  }

  // -- writers

  void check(const written& x) {
    auto* entry = find(x.command);
    switch (x.told) {
    case fate::acknowledged:
      return check_acknowledged(x, entry);
    case fate::conflict:
      if (x.is_private)
        report(breach::disturbed,
               x.key + " lost a race on " + x.channel +
                   ", its own channel, where it expected version " +
                   (x.expected ? number(*x.expected) : "any"));
      [[fallthrough]];
    case fate::closed:
      if (entry != nullptr)
        report(breach::false_loser, x.key + " was told that it lost, and is " +
                                        "accepted at index " +
                                        number(entry->index) +
                                        tries_of(x.command));
      return;
    case fate::unknown:
      return;
    }
  }

  /// All that the log has of a command, for who reads what went wrong.
  std::string tries_of(const std::string& command) const {
    std::string out;
    for (auto& x : seen_.log)
      if (x.command == command)
        out += "; " + number(x.index) + ": attempt " + number(x.attempt) +
               " of node " + x.node + " at version " + number(x.expected) +
               ' ' + x.outcome;
    return out;
  }

  void check_acknowledged(const written& x, const logged* entry) {
    const auto told = x.key + " was acknowledged at index " + number(x.index);
    if (entry == nullptr)
      return report(breach::lost, told + " and is not in the log as accepted");
    auto* shown = change_at(x.index);
    if (shown == nullptr || entry->index > x.index ||
        entry->artifact != shown->artifact || entry->channel != x.channel ||
        shown->channel != x.channel)
      return report(breach::lost,
                    told + " of " + x.channel + ", the log has it at " +
                        number(entry->index) + " of " + entry->channel);
    if (x.expected && version_of(*entry) != *x.expected + 1)
      report(breach::lost, told + " as version " + number(version_of(*entry)) +
                               " where it expected " + number(*x.expected));
    if (x.artifact.empty()) // GetCommand tells none
      return;
    if (entry->artifact != x.artifact)
      report(breach::lost, told + " with another artifact, " + x.artifact);
    if (x.channel_version != version_of(*shown))
      report(breach::lost, told + " as version " + number(x.channel_version) +
                               ", the log has " + number(version_of(*shown)));
  }

  const logged* change_at(std::uint64_t index) const {
    const auto found = std::lower_bound(
        changes_.begin(), changes_.end(), index,
        [](const logged* x, std::uint64_t at) { return x->index < at; });
    return found == changes_.end() || (*found)->index != index ? nullptr
                                                               : *found;
  }

  /// The version of its channel that a change made.
  std::uint64_t version_of(const logged& x) const {
    auto& all = releases_.at(x.channel);
    return static_cast<std::uint64_t>(std::find(all.begin(), all.end(), &x) -
                                      all.begin()) +
           1;
  }

  void check_finals() {
    std::map<std::string, const told_final*> first;
    for (auto& x : seen_.finals) {
      auto* entry = find(x.command);
      const bool was_accepted = x.outcome == "accepted";
      if (was_accepted != (entry != nullptr))
        report(breach::unsteady, "command " + x.command + " is " + x.outcome +
                                     " for good, and the log has it " +
                                     (entry ? "accepted" : "not"));
      auto& before = first[x.command];
      if (before != nullptr && before->outcome != x.outcome)
        report(breach::unsteady, "command " + x.command + " was " +
                                     before->outcome + " for good and is " +
                                     x.outcome + " now");
      before = &x;
    }
  }

  /// What was acknowledged before another write began stands before it.
  void check_order() {
    struct moment {
      client_time at;
      bool is_begin;
      const written* what;
    };
    std::map<std::string, const written*> first; // of those sent repeatedly
    for (auto& x : seen_.writes)
      if (auto& before = first[x.command];
          before == nullptr || x.invoked < before->invoked)
        before = &x;
    std::vector<moment> moments;
    for (auto& x : seen_.writes)
      if (x.told == fate::acknowledged) {
        moments.push_back({first[x.command]->invoked, true, &x});
        moments.push_back({x.returned, false, &x});
      }
    std::sort(moments.begin(), moments.end(),
              [](auto& a, auto& b) { return a.at < b.at; });
    const logged* last = nullptr;
    for (auto& x : moments) {
      auto* entry = find(x.what->command);
      if (entry == nullptr) // which is told elsewhere
        continue;
      if (!x.is_begin) {
        if (last == nullptr || last->index < entry->index)
          last = entry;
      } else if (last != nullptr && entry->index <= last->index) {
        report(breach::order, x.what->key + " began after command " +
                                  last->command + " was acknowledged at " +
                                  number(last->index) + " and stands at " +
                                  number(entry->index));
      }
    }
  }

  // -- readers

  void check_sessions() {
    std::map<std::pair<int, std::string>, std::uint64_t> versions;
    for (auto& x : seen_.reads) {
      const auto who = "session " + number(static_cast<unsigned>(x.session));
      check_freshness(x, who);
      auto& version = versions[{x.session, x.channel}];
      if (x.channel_version < version)
        report(breach::went_back, who + " saw version " +
                                      number(x.channel_version) + " of " +
                                      x.channel + " after " + number(version));
      version = std::max(version, x.channel_version);
    }
  }

  /// What the token covers is seen, and as the log has it.
  void check_freshness(const read_config& x, const std::string& who) {
    auto& releases = releases_[x.channel];
    const auto known = version_at(x.channel, x.asked);
    if (x.channel_version < known)
      report(breach::went_back, who + " asked at " + number(x.asked) +
                                    " and saw version " +
                                    number(x.channel_version) + " of " +
                                    x.channel + ", not " + number(known));
    else if (x.channel_version > releases.size() ||
             (x.channel_version > 0 &&
              releases[x.channel_version - 1]->index != x.told) ||
             (x.channel_version == 0 && !x.artifact.empty()) ||
             (x.channel_version > 0 &&
              releases[x.channel_version - 1]->artifact != x.artifact))
      report(breach::wrong_answer, who + " saw " + x.artifact + " as version " +
                                       number(x.channel_version) + " of " +
                                       x.channel + " with the token of " +
                                       number(x.told));
  }

  /// The version of a channel after the entry at `index`.
  std::uint64_t version_at(const std::string& channel, std::uint64_t index) {
    auto& releases = releases_[channel];
    const auto end =
        std::upper_bound(releases.begin(), releases.end(), index,
                         [](auto x, auto* y) { return x < y->index; });
    return static_cast<std::uint64_t>(end - releases.begin());
  }

  /// Whatever anybody was told of a channel before a linear read of it began
  /// is seen by that read.
  void check_linear() {
    struct moment {
      client_time at;
      const read_config* begins; ///< null: somebody was told of this version
      const std::string* channel;
      std::uint64_t version;
    };
    std::vector<moment> moments;
    for (auto& x : seen_.writes)
      if (x.told == fate::acknowledged)
        moments.push_back(
            {x.returned, nullptr, &x.channel, version_at(x.channel, x.index)});
    for (auto& x : seen_.reads) {
      moments.push_back({x.returned, nullptr, &x.channel, x.channel_version});
      if (x.is_linear)
        moments.push_back({x.invoked, &x, &x.channel, 0});
    }
    std::stable_sort(moments.begin(), moments.end(),
                     [](auto& a, auto& b) { return a.at < b.at; });
    std::map<std::string, std::uint64_t> known;
    for (auto& x : moments) {
      auto& version = known[*x.channel];
      if (x.begins == nullptr)
        version = std::max(version, x.version);
      else if (x.begins->channel_version < version)
        report(breach::stale,
               "session " + number(static_cast<unsigned>(x.begins->session)) +
                   " read version " + number(x.begins->channel_version) +
                   " of " + *x.channel + " as the newest, and " +
                   number(version) + " was known before");
    }
  }

  void check(const followed& x) {
    const auto who =
        "subscriber " + number(static_cast<unsigned>(x.subscriber));
    auto next = std::find_if(changes_.begin(), changes_.end(),
                             [&](auto* y) { return y->index > x.from; });
    for (auto& told : x.changes) {
      if (next == changes_.end())
        return report(breach::gap, who + " heard of a change at " +
                                       number(told.index) + " that never was");
      if ((*next)->index != told.index || (*next)->artifact != told.artifact)
        return report(breach::gap, who + " heard of " + number(told.index) +
                                       " where " + number((*next)->index) +
                                       " came next");
      ++next;
    }
    if (next != changes_.end())
      report(breach::gap, who + " never heard of " + number((*next)->index));
  }

  /// At least once, with ids that stay: nothing is missing or comes from
  /// elsewhere, and no channel goes back.
  void check_updates(const std::vector<told_change>& told) {
    std::map<std::string, std::uint64_t> last;
    std::map<std::uint64_t, std::string> ids;
    for (auto& x : told) {
      const auto what =
          "update " + x.id + " of " + x.channel + " at " + number(x.index);
      auto* change = change_at(x.index);
      if (change == nullptr || change->channel != x.channel ||
          change->artifact != x.artifact ||
          version_of(*change) != x.channel_version) {
        report(breach::astray, what + " tells what never was");
        continue;
      }
      auto& before = last[x.channel];
      if (x.index < before)
        report(breach::astray, what + " follows " + number(before));
      before = x.index;
      if (auto& id = ids[x.index]; id.empty())
        id = x.id;
      else if (id != x.id)
        report(breach::astray, what + " had another id, " + id);
    }
    for (auto* x : changes_)
      if (!ids.contains(x->index))
        report(breach::astray,
               "no update tells of " + x->channel + " at " + number(x->index));
  }

  // -- nodes

  void check_ends() {
    for (auto& x : seen_.ends) {
      auto& first = seen_.ends.front();
      if (x.entries != first.entries || x.chain != first.chain ||
          x.state_hash != first.state_hash)
        report(breach::disagreement,
               x.node + " ends with " + number(x.entries) + ' ' + x.chain +
                   ' ' + x.state_hash + ", " + first.node + " with " +
                   number(first.entries) + ' ' + first.chain + ' ' +
                   first.state_hash);
    }
  }

  const history& seen_;
  std::map<std::string, std::vector<const logged*>> accepted_;
  std::vector<const logged*> changes_; ///< accepted publications, in order
  std::map<std::string, std::vector<const logged*>> releases_; ///< by channel
  std::vector<found_breach> out_;
};

} // namespace

std::string_view to_string(breach x) {
  constexpr std::array<std::string_view, 14> names{
      "lost",      "doubled", "false loser", "unsteady",    "order",
      "went back", "stale",   "disturbed",   "misjudged",   "disagreement",
      "gap",       "astray",  "stuck",       "wrong answer"};
  return names[static_cast<std::size_t>(x)];
}

std::vector<found_breach> find_breaches(const history& x) {
  return checker{x}.run();
}

} // namespace signalbox::test
