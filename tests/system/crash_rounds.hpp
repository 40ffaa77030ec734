#pragma once

#include <random>
#include <string>
#include <vector>

#include "events/ids.hpp"
#include "tests/system/crash_checker.hpp"
#include "tests/system/crash_storm.hpp"

namespace signalbox::test {

/// Rounds of: start, ask what the crash before left, publish until the kill,
/// read the log as it lies there. Keeps all that was seen, for the checker.
class crash_rounds {
 public:
  /// `file_system`: as crash_node takes it.
  crash_rounds(std::string file_system, std::uint32_t seed);

  void run_round();

  /// Starts once more, asks about everything ever acknowledged, and stops in
  /// order.
  void finish();

  std::vector<violation> violations() const { return find_violations(seen_); }

  std::string summary() const;
  int round() const { return round_; }
  std::size_t acknowledged() const { return seen_.acknowledged.size(); }

 private:
  storm_plan make_plan();
  void start();
  answer ask(const std::string& request);
  void read_stopped_log();

  void settle_unanswered();
  void ask_current();
  void verify_current(std::vector<current_config> configs);
  void ask_about(std::size_t i);
  void retry(std::size_t i);

  std::mt19937 random_;
  test_ledger ledger_;
  ledger_id id_;
  crash_node node_;
  std::unique_ptr<http_client> client_;
  crash_history seen_;
  std::vector<publish_call> calls_; ///< of seen_.acknowledged
  std::vector<publish_call> unanswered_;
  std::size_t asked_ = 0;          ///< acknowledgements asked about
  std::uint64_t last_release_ = 0; ///< index, while nobody publishes
  int round_ = 0;
  unsigned conflicts_ = 0;
  unsigned open_fates_ = 0;
  unsigned survivors_ = 0; ///< of the unanswered: in the log after all
};

} // namespace signalbox::test
