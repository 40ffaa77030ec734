#pragma once

#include <filesystem>
#include <optional>

#include "events/errors.hpp"
#include "storage/kafka_settings.hpp"

namespace signalbox {

/// DIR/kafka.properties: where the ledger's log lies, if it lies on Kafka. A
/// directory without it holds the log itself. Mode 0600: it may hold passwords.
std::filesystem::path kafka_file_path(const std::filesystem::path& data);

/// The settings in any file. A relative path of an ssl.*.location is taken from
/// the file's folder. Errors: `not_found`, `io`, `too_large`, `bad_request`
/// naming file, line and setting, `bad_key` (it holds a secret, and others may
/// read it).
result<kafka_settings> read_kafka_settings(const std::filesystem::path& file);

/// Errors: `io`.
result<void> write_kafka_file(const std::filesystem::path& data,
                              const kafka_settings& x);

/// Nullopt where there is no such file. Errors: `io`, `bad_request`.
result<std::optional<kafka_settings>>
read_kafka_file(const std::filesystem::path& data);

} // namespace signalbox
