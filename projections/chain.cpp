#include "projections/chain.hpp"

namespace signalbox {

namespace {

template <class Integer>
std::uint8_t* put(std::uint8_t* out, Integer x) {
  for (int shift = static_cast<int>(sizeof(x)) * 8 - 8; shift >= 0; shift -= 8)
    *out++ = static_cast<std::uint8_t>(x >> shift & 255);
  return out;
}

} // namespace

digest chain_start(const ledger_id& ledger) {
  return sha256(ledger.view());
}

digest chain_next(const digest& previous, log_index index, timestamp log_time,
                  const digest& envelope, outcome result) {
  std::array<std::uint8_t, 32 + 8 + 8 + 32 + 2> buffer;
  auto* out =
      std::copy(previous.value.begin(), previous.value.end(), buffer.data());
  out = put(out, to_integer(index));
  out = put(out, static_cast<std::uint64_t>(to_integer(log_time)));
  out = std::copy(envelope.value.begin(), envelope.value.end(), out);
  put(out, static_cast<std::uint16_t>(result));
  return sha256(buffer);
}

std::uint64_t chain_prefix(const digest& x) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i)
    out = out << 8 | x.value[i];
  return out;
}

} // namespace signalbox
