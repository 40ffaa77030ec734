#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "projections/state_hash.hpp"

namespace signalbox {

/// A part of the state that only grows: rows of one fixed layout, found by
/// their number. Stored in segments of many rows, so that a million of them
/// load in a fraction of a second. A row is hashed once, when it is appended.
template <class Row>
class journal {
 public:
  static constexpr std::size_t segment_rows = 1024;

  explicit journal(char tag) : tag_{tag} {}

  char tag() const { return tag_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Row& operator[](std::size_t i) const {
    return segments_[i / segment_rows][i % segment_rows];
  }
  const Row& back() const { return (*this)[size_ - 1]; }

  void append(state_hash& sum, const Row& row) {
    sum += hash(size_, row);
    if (size_ % segment_rows == 0)
      segments_.emplace_back().reserve(segment_rows);
    segments_.back().push_back(row);
    ++size_;
  }

  /// Calls f(segment number, bytes) for each segment that grew since the last
  /// call.
  template <class F>
  void drain(F f) {
    for (auto s = drained_ / segment_rows; s < segments_.size(); ++s)
      f(static_cast<std::uint32_t>(s),
        std::string_view{reinterpret_cast<const char*>(segments_[s].data()),
                         segments_[s].size() * sizeof(Row)});
    drained_ = size_;
  }

  /// Makes the next drain hand out every segment.
  void mark_all() { drained_ = 0; }

  /// Takes the next stored segment back. False if it is
  /// not the next one, or damaged.
  bool restore(state_hash& sum, std::uint32_t number, std::string_view bytes) {
    auto count = bytes.size() / sizeof(Row);
    if (number * segment_rows != size_ || count > segment_rows ||
        count * sizeof(Row) != bytes.size())
      return false;
    for (std::size_t i = 0; i < count; ++i) {
      Row row;
      std::memcpy(static_cast<void*>(&row), bytes.data() + i * sizeof(Row),
                  sizeof(Row));
      append(sum, row);
    }
    drained_ = size_;
    return true;
  }

 private:
  static_assert(std::has_unique_object_representations_v<Row>,
                "a row must have no padding: its bytes are hashed and stored");

  state_hash hash(std::size_t number, const Row& row) const {
    auto n = static_cast<std::uint64_t>(number);
    return hash_row(tag_, {reinterpret_cast<const char*>(&n), sizeof(n)},
                    {reinterpret_cast<const char*>(&row), sizeof(row)});
  }

  char tag_;
  std::vector<std::vector<Row>> segments_; // none ever moves its rows
  std::size_t size_ = 0;
  std::size_t drained_ = 0;
};

} // namespace signalbox
