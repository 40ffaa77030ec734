#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "actors/node_keys.hpp"
#include "api/signing.hpp"
#include "events/keyset.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// New keys for a node: written to the folder under names of their own, so
/// that old keys stay. Errors: `io`, `bad_key`.
result<node_keys> make_node_keys(const std::filesystem::path& folder,
                                 const principal_id& node,
                                 key_algorithm algorithm,
                                 std::string_view passphrase);

/// The keys that a node was made with, if it never had others: its only file
/// for each role. Nullopt where one is missing, or there are more.
/// Errors: `bad_key` (the passphrase, or the file), `io`.
result<std::optional<node_keys>>
find_node_keys(const std::filesystem::path& folder, const principal_id& node,
               std::string_view passphrase);

/// The keys of this node that the keyset has as active, as far as its key files
/// (`node-seal*.pem`, `node-head*.pem`) hold them. A file that cannot be read
/// matters only if no other has the active key; it is then told beside the keys
/// that there are.
/// Errors: `bad_key` (no file opens: perhaps the passphrase is wrong), `io`.
result<held_keys> load_node_keys(const std::filesystem::path& folder,
                                 const principal_id& node,
                                 const std::map<std::string, key_row>& keyset,
                                 std::string_view passphrase);

} // namespace signalbox
