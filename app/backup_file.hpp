#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "app/folded_log.hpp"
#include "app/ledger_file.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// A log as a file. Its records are as the log held them, and its end says what
/// they come to, so that a file that was cut or changed is told from a whole
/// one without anything beside it.
///
///     file    = header entry* trailer
///     header  = JSON, one line: format, ledger_id, name, node,
///               root_fingerprint
///     entry   = size append_time record    ; u32, u64
///     trailer = 0xffffffff count H state records sum
///               ; u32, u64, 32, 16, 32, 32 bytes
///     records = D(count - 1), D(-1) = 0,
///               D(i) = SHA-256(D(i-1) || append_time || record)
///     sum     = SHA-256(header || the rest of the trailer)
///
/// Integers are big endian, also inside the state hash, which is high before
/// low. Void entries and redacted contents are kept as they are; keys are not
/// in it.
class backup_file final : public event_log {
 public:
  /// Reads the file whole and checks it against its end.
  /// Errors: `not_found`, `io`, `bad_request` (no backup), `log_corrupt`
  /// (cut or changed).
  static result<std::unique_ptr<backup_file>> open(std::filesystem::path path);

  const ledger_file& pins() const { return pins_; }

  /// What the log came to when it was written.
  const log_sums& sums() const { return sums_; }

  log_index end() const override { return log_index{sums_.entries}; }
  /// Errors: `read_only`, always.
  result<log_index> append(std::span<const byte_view> records,
                           timestamp append_time) override;
  result<void> read(log_index from, const visitor& visit) const override;
  log_health health() const override;

 private:
  explicit backup_file(std::filesystem::path path) : path_{std::move(path)} {}

  result<void> load();

  std::filesystem::path path_;
  ledger_file pins_;
  log_sums sums_;
  std::vector<std::uint64_t> places_; ///< of every 256th entry
};

/// Whether a log is the one that is pinned. Errors: `log_corrupt`.
result<void> check_pins(const ledger_file& pins, const folded_log& log);

/// Writes the log to a new file, reads it back, folds it, and gives it its name
/// only then: what fails, or is killed, leaves nothing of that name.
///
/// Errors: `conflict` (the file exists), `io`, `log_corrupt` (the log is not
/// sound, or the file differs from it).
result<folded_log> write_backup(const std::filesystem::path& file,
                                const event_log& log, const ledger_file& pins,
                                const log_progress& progress);

} // namespace signalbox
