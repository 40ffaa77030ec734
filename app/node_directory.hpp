#pragma once

#include <filesystem>

#include "app/ledger_file.hpp"
#include "events/errors.hpp"
#include "storage/kafka_settings.hpp"

namespace signalbox {

/// Copies the private keys of a node, and the key of pseudonyms, from one
/// folder into another: `node-*.pem` and `pseudonym.key`, each synced and of
/// mode 0600. Neither the root nor anything else. Errors: `io`, `not_found`.
result<void> bring_node_keys(const std::filesystem::path& from,
                             const std::filesystem::path& to);

/// Writes the pins, and the file that says where the log is if it is on Kafka
/// (null: it is not; else a key of pseudonyms too, unless there is one).
/// Errors: `io`.
result<void> write_node_files(const std::filesystem::path& data,
                              const ledger_file& pins,
                              const kafka_settings* kafka);

/// Puts beside a log what else the directory of a node is made of: the pins and
/// the keys of `from`, and what write_node_files does. Errors: as above.
result<void> bring_node(const std::filesystem::path& from,
                        const std::filesystem::path& to,
                        const kafka_settings* kafka);

} // namespace signalbox
