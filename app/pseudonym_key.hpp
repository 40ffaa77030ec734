#pragma once

#include <filesystem>

#include "events/bytes.hpp"
#include "events/errors.hpp"

namespace signalbox {

/// What becomes of a key that is not there.
enum class missing_key {
  make,  ///< it is made
  refuse ///< other nodes have one, which must be brought
};

/// The key of a ledger's pseudonyms from `pseudonym.key` in the folder: 64
/// hexadecimal digits, mode 0600. It is not encrypted: it protects no artifact,
/// and who reads this folder's disk reads the reports too. Nodes of one ledger
/// have the same; where there is one node alone, it is replaced by stopping the
/// node and removing the file.
///
/// Errors: `io`; `not_found` (and it is not made); `bad_key` if others may read
/// the file, or it holds no key.
result<byte_buffer> pseudonym_key(const std::filesystem::path& folder,
                                  missing_key missing = missing_key::make);

/// Brings the key of another node's file into the folder as `pseudonym.key`.
/// Errors: `io`; `not_found`; `bad_key` as above; `conflict` if there is one.
result<void> bring_pseudonym_key(const std::filesystem::path& from,
                                 const std::filesystem::path& folder);

} // namespace signalbox
