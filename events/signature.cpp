#include "events/signature.hpp"

#include <algorithm>
#include <array>

#include <botan/data_src.h>
#include <botan/ec_group.h>
#include <botan/ecdsa.h>
#include <botan/ed25519.h>
#include <botan/pem.h>
#include <botan/pkcs8.h>
#include <botan/pubkey.h>
#include <botan/system_rng.h>
#include <botan/x509_key.h>

#include "events/ed25519_signer.hpp"
#include "events/hash.hpp"

namespace signalbox {

namespace {

constexpr const char* curve = "secp256r1";
constexpr const char* public_label = "PUBLIC KEY";
constexpr const char* encrypted_label = "ENCRYPTED PRIVATE KEY";
constexpr std::size_t pbkdf_iterations = 600'000;

failure bad_key(std::string message) {
  return {errc::bad_key, std::move(message)};
}

/// How Botan names what is signed and in which form.
const char* scheme(key_algorithm x) {
  return x == key_algorithm::ed25519 ? "Pure" : "EMSA1(SHA-256)";
}

Botan::Signature_Format format(key_algorithm x) {
  return x == key_algorithm::ed25519 ? Botan::IEEE_1363 : Botan::DER_SEQUENCE;
}

std::optional<key_algorithm> algorithm_of(const Botan::Public_Key& key) {
  if (key.algo_name() == "Ed25519")
    return key_algorithm::ed25519;
  auto* ecdsa = dynamic_cast<const Botan::ECDSA_PublicKey*>(&key);
  if (ecdsa &&
      ecdsa->domain().get_curve_oid() == Botan::OID::from_string(curve))
    return key_algorithm::ecdsa_p256;
  return std::nullopt;
}

/// The bytes of the only PEM block with this label; nothing may stand around
/// it. Throws what Botan throws.
Botan::secure_vector<std::uint8_t> decode_pem(std::string_view pem,
                                              const char* label) {
  auto space = [](char c) { return c == '\n' || c == '\r' || c == ' '; };
  while (!pem.empty() && space(pem.back()))
    pem.remove_suffix(1);
  Botan::DataSource_Memory source{as_bytes(pem).data(), pem.size()};
  auto out = Botan::PEM_Code::decode_check_label(source, label);
  if (!pem.starts_with("-----BEGIN ") || !source.end_of_data())
    throw Botan::Decoding_Error{"text around the PEM block"};
  return out;
}

/// Whether the second half of an Ed25519 signature lies below the order of the
/// group (RFC 8032 section 5.1.7). Botan 2.19 leaves that check out, and then
/// anybody can turn one signature into another valid one; OpenSSL refuses it.
bool scalar_in_range(byte_view signature) {
  static constexpr std::array<std::uint8_t, 32> order = {
      0x10, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
      0,    0,    0,    0,    0,    0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7,
      0x9c, 0xd6, 0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed};
  if (signature.size() != 64)
    return false;
  auto scalar = signature.last(32); // little endian
  return std::lexicographical_compare(scalar.rbegin(), scalar.rend(),
                                      order.begin(), order.end());
}

std::unique_ptr<Botan::Private_Key> generate_key(key_algorithm x) {
  auto& rng = Botan::system_rng();
  if (x == key_algorithm::ed25519)
    return std::make_unique<Botan::Ed25519_PrivateKey>(rng);
  return std::make_unique<Botan::ECDSA_PrivateKey>(rng, Botan::EC_Group{curve});
}

} // namespace

std::string_view to_string(key_algorithm x) {
  switch (x) {
  case key_algorithm::ed25519:
    return "ed25519";
  case key_algorithm::ecdsa_p256:
    return "ecdsa-p256-sha256";
  }
  return "unknown";
}

std::optional<key_algorithm> key_algorithm_from_string(std::string_view text) {
  for (auto x : {key_algorithm::ed25519, key_algorithm::ecdsa_p256})
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

struct public_key::state {
  std::unique_ptr<Botan::Public_Key> key;
  key_algorithm algorithm;
  byte_buffer der;
  digest id;
};

struct private_key::state {
  state(std::unique_ptr<Botan::Private_Key> k, public_key p)
      : key{std::move(k)}, public_part{std::move(p)} {
    auto* ed25519 = dynamic_cast<const Botan::Ed25519_PrivateKey*>(key.get());
    if (ed25519 != nullptr)
      signer.emplace(byte_view{ed25519->get_private_key()}.first(
          ed25519_signer::seed_bytes));
  }

  std::unique_ptr<Botan::Private_Key> key;
  public_key public_part;
  std::optional<ed25519_signer> signer;
};

result<public_key> public_key::from_der(byte_view spki) {
  try {
    Botan::DataSource_Memory source{spki.data(), spki.size()};
    std::unique_ptr<Botan::Public_Key> key{Botan::X509::load_key(source)};
    auto algorithm = algorithm_of(*key);
    if (!algorithm)
      return bad_key("the public key is neither Ed25519 nor ECDSA on P-256");
    auto der = key->subject_public_key();
    if (!std::equal(der.begin(), der.end(), spki.begin(), spki.end()))
      return bad_key("the public key is not in its canonical DER form");
    if (!key->check_key(Botan::system_rng(), false))
      return bad_key("the public key is not a point of its curve");
    auto id = sha256(der);
    return public_key{std::make_shared<const state>(
        state{std::move(key), *algorithm, std::move(der), id})};
  } catch (const std::exception&) {
    return bad_key("the public key is not a DER SubjectPublicKeyInfo");
  }
}

result<public_key> public_key::from_pem(std::string_view pem) {
  try {
    return from_der(decode_pem(pem, public_label));
  } catch (const std::exception&) {
    return bad_key("the text is not one PEM block PUBLIC KEY");
  }
}

key_algorithm public_key::algorithm() const {
  return state_->algorithm;
}

const digest& public_key::key_id() const {
  return state_->id;
}

byte_view public_key::der() const {
  return state_->der;
}

std::string public_key::to_pem() const {
  return Botan::PEM_Code::encode(state_->der, public_label);
}

bool public_key::verify(byte_view message, byte_view signature) const {
  try {
    auto x = state_->algorithm;
    if (x == key_algorithm::ed25519 && !scalar_in_range(signature))
      return false;
    Botan::PK_Verifier verifier{*state_->key, scheme(x), format(x)};
    return verifier.verify_message(message.data(), message.size(),
                                   signature.data(), signature.size());
  } catch (const Botan::Exception&) {
    return false; // a signature that cannot be decoded
  }
}

private_key private_key::generate(key_algorithm algorithm) {
  auto key = generate_key(algorithm);
  auto part = public_key::from_der(key->subject_public_key()).value();
  return private_key{
      std::make_shared<const state>(std::move(key), std::move(part))};
}

result<private_key>
private_key::from_encrypted_pem(std::string_view pem,
                                std::string_view passphrase) {
  Botan::secure_vector<std::uint8_t> der;
  try {
    der = decode_pem(pem, encrypted_label);
  } catch (const std::exception&) {
    return bad_key("the text is not one PEM block ENCRYPTED PRIVATE KEY");
  }
  try {
    Botan::DataSource_Memory source{der};
    std::unique_ptr<Botan::Private_Key> key{Botan::PKCS8::load_key(
        source, Botan::system_rng(), std::string{passphrase})};
    auto part = public_key::from_der(key->subject_public_key());
    if (!part)
      return part.error();
    return private_key{
        std::make_shared<const state>(std::move(key), std::move(*part))};
  } catch (const std::exception&) {
    return bad_key("the passphrase is wrong or the private key is damaged");
  }
}

result<std::string>
private_key::to_encrypted_pem(std::string_view passphrase) const {
  if (passphrase.empty())
    return bad_key("a private key needs a passphrase that is not empty");
  return Botan::PKCS8::PEM_encode_encrypted_pbkdf_iter(
      *state_->key, Botan::system_rng(), std::string{passphrase},
      pbkdf_iterations, "AES-256/CBC", "SHA-256");
}

const public_key& private_key::public_part() const {
  return state_->public_part;
}

byte_buffer private_key::sign(byte_view message) const {
  if (state_->signer)
    return state_->signer->sign(message);
  // A signer per call: it holds the state of one message, the key does not.
  auto x = state_->public_part.algorithm();
  auto& rng = Botan::system_rng();
  Botan::PK_Signer signer{*state_->key, rng, scheme(x), format(x)};
  return signer.sign_message(message.data(), message.size(), rng);
}

} // namespace signalbox
