#include "events/signature.hpp"

#include <cstdlib>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "events/ed25519_signer.hpp"
#include "events/hash.hpp"
#include "tests/temporary_directory.hpp"

using namespace signalbox;

namespace {

const auto both = {key_algorithm::ed25519, key_algorithm::ecdsa_p256};

byte_buffer hex(std::string_view text) {
  return from_hex(text).value();
}

/// The public key of a SubjectPublicKeyInfo in hex.
public_key key_of(const std::string& spki) {
  return public_key::from_der(hex(spki)).value();
}

const std::string ed25519_prefix = "302a300506032b6570032100";
const std::string p256_prefix =
    "3059301306072a8648ce3d020106082a8648ce3d030107034200";

/// NIST CAVP 186-4 SigVer, P-256 with SHA-256, "P (0)".
const std::string nist_point =
    "e424dc61d4bb3cb7ef4344a7f8957a0c5134e16f7a67c074f82e6e12f49abf3c"
    "970eed7aa2bc48651545949de1dddaf0127e5965ac85d1243d6f60e7dfaee927";
const std::string nist_message =
    "e1130af6a38ccb412a9c8d13e15dbfc9e69a16385af3c3f1e5da954fd5e7c45f"
    "d75e2b8c36699228e92840c0562fbf3772f07e17f1add56588dd45f7450e1217"
    "ad239922dd9c32695dc71ff2424ca0dec1321aa47064a044b7fe3c2b97d03ce4"
    "70a592304c5ef21eed9f93da56bb232d1eeb0035f9bf0dfafdcc4606272b20a3";
const std::string nist_signature =
    "3045022100"
    "bf96b99aa49c705c910be33142017c642ff540c76349b9dab72f981fd9347f4f"
    "0220"
    "17c55095819089c2e03b9cd415abdf12444e323075d98f31920b9e0f57ec871c";

/// Runs a command in the directory; a missing program fails too.
bool run(const temporary_directory& in, const std::string& command) {
  auto line = "cd '" + in.path().string() + "' && " + command + " >log 2>&1";
  return std::system(line.c_str()) == 0;
}

std::string openssl_verify(key_algorithm x) {
  if (x == key_algorithm::ed25519)
    return "openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in msg "
           "-sigfile sig";
  return "openssl dgst -sha256 -verify pub.pem -signature sig msg";
}

std::string openssl_sign(key_algorithm x) {
  if (x == key_algorithm::ed25519)
    return "openssl pkeyutl -sign -inkey key.pem -passin pass:pw -rawin "
           "-in msg -out sig";
  return "openssl dgst -sha256 -sign key.pem -passin pass:pw -out sig msg";
}

std::string openssl_generate(key_algorithm x) {
  return "openssl genpkey -out plain.pem -algorithm " +
         std::string{x == key_algorithm::ed25519
                         ? "ed25519"
                         : "EC -pkeyopt ec_paramgen_curve:P-256"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(signatures)

BOOST_AUTO_TEST_CASE(algorithms_have_one_text_each) {
  for (auto x : both)
    BOOST_TEST((key_algorithm_from_string(to_string(x)) == x));
  BOOST_TEST(to_string(key_algorithm::ecdsa_p256) == "ecdsa-p256-sha256");
  BOOST_TEST(!key_algorithm_from_string("ES256"));
}

BOOST_AUTO_TEST_CASE(ed25519_verifies_the_vectors_of_rfc_8032) {
  auto key = key_of(
      ed25519_prefix +
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  auto signature =
      hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  BOOST_TEST((key.algorithm() == key_algorithm::ed25519));
  BOOST_TEST(key.verify(hex("72"), signature));
  BOOST_TEST(!key.verify(hex("73"), signature));
  BOOST_TEST(!key.verify({}, signature));
}

BOOST_AUTO_TEST_CASE(ed25519_refuses_a_scalar_beyond_the_order) {
  // The same signature with S + L: RFC 8032 section 5.1.7 wants 0 <= S < L, or
  // anybody could make a second signature out of a first.
  auto key = key_of(
      ed25519_prefix +
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  auto signature =
      hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
          "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  BOOST_TEST(key.verify({}, signature));
  const auto order =
      hex("edd3f55c1a631258d69cf7a2def9de14000000000000000000000000000000"
          "10");
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += signature[32 + i] + order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  BOOST_TEST(!key.verify({}, signature));
}

BOOST_AUTO_TEST_CASE(ed25519_signs_the_vectors_of_rfc_8032) {
  ed25519_signer signer{
      hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")};
  BOOST_TEST(to_hex(signer.sign(hex("72"))) ==
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
             "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  BOOST_CHECK_THROW(ed25519_signer{hex("4ccd")}, std::runtime_error);
}

BOOST_AUTO_TEST_CASE(p256_verifies_a_vector_of_nist) {
  auto key = key_of(p256_prefix + "04" + nist_point);
  BOOST_TEST((key.algorithm() == key_algorithm::ecdsa_p256));
  BOOST_TEST(key.verify(hex(nist_message), hex(nist_signature)));
  auto changed = hex(nist_message);
  changed[0] ^= 1;
  BOOST_TEST(!key.verify(changed, hex(nist_signature)));
}

BOOST_AUTO_TEST_CASE(p256_refuses_signatures_in_another_encoding) {
  auto key = key_of(p256_prefix + "04" + nist_point);
  auto r = nist_signature.substr(10, 64), s = nist_signature.substr(78);
  const std::string wrong[] = {
      "",
      "30",
      r + s,                                    // fixed width
      "3046022100" + r + "022100" + s,          // a zero too many
      "308145022100" + r + "0220" + s,          // a long length
      "3045022100" + r + "0220" + s + "00",     // something behind
      "30440220" + r + "0220" + s,              // a negative r
      "3080022100" + r + "0220" + s + "0000",   // indefinite length
      "3006020100020100",                       // zeros
      "3023022100" + r,                         // one number
      "3048022100" + r + "0220" + s + "020100", // three numbers
  };
  for (auto& x : wrong)
    BOOST_TEST(!key.verify(hex(nist_message), hex(x)), x);
}

BOOST_AUTO_TEST_CASE(what_was_signed_verifies_and_nothing_else_does) {
  for (auto x : both) {
    auto key = private_key::generate(x);
    auto& part = key.public_part();
    auto message = as_bytes("a message");
    auto signature = key.sign(message);
    BOOST_TEST(part.verify(message, signature));
    BOOST_TEST(!part.verify(as_bytes("a massage"), signature));
    BOOST_TEST(
        !private_key::generate(x).public_part().verify(message, signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      auto damaged = signature;
      damaged[i] ^= 1;
      BOOST_TEST(!part.verify(message, damaged), i);
    }
    auto shorter = byte_view{signature}.first(signature.size() - 1);
    BOOST_TEST(!part.verify(message, shorter));
    auto longer = signature;
    longer.push_back(0);
    BOOST_TEST(!part.verify(message, longer));
  }
}

BOOST_AUTO_TEST_CASE(a_key_id_is_the_hash_of_the_subject_public_key_info) {
  for (auto x : both) {
    auto part = private_key::generate(x).public_part();
    BOOST_TEST((part.key_id() == sha256(part.der())));
    BOOST_TEST((public_key::from_der(part.der())->key_id() == part.key_id()));
    BOOST_TEST(
        (public_key::from_pem(part.to_pem())->key_id() == part.key_id()));
  }
}

BOOST_AUTO_TEST_CASE(public_keys_in_another_form_are_refused) {
  auto off_curve = nist_point;
  off_curve.back() = '8';
  const std::string wrong[] = {
      "",
      "3000",
      ed25519_prefix,
      ed25519_prefix + std::string(64, '1') + "00", // something behind
      ed25519_prefix + std::string(62, '1'),        // cut
      p256_prefix + "04" + off_curve,               // no such point
      p256_prefix + "04" + nist_point + "00",       // something behind
      p256_prefix + "06" + nist_point,              // hybrid form
      "3039301306072a8648ce3d020106082a8648ce3d030107032200"
      "03" +
          nist_point.substr(0, 64),                      // compressed point
      "302a300506032b656e032100" + std::string(64, '1'), // X25519
  };
  for (auto& x : wrong) {
    auto key = public_key::from_der(hex(x));
    BOOST_REQUIRE_MESSAGE(key.has_error(), x);
    BOOST_TEST((key.error().code == errc::bad_key));
  }
}

BOOST_AUTO_TEST_CASE(pem_text_must_be_one_public_key_block) {
  auto pem =
      private_key::generate(key_algorithm::ed25519).public_part().to_pem();
  BOOST_TEST(public_key::from_pem(pem + "\n").has_value());
  for (auto& wrong : {std::string{}, std::string{"no PEM"}, "x" + pem,
                      pem + pem, pem.substr(0, pem.size() / 2)})
    BOOST_TEST(public_key::from_pem(wrong).has_error(), wrong);
}

BOOST_AUTO_TEST_CASE(openssl_verifies_our_signatures) {
  for (auto x : both) {
    temporary_directory directory;
    auto key = private_key::generate(x);
    write_text(directory / "msg", "what is signed");
    write_text(directory / "pub.pem", key.public_part().to_pem());
    write_text(directory / "sig",
               as_text(key.sign(as_bytes("what is signed"))));
    BOOST_TEST(run(directory, openssl_verify(x)), to_string(x));
    write_text(directory / "msg", "what is not");
    BOOST_TEST(!run(directory, openssl_verify(x)), to_string(x));
  }
}

BOOST_AUTO_TEST_CASE(openssl_reads_our_private_keys_and_signs_with_them) {
  for (auto x : both) {
    temporary_directory directory;
    auto key = private_key::generate(x);
    write_text(directory / "key.pem", key.to_encrypted_pem("pw").value());
    write_text(directory / "msg", "what is signed");
    BOOST_REQUIRE_MESSAGE(run(directory, openssl_sign(x)), to_string(x));
    auto signature = read_text(directory / "sig");
    BOOST_TEST(key.public_part().verify(as_bytes("what is signed"),
                                        as_bytes(signature)));
  }
}

BOOST_AUTO_TEST_CASE(we_read_the_private_keys_of_openssl) {
  for (auto x : both) {
    temporary_directory directory;
    BOOST_REQUIRE(run(directory, openssl_generate(x)));
    BOOST_REQUIRE(run(directory, "openssl pkcs8 -topk8 -in plain.pem -out "
                                 "key.pem -passout pass:pw"));
    BOOST_REQUIRE(
        run(directory, "openssl pkey -in plain.pem -pubout -out pub.pem"));
    auto key =
        private_key::from_encrypted_pem(read_text(directory / "key.pem"), "pw");
    BOOST_REQUIRE(key.has_value());
    auto part = public_key::from_pem(read_text(directory / "pub.pem")).value();
    BOOST_TEST((key->public_part().key_id() == part.key_id()));
    BOOST_TEST(part.verify(as_bytes("m"), key->sign(as_bytes("m"))));
    auto plain = read_text(directory / "plain.pem");
    BOOST_TEST(private_key::from_encrypted_pem(plain, "pw").has_error());
  }
}

BOOST_AUTO_TEST_CASE(keys_of_other_algorithms_are_refused) {
  for (auto options :
       {"RSA", "EC -pkeyopt ec_paramgen_curve:P-384", "x25519"}) {
    temporary_directory directory;
    BOOST_REQUIRE(run(directory, "openssl genpkey -out plain.pem -algorithm " +
                                     std::string{options}));
    BOOST_REQUIRE(run(directory, "openssl pkcs8 -topk8 -in plain.pem -out "
                                 "key.pem -passout pass:pw"));
    BOOST_REQUIRE(
        run(directory, "openssl pkey -in plain.pem -pubout -out pub.pem"));
    auto part = public_key::from_pem(read_text(directory / "pub.pem"));
    BOOST_TEST((part.has_error() && part.error().code == errc::bad_key));
    auto key =
        private_key::from_encrypted_pem(read_text(directory / "key.pem"), "pw");
    BOOST_TEST((key.has_error() && key.error().code == errc::bad_key));
  }
}

BOOST_AUTO_TEST_CASE(a_private_key_opens_with_its_passphrase_only) {
  auto key = private_key::generate(key_algorithm::ed25519);
  auto pem = key.to_encrypted_pem("right").value();
  BOOST_TEST(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  auto opened = private_key::from_encrypted_pem(pem, "right");
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST((opened->public_part().key_id() == key.public_part().key_id()));
  for (auto wrong : {"wrong", "", "right "}) {
    auto refused = private_key::from_encrypted_pem(pem, wrong);
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == errc::bad_key));
  }
  BOOST_TEST((key.to_encrypted_pem("").error().code == errc::bad_key));
}

BOOST_AUTO_TEST_CASE(one_key_serves_many_threads_at_once) {
  for (auto x : both) {
    auto key = private_key::generate(x);
    std::array<int, 4> good{};
    std::vector<std::thread> threads;
    for (auto& count : good)
      threads.emplace_back([&count, key] {
        for (int i = 0; i < 200; ++i) {
          auto text = std::to_string(i);
          auto message = as_bytes(text);
          count += key.public_part().verify(message, key.sign(message));
        }
      });
    for (auto& thread : threads)
      thread.join();
    BOOST_TEST((good == std::array<int, 4>{200, 200, 200, 200}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
