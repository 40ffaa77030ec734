#pragma once

#include <filesystem>
#include <memory>

#include "app/keyset_access.hpp"
#include "app/options.hpp"
#include "events/signature.hpp"

/// The options that the `keys` commands share.
namespace signalbox {

/// Where the keyset lies: in a directory, or behind a server.
void add_place_options(command_options& options);

void add_passphrase_option(command_options& options);

/// Place, passphrase and the root's private key.
void add_root_options(command_options& options);

/// What new keys sign with (NFR-10).
void add_algorithm_option(command_options& options);

/// Opens what the place options name. Errors: those of either way.
result<std::unique_ptr<keyset_access>> open_place(const command_options& x);

/// The root's private key with its own passphrase, or else the node's.
/// Errors: `not_found`, `bad_key`, `io`.
result<private_key> read_root(const command_options& options,
                              const std::filesystem::path& path);

} // namespace signalbox
