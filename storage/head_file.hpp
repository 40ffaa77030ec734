#pragma once

#include <filesystem>
#include <optional>

#include "events/errors.hpp"
#include "events/ids.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// The last entry that was folded, and the chain's hash H at it.
struct head_mark {
  log_index index{};
  digest hash;

  bool operator==(const head_mark&) const = default;
};

/// A small file outside the database that remembers how far the log went: a
/// log cut at a record boundary looks whole to the database. The caller writes
/// it at most once a second; each write is synced.
///
///     file = "signalbox-head 1\n"
///            "index " decimal "\n"
///            "hash " 64 hex digits "\n"
///            "sum " 64 hex digits "\n"    ; SHA-256 of the lines before
class head_file {
 public:
  explicit head_file(std::filesystem::path path);

  /// Replaces the file as a whole; a crash leaves the old or the new one.
  /// Errors: `io`.
  result<void> write(const head_mark& mark) const;

  /// Nullopt if there is none. Errors: `log_corrupt` (not what write() wrote),
  /// `io`.
  result<std::optional<head_mark>> read() const;

 private:
  std::filesystem::path path_;
};

/// Refuses a log that ends before the mark. H is the caller's to compare, once
/// it has folded up to the mark. Errors: `log_corrupt`.
result<void> check_head(const event_log& log, const head_mark& mark);

} // namespace signalbox
