#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"

namespace signalbox {

/// Rows to put and keys to erase, applied in one atomic write.
struct state_batch {
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> erases;
};

/// Where a fold keeps its state between restarts: ordered rows of bytes. The
/// position lies in a row like any other, so state and position cannot part.
/// A write that is lost (it is not synced by itself) only costs refolding.
class state_store {
 public:
  /// Returns false to stop.
  using visitor =
      std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~state_store() = default;

  /// Applies all of it or nothing.
  virtual result<void> write(const state_batch& batch) = 0;

  /// Visits the rows whose key starts with the prefix, in byte order.
  virtual result<void> scan(std::string_view prefix,
                            const visitor& visit) const = 0;

  /// Erases every row, in one atomic write.
  virtual result<void> clear() = 0;
};

} // namespace signalbox
