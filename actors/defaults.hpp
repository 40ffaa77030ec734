#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits and time-outs of the runtime, each with its reason.
namespace signalbox::actor_defaults {

/// Proposals that may wait for their outcome at once on one node.
inline constexpr std::size_t max_in_flight = 4096;

/// Slots of those that only reverts may take: they must work under overload.
inline constexpr std::size_t urgent_slots = 1;

/// Bytes of records in flight.
inline constexpr std::size_t max_in_flight_bytes = 64 * 1024 * 1024;

/// Proposals in flight of one principal: one client cannot starve the others.
inline constexpr std::size_t max_in_flight_per_principal = 1024;

/// How long a writer waits for its outcome before it is told `pending`.
inline constexpr std::chrono::seconds answer_within{10};

/// How long a command stays acceptable, on the log's clock, in milliseconds.
inline constexpr std::int64_t command_life = 10'000;

/// How often a publish is validated and proposed again after losing a race.
inline constexpr std::uint32_t max_attempts = 4;

/// Commands that may wait for their turn in one lane: publishes of one profile
/// on one node. At a few milliseconds each they are done within queue_within.
inline constexpr std::size_t max_queued_per_lane = 256;

/// Commands that may wait in all lanes of one proposer: each holds its request.
inline constexpr std::size_t max_queued = 1024;

/// How long a command waits for its turn before it is refused.
inline constexpr std::chrono::seconds queue_within{10};

/// The ledger's housekeeping: time-outs, saving, head file, ticks.
inline constexpr std::chrono::milliseconds beat{500};

/// Entries folded before the state is saved; the rest is refolded at start.
inline constexpr std::uint64_t save_every = 1024;

/// Least time between two writes of the head file.
inline constexpr std::chrono::seconds head_file_every{1};

/// Log entries folded in one turn before the view is published.
inline constexpr std::size_t fold_batch = 1024;

/// The wall clock may differ this much from the log's before an alarm, in
/// milliseconds.
inline constexpr std::int64_t clock_alarm = 5'000;

/// Restarts of a crashed actor: delay of the first, doubled each time.
inline constexpr std::chrono::milliseconds restart_delay{50};
inline constexpr std::chrono::seconds restart_delay_ceiling{5};
inline constexpr std::size_t max_restarts = 8;

/// An actor that ran this long since its last crash starts with a clean count.
inline constexpr std::chrono::seconds forgive_after{60};

} // namespace signalbox::actor_defaults
