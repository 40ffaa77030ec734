#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "actors/node_keys.hpp"
#include "events/keyset.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// New keys for a node: written to the folder under names of their own, so
/// that old keys stay. Errors: `io`, `bad_key`.
result<node_keys> make_node_keys(const std::filesystem::path& folder,
                                 const principal_id& node,
                                 key_algorithm algorithm,
                                 std::string_view passphrase);

/// The keys of this node that the keyset has as active, out of all its key
/// files (`node-seal*.pem`, `node-head*.pem`).
/// Errors: `unavailable` (no file holds an active key), `bad_key` (wrong
/// passphrase), `io`.
result<node_keys> load_node_keys(const std::filesystem::path& folder,
                                 const principal_id& node,
                                 const std::map<std::string, key_row>& keyset,
                                 std::string_view passphrase);

} // namespace signalbox
