#pragma once

#include <array>
#include <string_view>

#include "events/ids.hpp"

namespace signalbox {

/// An id in hexadecimal, as row keys have it, without an allocation.
template <std::size_t N>
class hex_text {
 public:
  template <class Tag>
  explicit hex_text(const fixed_bytes<N, Tag>& x) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < N; ++i) {
      text_[2 * i] = digits[x.value[i] >> 4];
      text_[2 * i + 1] = digits[x.value[i] & 15];
    }
  }

  operator std::string_view() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 2 * N> text_;
};

template <std::size_t N, class Tag>
hex_text(const fixed_bytes<N, Tag>&) -> hex_text<N>;

} // namespace signalbox
