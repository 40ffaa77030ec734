#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "app/ledger_file.hpp"
#include "events/signature.hpp"
#include "storage/kafka_settings.hpp"

namespace signalbox {

/// Another node of a ledger on Kafka.
struct join_options {
  std::filesystem::path data;
  std::string passphrase; ///< of the node's keys
  kafka_settings kafka;
  /// Of the roots that the ledger was made with, from somewhere else than the
  /// brokers: it says that this is the right ledger.
  digest root_fingerprint;
  key_algorithm algorithm = key_algorithm::ed25519;
  /// Another node's file of the key of pseudonyms; empty: none is brought, and
  /// the node takes no reports until it is.
  std::filesystem::path pseudonym_key;
  std::string name = "main"; ///< the ledger's name in URLs
  std::function<void(std::string)> warn = nullptr; ///< any thread
  /// Entries read, of all that there were at first.
  std::function<void(std::uint64_t, std::uint64_t)> progress = nullptr;
};

struct joined_ledger {
  ledger_file file;
  std::uint64_t entries = 0;        ///< read
  std::uint64_t keyset_version = 0; ///< in force; 0: there is none yet
};

/// Makes the directory of a new node: a copy of the topic, folded, a principal
/// that the ledger does not know yet, and keys that no keyset names yet.
/// Writes nothing to the topic. What fails leaves nothing behind.
///
///     DIR/ledger.json         what is pinned; see ledger_file
///     DIR/kafka.properties    where the log is
///     DIR/keys/node-seal-*.pem, node-head-*.pem
///     DIR/keys/pseudonym.key  if one is given
///
/// Errors: `conflict` (the directory holds a ledger), `bad_signature` (the
/// ledger has other roots), `not_found` (no topic, or no ledger in it),
/// `bad_request`, `io`, and those of log and fold.
result<joined_ledger> join_ledger(const join_options& options);

} // namespace signalbox
