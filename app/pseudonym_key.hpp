#pragma once

#include <filesystem>

#include "events/bytes.hpp"
#include "events/errors.hpp"

namespace signalbox {

/// The key of a node's pseudonyms from `pseudonym.key` in the folder: 64
/// hexadecimal digits, mode 0600; made if the file is not there. It is not
/// encrypted: it protects no artifact, and who reads this folder's disk reads
/// the reports too. To replace it, stop the node and remove the file.
///
/// Errors: `io`; `bad_key` if others may read the file, or it holds no key.
result<byte_buffer> pseudonym_key(const std::filesystem::path& folder);

} // namespace signalbox
