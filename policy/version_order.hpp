#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace signalbox {

/// The order of two versions of a package: of numbers with dots, however many
/// (missing ones are 0), or of semantic versions. None if one of them is
/// neither, for then nothing is known.
std::optional<std::strong_ordering> compare_versions(std::string_view x,
                                                     std::string_view y);

} // namespace signalbox
