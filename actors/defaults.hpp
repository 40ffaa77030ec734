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

/// A command that was told `pending` is closed after so long without an end:
/// two lives of it, by a clock that nobody sets.
inline constexpr std::chrono::milliseconds close_after{2 * command_life};

/// After an attempt that lost a race the next one follows at once, or its node
/// hangs: then somebody who asks need not wait for it.
inline constexpr std::chrono::seconds next_attempt_within{1};

/// How often a publish is validated and proposed again after losing a race.
inline constexpr std::uint32_t max_attempts = 4;

/// Commands that may wait for their turn in one lane: publishes of one profile
/// on one node. At a few milliseconds each they are done within queue_within.
inline constexpr std::size_t max_queued_per_lane = 256;

/// Commands that may wait in all lanes of one proposer: each holds its request.
inline constexpr std::size_t max_queued = 1024;

/// Proposals that one proposer hands to the ledger together.
inline constexpr std::size_t most_ready = 64;

/// How long a command waits for its turn before it is refused.
inline constexpr std::chrono::seconds queue_within{10};

/// Linear readers that may wait at once on one node: half of what may wait for
/// the pool that answers them all together.
inline constexpr std::size_t max_linear_readers = 512;

/// How long a linear reader waits before it is refused, up to a beat more.
inline constexpr std::chrono::seconds linear_within{5};

/// Least time between two ticks for linear readers: 50 a second of one node,
/// each of which stays in the log for ever.
inline constexpr std::chrono::milliseconds linear_apart{20};

/// The ledger's housekeeping: time-outs, saving, head file, ticks.
inline constexpr std::chrono::milliseconds beat{500};

/// Entries folded before the state is saved, as it is at each beat; the rest is
/// refolded at start, which takes milliseconds.
inline constexpr std::uint64_t save_every = 4096;

/// Least time between two writes of the head file.
inline constexpr std::chrono::seconds head_file_every{1};

/// How often a shared appender looks at records that its log holds back.
inline constexpr std::chrono::milliseconds held_back_check{1};

/// Log entries folded in one turn before the view is published: few, so that
/// the first of a crowd prepare what is next while the others are folded.
inline constexpr std::size_t fold_batch = 64;

/// The wall clock may differ this much from the log's before an alarm, in
/// milliseconds.
inline constexpr std::int64_t clock_alarm = 5'000;

/// Restarts of a crashed actor: delay of the first, doubled each time.
inline constexpr std::chrono::milliseconds restart_delay{50};
inline constexpr std::chrono::seconds restart_delay_ceiling{5};
inline constexpr std::size_t max_restarts = 8;

/// An actor that ran this long since its last crash starts with a clean count.
inline constexpr std::chrono::seconds forgive_after{60};

/// How long a change may lie untold before a node that sees it takes over the
/// topic of changes; up to twice as long by chance. Nodes that fence one
/// another double it up to the second.
inline constexpr std::chrono::milliseconds updates_takeover{2'000};
inline constexpr std::chrono::milliseconds updates_takeover_ceiling{30'000};

/// How often the topic of changes is looked after.
inline constexpr std::chrono::milliseconds updates_check_every{10'000};

/// Most time between two looks at the topic and the view.
inline constexpr std::chrono::milliseconds updates_idle{1'000};

/// Changes in one transaction: at most 64 KiB each, seldom more than 1.
inline constexpr std::size_t update_batch = 128;

/// Transactions before the topic is looked at again.
inline constexpr int update_batches_at_once = 16;

/// Views whose changes are awaited in the topic by a time of their own.
inline constexpr std::size_t updates_awaited = 1024;

/// Nodes compare what their folds came to at each entry that ends so many...
inline constexpr std::uint64_t compare_every = 1024;

/// ...and once no entry has come for so long: a quiet ledger would wait for
/// months otherwise.
inline constexpr std::chrono::milliseconds compare_after{60'000};

/// Least time from the end of one fold of the whole log to the next one: a node
/// that lies must not keep the others busy.
inline constexpr std::chrono::milliseconds refold_every{600'000};

/// How many entries back a node knows what its fold came to: at each of the
/// last ones, and at so many of those where nodes compare in any case.
inline constexpr std::size_t places_kept = 1024;
inline constexpr std::size_t compared_places_kept = 64;

/// Words that are older, in milliseconds, are passed over: they may be of a
/// history that was replaced since.
inline constexpr std::int64_t word_life = 600'000;

/// Words of other nodes that wait until this one has folded as far.
inline constexpr std::size_t words_awaited = 256;

} // namespace signalbox::actor_defaults
