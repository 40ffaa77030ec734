#pragma once

#include <chrono>
#include <cstddef>

namespace signalbox {

/// Least time between two attempts to make a refused log writable again.
inline constexpr std::chrono::milliseconds reopen_interval{1000};

/// How long a reopen waits for readers to let go of the old handle. A reader
/// lets go between two entries, so only a stuck visitor reaches this.
inline constexpr std::chrono::milliseconds reopen_patience{5000};

/// Free room that must exist before a full disk is tried again. Below it the
/// reopen itself (a manifest, the flush of what was recovered) would fail.
inline constexpr std::size_t write_probe_bytes = 1024 * 1024;

/// All write buffers of the embedded engine together.
inline constexpr std::size_t write_buffers_bytes = 64 * 1024 * 1024;

/// A batch above this goes to a table file at once: left to the write-ahead log
/// alone, the next start would replay it.
inline constexpr std::size_t large_batch_bytes = 8 * 1024 * 1024;

/// Decompressed blocks, indexes included.
inline constexpr std::size_t block_cache_bytes = 32 * 1024 * 1024;

/// How far a scan reads ahead once it is known to be sequential.
inline constexpr std::size_t scan_readahead_bytes = 1024 * 1024;

} // namespace signalbox
