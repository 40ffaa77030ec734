#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/ledger_file.hpp"
#include "storage/head_file.hpp"
#include "storage/kafka_settings.hpp"
#include "storage/log.hpp"

namespace signalbox {

/// Entries done, of all.
using log_progress = std::function<void(std::uint64_t, std::uint64_t)>;

/// A log that a command reads and never writes, wherever it lies. A node may
/// run on it meanwhile: what that adds is not seen.
class log_source {
 public:
  /// The log of a node's directory; of a node on Kafka, its copy.
  /// Errors: `not_found`, `log_corrupt`, `io`.
  static result<log_source> in_directory(const std::filesystem::path& data);

  /// The topic itself, read afresh into a folder for temporary files.
  /// Errors: those of kafka_log::catch_up, `io`.
  static result<log_source> on_kafka(const kafka_settings& settings,
                                     const log_progress& progress);

  /// A file that `log backup` wrote. Errors: those of backup_file::open.
  static result<log_source> in_backup(const std::filesystem::path& file);

  log_source(log_source&&) noexcept;
  ~log_source();

  const event_log& log() const { return *log_; }

  /// What people call it.
  const std::string& name() const { return name_; }

  /// What is known of the log from elsewhere: the files of its directory.
  const std::optional<ledger_file>& pins() const { return pins_; }
  const std::optional<head_mark>& mark() const { return mark_; }

 private:
  class folder;

  log_source();

  std::string name_;
  std::unique_ptr<folder> folder_; // outlives the log
  std::unique_ptr<event_log> log_;
  std::optional<ledger_file> pins_;
  std::optional<head_mark> mark_;
};

} // namespace signalbox
