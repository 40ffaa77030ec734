#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/ledger_file.hpp"
#include "app/ledger_topics.hpp"
#include "events/keyset.hpp"
#include "events/signature.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// What a new ledger is to be.
struct create_options {
  std::filesystem::path data;
  std::string passphrase;      ///< of the node's keys
  std::string root_passphrase; ///< of root.pem
  /// Public keys of offline roots; empty: a root key is made.
  std::vector<public_key> roots;
  std::uint32_t threshold = 1;
  key_algorithm algorithm = key_algorithm::ed25519;
  std::string name = "main";
  /// Lower where nodes of an older release serve the ledger too.
  std::uint32_t fold_version = newest_fold_version;
  /// Nullopt: the log is in the directory.
  std::optional<topic_plan> topics;
};

struct created_ledger {
  ledger_file file;
  std::uint64_t entries = 0;
  /// The first keyset, unsigned; empty where the root was at hand.
  std::filesystem::path keyset_request;
};

/// Makes a ledger with its keys, an administrator's token (in
/// DIR/admin.token, mode 0600) and the built-in families and policy set. All
/// of it goes through the log and the fold. What fails leaves nothing behind.
///
///     DIR/ledger.json         what is pinned; see ledger_file
///     DIR/admin.token         the administrator's bearer token
///     DIR/kafka.properties    where the log is, if it is on Kafka
///     DIR/keys/root.pem       the root: to be taken away
///     DIR/keys/node-seal.pem  what the node seals artifacts with
///     DIR/keys/node-head.pem  what the node signs heads with
///     DIR/keys/pseudonym.key  what hides clients, if it is on Kafka: all nodes
///                             need the same
///
/// Errors: `conflict` (the directory holds a ledger, or something else that
/// would be in the way), `bad_request`, `io`, and those of the log.
result<created_ledger> create_ledger(const create_options& options);

} // namespace signalbox
