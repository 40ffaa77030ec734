#include "events/hash.hpp"

#include <memory>

#include <botan/hash.h>
#include <botan/system_rng.h>

namespace signalbox {

namespace {

/// One hash object per thread: looking the algorithm up by name and allocating
/// costs more than hashing a short message.
Botan::HashFunction& thread_hash() {
  thread_local auto hash = Botan::HashFunction::create_or_throw("SHA-256");
  return *hash;
}

} // namespace

digest sha256(byte_view bytes) {
  return sha256({bytes});
}

digest sha256(std::initializer_list<byte_view> pieces) {
  auto& hash = thread_hash();
  for (auto piece : pieces)
    hash.update(piece.data(), piece.size());
  digest out;
  hash.final(out.value.data());
  return out;
}

void random_fill(std::span<std::uint8_t> out) {
  Botan::system_rng().randomize(out.data(), out.size());
}

} // namespace signalbox
