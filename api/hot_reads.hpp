#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/published_view.hpp"
#include "api/config_answer.hpp"
#include "api/http_message.hpp"
#include "api/metrics.hpp"

namespace signalbox {

/// The read path: a GetConfig without parameters is a look-up by its target and
/// a write of bytes that lie ready. Each worker keeps the answers that it gave
/// under the current view; a new view empties that.
class hot_reads {
 public:
  hot_reads(const published_view& view, const config_answers& answers,
            metrics& counters, std::string ledger_name, bool public_reads,
            std::size_t workers);

  /// Null if the request has to go the long way. Called by one worker for one
  /// `worker` number; the pointer is good until its next call.
  const prepared_response* find(std::size_t worker, const request_head& head);

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view x) const {
      return std::hash<std::string_view>{}(x);
    }
  };

  struct kept_answer {
    std::shared_ptr<const prepared_config> config;
    hot_fetches* fetches; ///< of the family, and this worker's
  };

  /// What one worker keeps, on cache lines of its own.
  struct alignas(64) worker_state {
    std::uint64_t generation = ~std::uint64_t{0};
    std::shared_ptr<const published> seen;
    std::unordered_map<std::string, kept_answer, text_hash, std::equal_to<>>
        answers;
  };

  const kept_answer* resolve(std::size_t worker, std::string_view target);
  bool may_read(const worker_state& x, const request_head& head) const;

  const published_view& view_;
  const config_answers& answers_;
  metrics& counters_;
  std::string prefix_;
  bool public_reads_;
  std::vector<worker_state> workers_;
};

/// The log's clock now: its last time and what has passed since, in this view.
timestamp log_clock(const published& seen);

} // namespace signalbox
