#pragma once

#include "events/hash.hpp"
#include "events/outcome.hpp"

namespace signalbox {

/// H(-1) = SHA-256(ledger_id).
digest chain_start(const ledger_id& ledger);

/// H(i) = SHA-256(H(i-1) || u64 i || u64 log_time || SHA-256(envelope) ||
/// u16 outcome), integers big endian.
digest chain_next(const digest& previous, log_index index, timestamp log_time,
                  const digest& envelope, outcome result);

/// The first 8 bytes, big endian: what tokens and bases carry.
std::uint64_t chain_prefix(const digest& x);

} // namespace signalbox
