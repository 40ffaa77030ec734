#pragma once

#include <optional>
#include <string>

#include "events/errors.hpp"

namespace signalbox {

/// Where the passphrase of the node's keys is taken from without a file.
inline constexpr const char* passphrase_variable = "SIGNALBOX_PASSPHRASE";

/// From the file if one is named, else from the environment, else from
/// `passphrase` in the ledger's directory, where one is named and it lies
/// there. Errors: as read_secret_line and read_passphrase_variable.
result<std::string>
read_passphrase(const std::optional<std::string>& file,
                const std::optional<std::string>& directory = std::nullopt);

} // namespace signalbox
