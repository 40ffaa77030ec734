#pragma once

#include <cstdint>
#include <filesystem>

#include "events/errors.hpp"

namespace signalbox {

/// Which command met the damage: a replay has just said how far the log is
/// sound.
enum class damage_met_by : std::uint8_t { replay, others };

/// A failure to open a ledger's directory, with what to do next where the
/// directory is damaged or lacks a part; others stay as they are.
failure with_advice(failure why, const std::filesystem::path& data,
                    damage_met_by command = damage_met_by::others);

} // namespace signalbox
