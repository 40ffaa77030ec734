#pragma once

// Internal to storage, like rocksdb_options.hpp.

#include <string>

#include <rocksdb/status.h>

#include "events/errors.hpp"

namespace signalbox {

/// Why the database at `directory` does not take writes, and what to do.
std::string explain_write_failure(const rocksdb::Status& status,
                                  const std::string& directory);

/// Why the database at `directory` does not open.
failure explain_open_failure(const rocksdb::Status& status,
                             const std::string& directory);

/// What a failed read means: `log_corrupt` or `io`. `where` follows "is
/// damaged", such as " at entry 5".
failure explain_read_failure(const rocksdb::Status& status,
                             const std::string& directory,
                             const std::string& where);

/// Another process (or another object in this one) has the database open.
bool is_locked(const rocksdb::Status& status);

} // namespace signalbox
