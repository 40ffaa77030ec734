#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "events/errors.hpp"

namespace signalbox {

/// How many may listen at once, in all and of one caller.
struct seat_limits {
  std::size_t all = 0;
  std::size_t per_caller = 0;
};

/// Counts who listens, so that one caller cannot take the room of all. A seat
/// is given back when the last copy of its pointer is gone. Any thread.
class change_seats {
 public:
  using seat = std::shared_ptr<void>;

  explicit change_seats(seat_limits limits);

  /// Errors: `overloaded`, with the limit that was reached.
  result<seat> take(const std::string& caller);

  std::size_t taken() const;

 private:
  struct book;
  std::shared_ptr<book> book_; ///< outlives the seats
};

} // namespace signalbox
