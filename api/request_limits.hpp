#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "api/authentication.hpp"
#include "api/operation.hpp"
#include "api/rate_limiter.hpp"

namespace signalbox {

struct request_limits_config {
  rate token;     ///< of one principal
  rate anonymous; ///< of one address without a valid token
};

/// The payer of a request: the principal, or else the address of the peer. An
/// IPv6 address counts with its network of 64 bits, since whoever has one has
/// them all. What is no address is one payer with all else that is none.
payer payer_of(const caller& who, std::string_view peer);

/// Limits how often one caller may ask, whatever else it may do. GetConfig
/// answers that lie ready are exempt: refusing one costs more than giving it.
/// Any thread.
class request_limits {
 public:
  explicit request_limits(const request_limits_config& x);

  /// The answer to a request that comes too soon: 429 with `retry_after`.
  std::optional<operation_answer> take(const payer& who);

  std::uint64_t refused_tokens() const { return refused_tokens_; }
  std::uint64_t refused_addresses() const { return refused_addresses_; }
  std::size_t payers() const { return tokens_.payers() + addresses_.payers(); }

 private:
  rate_limiter tokens_;
  rate_limiter addresses_;
  std::atomic<std::uint64_t> refused_tokens_{0};
  std::atomic<std::uint64_t> refused_addresses_{0};
};

} // namespace signalbox
