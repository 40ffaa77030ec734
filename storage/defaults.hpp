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

/// How long Kafka may take to confirm a record that was sent; then its fate is
/// open. Below the life of a command, which the log's clock ends.
inline constexpr std::chrono::milliseconds kafka_delivery_limit{8000};

/// How long a record may gather while others are on their way: a leader that
/// moves takes less. What waited longer is not sent any more.
inline constexpr std::chrono::milliseconds kafka_gather_limit{5000};

/// How long the first records of a group wait for the others while nothing is
/// on its way, where the groups before were large: about what a sync takes.
inline constexpr std::chrono::milliseconds kafka_hold_limit{1};

/// How long a transaction may stay open: whoever dies in one holds up those who
/// read committed messages for so long, unless another takes over before.
inline constexpr std::chrono::milliseconds kafka_transaction_limit{10'000};

/// How often the client library tells how its connections are.
inline constexpr std::chrono::milliseconds kafka_statistics_interval{250};

/// How long a reader waits for a leader that has just sent it megabytes.
inline constexpr std::chrono::milliseconds kafka_wake_patience{200};

/// How long the leader of the log may be out of reach before the log says so:
/// a leader that moves takes less.
inline constexpr std::chrono::milliseconds kafka_offline_after{3000};

/// How often a log on Kafka compares its first and its last entry with the
/// topic's while nothing went wrong: it follows no further for some
/// milliseconds then. The client library does not tell when a topic is deleted
/// and made anew.
inline constexpr std::chrono::milliseconds kafka_check_every{10'000};

/// How long a leader is waited for that gives less to read than was read, and
/// is asked where it ends. Nothing else is done meanwhile.
inline constexpr std::chrono::milliseconds kafka_end_patience{1000};

/// How often a comparison that failed is repeated before it is believed.
inline constexpr int kafka_check_attempts = 3;

/// Entries that a log on Kafka keeps in memory though they are on its disk.
inline constexpr std::size_t kafka_recent_bytes = 4 * 1024 * 1024;

/// Entries that it keeps in memory because they are not: then it reads no
/// further.
inline constexpr std::size_t kafka_unwritten_bytes = 32 * 1024 * 1024;

/// What an entry takes there beside its bytes, about: a message of the client
/// library.
inline constexpr std::size_t kafka_entry_memory = 512;

/// How long a log that takes no more goes on without hearing from its client:
/// then it pauses it, or what the client tells would pile up.
inline constexpr std::chrono::milliseconds kafka_pause_after{3000};

/// How long entries gather before they are written to the disk, unless there
/// are large_batch_bytes of them: what a kill makes the next start read again.
inline constexpr std::chrono::milliseconds kafka_keep_within{500};

/// How long a node that stops waits for that.
inline constexpr std::chrono::milliseconds kafka_keep_patience{5000};

/// Most messages that are taken at once.
inline constexpr std::size_t kafka_copy_batch = 4096;

/// Segments that the retention of a stream's topic is cut into: a broker drops
/// whole segments, so records outlive their time by one at most.
inline constexpr int kafka_segments_kept = 8;

/// How often a stream compares its first and last entries with the topic's
/// while nothing went wrong, and the least time between two comparisons while
/// something does.
inline constexpr std::chrono::milliseconds stream_check_every{60'000};
inline constexpr std::chrono::milliseconds stream_retry_after{2000};

/// How long a stream waits for the brokers' word on its topic, and before it
/// asks again when the topic cannot be used.
inline constexpr std::chrono::milliseconds stream_patience{3000};
inline constexpr std::chrono::milliseconds stream_ask_again{10'000};

/// How long a record may take to be confirmed while a log is copied: then the
/// copy ends, and goes on when it is called again.
inline constexpr std::chrono::milliseconds kafka_copy_limit{60'000};

/// Most bytes that wait to be confirmed while a log is copied.
inline constexpr std::size_t kafka_copy_in_flight = 16 * 1024 * 1024;

/// How long a tool, or a start, waits for the brokers' first word.
inline constexpr std::chrono::milliseconds kafka_patience{15'000};

/// Least time between two log lines that tell why brokers are out of reach.
inline constexpr std::chrono::milliseconds kafka_tell_every{5000};

/// How long one request to a broker may take.
inline constexpr std::chrono::milliseconds kafka_request_patience{4000};

/// How long a tool, or a start, waits before it looks whether brokers refuse
/// it.
inline constexpr std::chrono::milliseconds kafka_first_look{1000};

/// How long brokers may refuse a tool's, or a start's, password or certificate
/// before that is believed: less than the wait for brokers that are silent.
inline constexpr std::chrono::milliseconds kafka_refusal_patience{2000};

} // namespace signalbox
