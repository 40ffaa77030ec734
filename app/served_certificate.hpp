#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "api/metrics.hpp"
#include "api/tls_certificate.hpp"
#include "app/json_log.hpp"

namespace signalbox {

/// Why a running server should look at its files again.
enum class upkeep_cause : std::uint8_t { time, signal };

/// The TLS certificate of a running server, or none: renews it, and says in
/// the log what became of that.
class served_certificate {
 public:
  /// Errors: those of tls_certificate::load.
  static result<std::shared_ptr<served_certificate>>
  open(const std::optional<tls_files>& files);

  /// For the HTTP server; null without TLS.
  std::shared_ptr<const tls_keeper> keeper() const { return keeper_; }

  /// On one thread.
  void look_after(upkeep_cause why, const json_log& log);

  /// Any thread.
  void add_to(outside_counts& counts) const;

 private:
  std::shared_ptr<tls_keeper> keeper_;
  std::atomic<std::uint64_t> failures_{0};
};

} // namespace signalbox
