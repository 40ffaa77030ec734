#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/log_source.hpp"
#include "events/errors.hpp"
#include "events/ids.hpp"
#include "events/token.hpp"
#include "projections/state_hash.hpp"

namespace signalbox {

/// What a log must be, known from elsewhere. What is absent is not compared.
struct log_demands {
  std::optional<ledger_id> ledger = {};
  std::optional<digest> root_fingerprint = {}; ///< of the roots of entry 0
  std::optional<head_mark> mark = {};
  /// A consistency token that a node once gave out: its place must be there.
  std::optional<consistency_token> token = {};
};

/// Something in a log that is not as it must be.
struct log_problem {
  std::uint64_t index = 0; ///< entry
  std::string what;
};

/// What a log turned out to be.
struct checked_log {
  /// Most problems that are kept; all are counted.
  static constexpr std::size_t most_problems = 100;

  std::uint64_t entries = 0;
  std::uint64_t accepted = 0;
  digest chain; ///< H of the last entry
  state_hash state;
  ledger_id ledger;
  std::uint64_t incarnation = 0;
  digest root_fingerprint; ///< of entry 0
  bool moved = false;      ///< takes no further entries

  // -- of accepted entries
  std::uint64_t parts = 0;     ///< that match their names
  std::uint64_t redacted = 0;  ///< parts that are not there
  std::uint64_t artifacts = 0; ///< sealed, with a signature that verifies
  std::uint64_t reseals = 0;   ///< likewise
  std::uint64_t keysets = 0;   ///< signed by the roots before them
  std::uint64_t documents = 0; ///< families, schemas, policy sets, templates

  /// It is not the ledger that was asked for, whatever is wrong with it.
  bool is_another = false;
  std::uint64_t problem_count = 0;
  std::vector<log_problem> problems; ///< the first ones

  void add(std::uint64_t index, std::string what);
};

/// Verifies a log from entry 0 on: folds it, which recomputes H and checks the
/// keysets against the roots; compares each part of the accepted entries with
/// its name, documents with their digests, cores with their ids, and verifies
/// the seals. Void entries decide nothing, so only their place in the chain is
/// looked at.
///
/// Problems do not end it. Errors: `log_corrupt` (an entry cannot be read or
/// folded; the message says how far the log is sound), `not_found` (no ledger),
/// `io`, `unavailable` (a fold version beyond this build).
result<checked_log> check_log(const event_log& log, const log_demands& demands,
                              const log_progress& progress = nullptr);

/// How far the log is sound, put before the reason. What the machine refuses
/// says nothing of that.
failure with_place(failure why, std::uint64_t sound, std::uint64_t end);

} // namespace signalbox
