#include "events/ed25519_signer.hpp"

#include <stdexcept>

#include <openssl/evp.h>

namespace signalbox {

namespace {

struct release {
  void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
  void operator()(EVP_MD_CTX* x) const { EVP_MD_CTX_free(x); }
};

} // namespace

struct ed25519_signer::key {
  std::unique_ptr<EVP_PKEY, release> handle;
};

ed25519_signer::ed25519_signer(byte_view seed)
    : key_{new key{
          std::unique_ptr<EVP_PKEY, release>{EVP_PKEY_new_raw_private_key(
              EVP_PKEY_ED25519, nullptr, seed.data(), seed.size())}}} {
  if (key_->handle == nullptr)
    throw std::runtime_error{"OpenSSL refused an Ed25519 seed"};
}

ed25519_signer::~ed25519_signer() = default;

byte_buffer ed25519_signer::sign(byte_view message) const {
  // A context per call: it holds the state of one message, the key does not.
  std::unique_ptr<EVP_MD_CTX, release> context{EVP_MD_CTX_new()};
  byte_buffer out(signature_bytes);
  auto size = out.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                         key_->handle.get()) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, message.data(),
                     message.size()) != 1)
    throw std::runtime_error{"OpenSSL could not sign"};
  return out;
}

} // namespace signalbox
