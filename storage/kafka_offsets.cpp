#include "storage/kafka_offsets.hpp"

#include <algorithm>

namespace signalbox {

std::optional<kafka_offsets::run> kafka_offsets::add(std::uint64_t index,
                                                     std::uint64_t offset) {
  if (!runs_.empty() && offset == offset_of(index))
    return std::nullopt;
  runs_.push_back({index, offset});
  return runs_.back();
}

std::uint64_t kafka_offsets::offset_of(std::uint64_t index) const {
  const auto behind = std::upper_bound(
      runs_.begin(), runs_.end(), index,
      [](std::uint64_t x, const run& y) { return x < y.index; });
  if (behind == runs_.begin())
    return index;
  const auto& at = behind[-1];
  return at.offset + (index - at.index);
}

std::uint64_t kafka_offsets::index_of(std::uint64_t offset) const {
  const auto behind = std::upper_bound(
      runs_.begin(), runs_.end(), offset,
      [](std::uint64_t x, const run& y) { return x < y.offset; });
  if (behind == runs_.begin())
    return offset;
  const auto& at = behind[-1];
  return at.index + (offset - at.offset);
}

} // namespace signalbox
