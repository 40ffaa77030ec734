#pragma once

#include <filesystem>

#include "events/errors.hpp"

namespace signalbox {

/// A failure to open a ledger's directory, with what to do next where the
/// directory is damaged or lacks a part; others stay as they are.
failure with_advice(failure why, const std::filesystem::path& data);

} // namespace signalbox
