#include "app/verify_artifact.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/app/signed_release.hpp"

using namespace signalbox;
using test::each_member_changed;
using test::signed_release;

namespace {

/// Refused for this very reason.
void check_refused(const result<head>& x, const std::string& pointer,
                   const std::string& what) {
  BOOST_TEST_CONTEXT(what) {
    BOOST_REQUIRE(!x);
    BOOST_TEST((x.error().code == errc::bad_signature), x.error().message);
    BOOST_TEST(x.error().pointer == pointer, x.error().message);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(verify_artifact_test)

BOOST_AUTO_TEST_CASE(an_untouched_release_verifies_from_the_pinned_root_ac4) {
  signed_release x;
  auto out = x.verify();
  BOOST_REQUIRE(out);
  BOOST_TEST(out->channel_version == 7u);
}

BOOST_AUTO_TEST_CASE(every_field_of_the_core_is_covered_by_the_seal_c1) {
  signed_release x;
  const auto original = x.sealed();
  auto variants = each_member_changed(original.core);
  BOOST_TEST(variants.size() == 16u);
  for (auto& [name, text] : variants) {
    auto forged = original;
    forged.core = text;
    check_refused(x.verify(forged, x.signed_head(), x.signed_keys()), "", name);
  }
}

BOOST_AUTO_TEST_CASE(a_core_sealed_by_a_stranger_is_refused_c1) {
  signed_release x;
  const auto stranger = private_key::generate(key_algorithm::ed25519);
  for (auto& [name, text] : each_member_changed(x.core())) {
    auto forged = x.sealed(text, stranger);
    check_refused(x.verify(forged, x.signed_head(), x.signed_keys()), "", name);
    // Under the name of a key that the root knows.
    forged.signature.key_id = x.seal_key.public_part().key_id();
    check_refused(x.verify(forged, x.signed_head(), x.signed_keys()), "", name);
  }
}

BOOST_AUTO_TEST_CASE(every_field_of_the_signature_counts_c1) {
  signed_release x;
  auto forged = x.sealed();
  forged.algorithm = "ecdsa-p256-sha256";
  check_refused(x.verify(forged, x.signed_head(), x.signed_keys()),
                "/signature/alg", "alg");
  forged = x.sealed();
  forged.signature.key_id = x.head_key.public_part().key_id();
  check_refused(x.verify(forged, x.signed_head(), x.signed_keys()), "",
                "key_id");
  for (std::size_t i = 0; i < forged.signature.signature.size(); ++i) {
    forged = x.sealed();
    forged.signature.signature[i] ^= 1;
    check_refused(x.verify(forged, x.signed_head(), x.signed_keys()), "",
                  "value");
  }
}

BOOST_AUTO_TEST_CASE(ids_must_be_the_hashes_even_under_a_good_seal) {
  signed_release x;
  // What the ids cover, changed without them, or they alone.
  for (auto& [name, text] : each_member_changed(x.core())) {
    auto out =
        x.verify(x.sealed(text, x.seal_key), x.signed_head(), x.signed_keys());
    if (name == "payload" || name == "payload_hash")
      check_refused(out, "/payload_hash", name);
    else if (name == "artifact_id" || name == "client_id" || name == "inputs" ||
             name == "policy_set_id" || name == "policy_version" ||
             name == "profile" || name == "rendered" || name == "schema_ref")
      check_refused(out, "/artifact_id", name);
    else if (name == "ledger_id")
      check_refused(out, "/ledger_id", name);
    else
      BOOST_TEST(out.has_value(), name); // a label, and signed as such
  }
}

BOOST_AUTO_TEST_CASE(a_core_that_was_formatted_anew_is_refused) {
  signed_release x;
  auto spaced = x.core();
  spaced.insert(1, " ");
  check_refused(
      x.verify(x.sealed(spaced, x.seal_key), x.signed_head(), x.signed_keys()),
      "", "space");
}

BOOST_AUTO_TEST_CASE(every_field_of_the_head_is_covered_by_its_signature_c1) {
  signed_release x;
  auto variants = each_member_changed(to_payload(x.statement));
  BOOST_TEST(variants.size() == 12u);
  for (auto& [name, text] : variants) {
    auto forged = x.signed_head();
    forged.payload = to_buffer(as_bytes(text));
    check_refused(x.verify(x.sealed(), forged, x.signed_keys()), "", name);
  }
}

BOOST_AUTO_TEST_CASE(a_head_about_something_else_is_refused) {
  signed_release x;
  auto refused_if = [&](auto change, const std::string& pointer) {
    auto other = x.statement;
    change(other);
    auto envelope = signed_release::sign_head(to_payload(other), x.head_key);
    check_refused(x.verify(x.sealed(), envelope, x.signed_keys()), pointer,
                  pointer);
  };
  refused_if([](head& h) { h.ledger = random_id<ledger_id>(); },
             "/head/ledger_id");
  refused_if([](head& h) { h.client_id = "vscode"; }, "/head/client_id");
  refused_if([](head& h) { h.profile = "prod"; }, "/head/profile");
  refused_if([](head& h) { h.major = 2; }, "/head/major");
  refused_if([](head& h) { h.artifact = random_id<digest>(); },
             "/head/artifact_id");
  refused_if([](head& h) { ++h.incarnation; }, "/head/incarnation");
  refused_if([](head& h) { --h.incarnation; }, "/head/incarnation");
  refused_if([](head& h) { h.keyset_version = 2; }, "/head/keyset_version");
}

BOOST_AUTO_TEST_CASE(an_expired_head_is_refused) {
  signed_release x;
  x.demands.at = x.statement.expires_at;
  check_refused(x.verify(), "/head/expires_at", "expired");
  x.demands.at = x.statement.expires_at + -1;
  BOOST_TEST(x.verify().has_value());
}

BOOST_AUTO_TEST_CASE(an_older_head_than_was_seen_is_refused) {
  signed_release x;
  x.demands.min_incarnation = x.keys.incarnation;
  x.demands.min_channel_version = 7;
  BOOST_TEST(x.verify().has_value());
  x.demands.min_channel_version = 8;
  check_refused(x.verify(), "/head/channel_version", "rollback");
  // A higher incarnation outranks any channel version.
  x.demands.min_incarnation = x.keys.incarnation - 1;
  BOOST_TEST(x.verify().has_value());
  x.demands.min_incarnation = x.keys.incarnation + 1;
  x.demands.min_channel_version = 0;
  check_refused(x.verify(), "/head/channel_version", "incarnation");
}

BOOST_AUTO_TEST_CASE(a_key_signs_only_in_its_role) {
  signed_release x;
  check_refused(x.verify(x.sealed(x.core(), x.head_key), x.signed_head(),
                         x.signed_keys()),
                "", "seal by the head key");
  check_refused(
      x.verify(x.sealed(),
               signed_release::sign_head(to_payload(x.statement), x.seal_key),
               x.signed_keys()),
      "", "head by the seal key");
}

BOOST_AUTO_TEST_CASE(a_document_of_another_type_is_no_head) {
  signed_release x;
  auto forged = x.signed_head();
  forged.payload_type = payload_types::keyset;
  check_refused(x.verify(x.sealed(), forged, x.signed_keys()),
                "/head/payloadType", "payloadType");
}

BOOST_AUTO_TEST_CASE(retired_keys_verify_and_revoked_keys_do_not_c5) {
  signed_release x;
  for (auto& key : x.keys.keys)
    key.status = key_status::retired;
  BOOST_TEST(x.verify().has_value());
  for (auto& key : x.keys.keys) {
    key.status = key_status::revoked;
    check_refused(x.verify(), "", "revoked");
    key.status = key_status::active;
  }
}

BOOST_AUTO_TEST_CASE(every_field_of_the_keyset_is_covered_by_the_root_c1) {
  signed_release x;
  auto variants = each_member_changed(to_payload(x.keys));
  BOOST_TEST(variants.size() == 7u);
  for (auto& [name, text] : variants) {
    auto forged = x.signed_keys();
    forged.payload = to_buffer(as_bytes(text));
    auto out = x.verify(x.sealed(), x.signed_head(), forged);
    BOOST_TEST_CONTEXT(name) {
      BOOST_REQUIRE(!out);
      BOOST_TEST((out.error().code == errc::bad_signature));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_keyset_of_another_root_is_refused) {
  signed_release x;
  auto forged = x.keys;
  const auto stranger = private_key::generate(key_algorithm::ed25519);
  // The pinned root stands in it, but did not sign it.
  auto envelope = sign_keyset(to_payload(forged), stranger).value();
  check_refused(x.verify(x.sealed(), x.signed_head(), envelope), "",
                "signed by another");
  forged.roots = {to_buffer(stranger.public_part().der())};
  envelope = sign_keyset(to_payload(forged), stranger).value();
  check_refused(x.verify(x.sealed(), x.signed_head(), envelope), "",
                "another root");
}

BOOST_AUTO_TEST_CASE(an_expired_keyset_is_refused) {
  signed_release x;
  x.keys.expires_at = x.demands.at;
  check_refused(x.verify(), "", "expired");
}

BOOST_AUTO_TEST_CASE(a_client_walks_from_root_to_root) {
  signed_release x;
  const auto second_root = private_key::generate(key_algorithm::ecdsa_p256);
  auto second = x.keys;
  second.version = 2;
  second.roots = {to_buffer(second_root.public_part().der())};
  auto third = second;
  third.version = 3;
  const auto e1 = x.signed_keys();
  const auto e2 = sign_keyset(to_payload(second), x.root).value();
  const auto e3 = sign_keyset(to_payload(third), second_root).value();
  auto walk = [&](std::vector<dsse_envelope> chain) {
    return walk_keysets(x.fingerprint(), chain, x.demands.at);
  };
  BOOST_TEST(walk({e1, e2, e3}).value().version == 3u);
  BOOST_TEST(walk({e3, e1, e2, e1}).value().version == 3u);
  BOOST_TEST(!walk({e1, e3})); // a gap
  // The old root has no say any more.
  BOOST_TEST(!walk({e1, e2, sign_keyset(to_payload(third), x.root).value()}));
  // Nor does a new one that the old did not sign for.
  BOOST_TEST(!walk({e1, sign_keyset(to_payload(second), second_root).value()}));
  third.ledger = random_id<ledger_id>();
  BOOST_TEST(
      !walk({e1, e2, sign_keyset(to_payload(third), second_root).value()}));
}

BOOST_AUTO_TEST_CASE(a_threshold_needs_that_many_different_roots) {
  signed_release x;
  const auto second = private_key::generate(key_algorithm::ed25519);
  x.keys.roots.push_back(to_buffer(second.public_part().der()));
  x.keys.threshold = 2;
  auto once = x.signed_keys();
  BOOST_TEST(!x.verify(x.sealed(), x.signed_head(), once));
  auto twice_by_one = once;
  twice_by_one.signatures.push_back(once.signatures.front());
  BOOST_TEST(!x.verify(x.sealed(), x.signed_head(), twice_by_one));
  auto by_both = sign_keyset(to_json(once), second).value();
  BOOST_TEST(x.verify(x.sealed(), x.signed_head(), by_both).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_is_refused) {
  signed_release x;
  x.demands.client_id = "codex";
  x.demands.profile = "default";
  BOOST_TEST(x.verify().has_value());
  x.demands.profile = "prod";
  check_refused(x.verify(), "/profile", "profile");
  x.demands.client_id = "vscode";
  check_refused(x.verify(), "/client_id", "client");
}

BOOST_AUTO_TEST_SUITE_END()
