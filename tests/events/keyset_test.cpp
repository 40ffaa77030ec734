#include "events/keyset.hpp"

#include <boost/test/unit_test.hpp>

#include "events/dsse.hpp"
#include "events/hash.hpp"
#include "events/signature.hpp"

using namespace signalbox;

namespace {

byte_buffer new_spki(key_algorithm algorithm = key_algorithm::ed25519) {
  return to_buffer(private_key::generate(algorithm).public_part().der());
}

keyset_key key_of(byte_buffer spki, key_role role = key_role::seal) {
  auto id = sha256(spki);
  return {id, std::move(spki), role, key_status::active,
          random_id<principal_id>()};
}

keyset example() {
  keyset x;
  x.ledger = random_id<ledger_id>();
  x.version = 3;
  x.incarnation = 1'800'000'000;
  x.expires_at = timestamp{1'900'000'000'123};
  x.roots = {new_spki(), new_spki(key_algorithm::ecdsa_p256)};
  x.threshold = 2;
  auto shared = new_spki();
  x.keys = {key_of(shared), key_of(shared, key_role::head), key_of(new_spki())};
  x.keys[2].status = key_status::revoked;
  return x;
}

bool refused(const std::string& payload) {
  return !parse_keyset(payload);
}

/// Whether the example is refused after the change, and not before.
bool refused_with(auto change) {
  auto x = example();
  if (refused(to_payload(x)))
    return false;
  change(x);
  return refused(to_payload(x));
}

} // namespace

BOOST_AUTO_TEST_SUITE(keysets)

BOOST_AUTO_TEST_CASE(a_keyset_comes_back_from_its_payload) {
  auto x = example();
  auto payload = to_payload(x);
  auto y = parse_keyset(payload).value();
  BOOST_TEST(to_payload(y) == payload);
  BOOST_TEST((y.ledger == x.ledger));
  BOOST_TEST(y.version == 3u);
  BOOST_TEST(y.incarnation == x.incarnation);
  BOOST_TEST(to_integer(y.expires_at) == to_integer(x.expires_at));
  BOOST_TEST((y.roots == x.roots));
  BOOST_TEST(y.threshold == 2u);
  BOOST_REQUIRE(y.keys.size() == 3u);
  BOOST_TEST((y.keys[1].role == key_role::head));
  BOOST_TEST((y.keys[2].status == key_status::revoked));
  BOOST_TEST((y.keys[2].node == x.keys[2].node));
}

BOOST_AUTO_TEST_CASE(a_payload_that_is_not_canonical_is_refused) {
  auto good = to_payload(example());
  BOOST_TEST(!refused(good));
  BOOST_TEST(refused(good + "\n"));
  BOOST_TEST(refused(" " + good));
  BOOST_TEST(refused("{\"zzz\":1," + good.substr(1)));
  BOOST_TEST(refused(good.substr(0, good.size() - 1) + ",\"zzz\":1}"));
  BOOST_TEST(refused(""));
  BOOST_TEST(refused("[]"));
  BOOST_TEST(refused("{}"));
}

BOOST_AUTO_TEST_CASE(what_no_root_should_sign_is_refused) {
  BOOST_TEST(refused_with([](keyset& x) { x.threshold = 0; }));
  BOOST_TEST(refused_with([](keyset& x) { x.threshold = 3; }));
  BOOST_TEST(refused_with([](keyset& x) { x.roots.clear(); }));
  BOOST_TEST(refused_with([](keyset& x) { x.roots[1] = x.roots[0]; }));
  BOOST_TEST(refused_with([](keyset& x) { x.roots[0].push_back(0); }));
  BOOST_TEST(refused_with([](keyset& x) { x.keys.push_back(x.keys[0]); }));
  BOOST_TEST(refused_with([](keyset& x) { x.keys[0].id = {}; }));
  BOOST_TEST(refused_with([](keyset& x) { x.keys[0].spki.pop_back(); }));
  BOOST_TEST(refused_with(
      [](keyset& x) { x.keys.assign(257, key_of(x.keys[0].spki)); }));
}

BOOST_AUTO_TEST_CASE(roles_and_states_are_read_as_written) {
  for (auto x : {key_role::seal, key_role::head, key_role::checkpoint})
    BOOST_TEST((key_role_from_string(to_string(x)) == x));
  for (auto x : {key_status::active, key_status::retired, key_status::revoked})
    BOOST_TEST((key_status_from_string(to_string(x)) == x));
  BOOST_TEST(!key_role_from_string("Seal").has_value());
  BOOST_TEST(!key_status_from_string("").has_value());
}

BOOST_AUTO_TEST_CASE(the_fingerprint_covers_roots_and_threshold) {
  auto x = example();
  auto good = root_fingerprint(x.roots, 2);
  BOOST_TEST((good != root_fingerprint(x.roots, 1)));
  auto swapped = x.roots;
  std::swap(swapped[0], swapped[1]);
  BOOST_TEST((good != root_fingerprint(swapped, 2)));
  auto text = "{\"roots\":[\"" + to_base64(x.roots[0]) + "\",\"" +
              to_base64(x.roots[1]) + "\"],\"threshold\":2}";
  BOOST_TEST(good.hex() == sha256(as_bytes(text)).hex());
}

BOOST_AUTO_TEST_SUITE_END()
