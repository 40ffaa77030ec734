#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "events/signature.hpp"

namespace signalbox {

/// Writes the key as encrypted PKCS#8 with mode 0600. When this returns, the
/// file is on disk; after a crash the whole file is there, or none.
///
/// Errors: `io` naming the file and the reason, also for a file that exists: a
/// lost private key cannot be brought back; `bad_key` for an empty passphrase.
result<void> write_key_file(const std::filesystem::path& path,
                            const private_key& key,
                            std::string_view passphrase);

/// Reads what write_key_file wrote, or `openssl pkcs8 -topk8`.
///
/// Errors: `io` if the file cannot be read; `bad_key` if others than its owner
/// may read or write it, if the passphrase is wrong, or if it holds no key that
/// this program can use.
result<private_key> read_key_file(const std::filesystem::path& path,
                                  std::string_view passphrase);

/// The first line of a file that only its owner may use, without its line end:
/// a passphrase or a bearer token.
///
/// Errors: as read_key_file; `bad_key` also for an empty line.
result<std::string> read_secret_line(const std::filesystem::path& path);

/// The value of an environment variable. Errors: `bad_key` if it is not set or
/// empty.
result<std::string> read_passphrase_variable(const std::string& name);

} // namespace signalbox
