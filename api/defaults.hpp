#pragma once

#include <chrono>
#include <cstddef>

namespace signalbox {

/// The largest request head: request line and all header fields together.
inline constexpr std::size_t default_header_limit = 16 * 1024;

/// The longest request target (path and query).
inline constexpr std::size_t default_target_limit = 8 * 1024;

/// The most header fields in one request.
inline constexpr std::size_t max_header_fields = 64;

/// What a connection holds for input before a larger head or a body comes.
inline constexpr std::size_t first_buffer_bytes = 2 * 1024;

/// Room reserved for a body before its bytes arrive, however long the request
/// claims to be.
inline constexpr std::size_t body_reserve_limit = 64 * 1024;

/// The longest X-Request-Id that is taken over from a client.
inline constexpr std::size_t max_request_id_bytes = 64;

/// Open connections of one process; more are refused with 503.
inline constexpr std::size_t default_max_connections = 20000;

/// Bytes of answers that all connections together may hold for readers that do
/// not take them; beyond, the slowest are ended.
inline constexpr std::size_t default_send_budget = 256 * 1024 * 1024;

/// What a reader is taken to have read before it is called slow, in bytes, and
/// the least time over which its speed is measured.
inline constexpr double reader_credit = 64 * 1024;
inline constexpr std::chrono::milliseconds reader_grace{10};

/// From the first byte of a request to the end of its head.
inline constexpr std::chrono::milliseconds default_header_timeout{10000};

/// From the end of a head to the end of its body.
inline constexpr std::chrono::milliseconds default_body_timeout{30000};

/// How long a client may take to make room for more of a response.
inline constexpr std::chrono::milliseconds default_write_timeout{30000};

/// Between the end of a response and the first byte of the next request.
inline constexpr std::chrono::milliseconds default_idle_timeout{75000};

/// How long a stopping server waits for its running requests.
inline constexpr std::chrono::milliseconds default_drain_timeout{10000};

/// How long input is read and thrown away after a response that was sent
/// before its request was read, so that a reset does not destroy the response.
inline constexpr std::chrono::milliseconds linger_timeout{2000};

/// How often time-outs are looked for. A time-out is late by up to two of
/// these, never early.
inline constexpr std::chrono::milliseconds default_sweep_interval{1000};

/// How often a node looks for a key that it lacks, at most.
inline constexpr std::chrono::milliseconds key_retry_interval{1000};

/// The pause of the acceptor when the process has no file descriptor left.
inline constexpr std::chrono::milliseconds accept_pause{100};

/// Callers of one kind whose buckets are kept while requests are limited, at
/// some 150 bytes each.
inline constexpr std::size_t max_limited_callers = 65536;

/// Client families that the metrics count one by one; further ones go
/// together.
inline constexpr std::size_t max_counted_families = 256;

/// Connections that the kernel keeps until they are accepted.
inline constexpr int listen_backlog = 4096;

} // namespace signalbox
