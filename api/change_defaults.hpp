#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits and time-outs of PollChanges and SubscribeConfigUpdates.
namespace signalbox::change_defaults {

/// Subscribers and long polls of a node; more are refused.
inline constexpr std::size_t max_listeners = 10'000;

/// Of one token, or of one address without a token: many clients may share
/// one behind a proxy.
inline constexpr std::size_t max_listeners_per_caller = 1'000;

/// Names in a filter: the pairs of clients and profiles.
inline constexpr std::size_t max_filter_pairs = 256;

/// Events that one PollChanges answers, unless it says how many.
inline constexpr std::uint64_t default_page = 100;
inline constexpr std::uint64_t max_page = 1'000;

/// The longest long poll, in seconds.
inline constexpr std::uint64_t max_wait = 60;

/// A stream that says nothing sends a comment this often at least, so that
/// proxies keep it and clients notice when it is dead.
inline constexpr std::chrono::milliseconds heartbeat{15'000};

/// What a client is told to wait before it connects again, in milliseconds.
inline constexpr int retry_after = 2'000;

/// Events that are read at once for a subscriber that catches up.
inline constexpr std::size_t catch_up_page = 16;

/// Live events that a worker keeps for subscribers that read slowly: who lags
/// behind the oldest is told and has to resume.
inline constexpr std::size_t max_lag_events = 1'024;
inline constexpr std::size_t max_lag_bytes = 4 * 1024 * 1024;

/// Subscribers that a worker tells of a change before its other connections
/// have their turn: a millisecond or so.
inline constexpr std::size_t tell_at_once = 64;

/// Composed events that are kept for whoever asks next.
inline constexpr std::size_t max_kept_events = 2'048;
inline constexpr std::size_t max_kept_bytes = 8 * 1024 * 1024;

} // namespace signalbox::change_defaults
