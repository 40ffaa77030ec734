#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <sys/uio.h>

#include "api/http_transport.hpp"

namespace signalbox {

/// What one connection has to send. Sends from where the bytes lie; only what
/// the socket would not take at once is made to last.
class http_outbox {
 public:
  enum class outcome { done, blocked, broken };

  /// Adds a piece, four at most. It must live until the next call of `send` has
  /// returned; after `blocked`, `persist` says what lives longer.
  void put(std::string_view piece);

  /// Sends what is left, without blocking. `sent` grows by the bytes taken.
  outcome send(http_transport& to, std::size_t& sent);

  /// After `blocked`: copies all pieces but the last, which `keep` must own;
  /// an empty `keep` copies the last one too.
  void persist(std::shared_ptr<const void> keep);

  /// Bytes that `persist` has copied.
  std::size_t copied() const { return copied_.size(); }

  void clear();

 private:
  void drop(std::size_t n);

  static constexpr std::size_t max_pieces = 4;

  std::array<iovec, max_pieces> pieces_{};
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::string copied_;
  std::shared_ptr<const void> keep_;
};

} // namespace signalbox
