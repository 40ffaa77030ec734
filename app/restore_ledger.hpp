#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include "app/backup_file.hpp"
#include "app/ledger_topics.hpp"
#include "app/offline_ledger.hpp"

namespace signalbox {

/// A ledger that is to come back from a backup.
struct restore_options {
  std::filesystem::path file;
  std::filesystem::path data; ///< of the node; made
  /// The topics that the log comes back into; nullopt: into the directory.
  std::optional<topic_plan> kafka;
  /// Of the roots that the ledger was made with, if a backup of another one is
  /// to be refused.
  std::optional<digest> root_fingerprint;
  /// The folder with the node's keys; empty: they are brought later.
  std::filesystem::path keys;
  /// Says in the ledger that it came back, before anybody can serve it.
  std::function<result<void>(offline_ledger&)> say_restored;
  std::function<void(std::string_view, std::uint64_t, std::uint64_t)> progress =
      nullptr;
};

struct restored_ledger {
  ledger_file file;
  log_sums backup; ///< what the backup holds
  folded_log log;  ///< with what was said behind it
};

/// Makes the directory of a node from a backup: copies the records, folds them,
/// compares with what the backup says of itself and what is asked for, and
/// raises the incarnation. Leaves no directory if it fails. A topic is filled
/// only once all of that is done, and one that is left of an attempt takes no
/// decisions: the next goes on with it, or it is deleted.
///
/// Errors: those of backup_file::open, say_restored and the engines; `conflict`
/// (the directory or the topic is there).
result<restored_ledger> restore_ledger(const restore_options& options);

} // namespace signalbox
