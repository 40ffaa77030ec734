#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace signalbox {

/// Which offset of a partition each entry of a log came from. Indexes are dense
/// and offsets have holes (the marks of strangers' transactions, mirrors), so
/// one is never taken for the other. Kept as runs without a hole, of which
/// there is mostly one.
class kafka_offsets {
 public:
  struct run {
    std::uint64_t index;
    std::uint64_t offset;
  };

  /// Notes where the next entry came from; indexes come in order, offsets grow.
  /// Returns the run that it begins, if it begins one.
  std::optional<run> add(std::uint64_t index, std::uint64_t offset);

  /// The offset of an entry at or behind the first one noted.
  std::uint64_t offset_of(std::uint64_t index) const;

  /// The entry that came from the offset, given that one did.
  std::uint64_t index_of(std::uint64_t offset) const;

 private:
  std::vector<run> runs_;
};

} // namespace signalbox
