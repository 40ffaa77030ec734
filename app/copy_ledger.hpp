#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/folded_log.hpp"
#include "app/ledger_topics.hpp"

namespace signalbox {

/// A ledger that is to move from one engine to the other.
struct copy_options {
  std::filesystem::path data; ///< of the node that has it now; nobody serves it
  std::filesystem::path to;   ///< the node's new directory
  /// The topics that the log moves to; nullopt: it moves into `to`.
  std::optional<topic_plan> kafka;
  /// Also from a directory into a directory.
  bool same_engine = false;
  /// Bring a copy to its end that broke off after the source was closed.
  bool finish = false;
  /// What is done, how many entries of how many: `copied`, `verified`, and once
  /// `closed`, when the source takes nothing any more.
  std::function<void(std::string_view, std::uint64_t, std::uint64_t)> progress =
      nullptr;
};

struct copied_ledger {
  folded_log log;       ///< as the copy was read back: equal to the source's
  std::string to;       ///< where it is, as the source says
  log_index moved_at{}; ///< entry of the source that closed it
  bool is_on_kafka = false;
};

/// Moves a ledger with its node:
///
/// 1. copies the log, each record with its time, to a place that takes no
///    decisions yet, reads it back and compares H, state hash and every byte;
/// 2. closes the source with `ledger_moved`. Whatever other nodes append
///    behind that is void, so nothing that was accepted can be missed;
/// 3. copies what was accepted before that in the meantime, and compares again;
/// 4. opens the copy for decisions, and puts the node's new directory in place.
///
/// Before step 2 a failure leaves the source as it was; a topic that holds a
/// part of the copy is no ledger, and the next attempt goes on with it. After
/// it the source stays closed, and `finish` does the rest.
///
/// Reports and activity stay where they are. The root and tokens in the
/// source's directory are not copied.
///
/// Errors: `conflict` (the target is there already, or the source has moved),
/// `log_corrupt` (the copy differs), `unavailable` (a server runs, or no broker
/// answers), and those of the engines.
result<copied_ledger> copy_ledger(const copy_options& options);

} // namespace signalbox
