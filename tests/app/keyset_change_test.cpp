#include <boost/test/unit_test.hpp>

#include "app/keyset_change.hpp"
#include "events/hash.hpp"

using namespace signalbox;

namespace {

keyset_key make_key(key_role role, key_status status) {
  auto out = make_keyset_key(
      private_key::generate(key_algorithm::ed25519).public_part(), role,
      random_id<principal_id>());
  out.status = status;
  return out;
}

/// A keyset whose node has rotated n times: what it had before is retired.
keyset rotated(int n) {
  keyset out;
  out.ledger = random_id<ledger_id>();
  out.expires_at = timestamp{1};
  out.roots.push_back(make_key(key_role::seal, key_status::active).spki);
  for (int i = 0; i <= n; ++i)
    for (auto role : {key_role::seal, key_role::head})
      out.keys.push_back(
          make_key(role, i == n ? key_status::active : key_status::retired));
  return out;
}

keyset_change rotation(const keyset& before) {
  keyset_change out;
  for (auto& key : before.keys)
    if (key.status == key_status::active)
      out.retire.push_back(key.id);
  out.add = {make_key(key_role::seal, key_status::active),
             make_key(key_role::head, key_status::active)};
  return out;
}

bool has(const keyset& x, const digest& id) {
  for (auto& key : x.keys)
    if (key.id == id)
      return true;
  return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(keyset_change_test)

BOOST_AUTO_TEST_CASE(a_keyset_takes_eight_years_of_monthly_rotations) {
  auto x = rotated(0);
  const auto first_seal = x.keys[0].id;
  for (int month = 0; month < 96; ++month) {
    auto next = next_keyset(x, rotation(x));
    BOOST_REQUIRE_MESSAGE(next, "month " << month);
    x = std::move(*next);
  }
  BOOST_TEST(to_payload(x).size() <= max_keyset_bytes);
  BOOST_TEST(parse_keyset(to_payload(x)).has_value());
  // What the first key sealed still verifies.
  BOOST_TEST(has(x, first_seal));
}

BOOST_AUTO_TEST_CASE(only_a_full_keyset_forgets_and_the_oldest_first) {
  auto small = rotated(2);
  BOOST_TEST(next_keyset(small, rotation(small)).value().keys.size() == 8u);
  auto full = rotated(56);
  auto next = next_keyset(full, rotation(full)).value();
  BOOST_TEST(!has(next, full.keys[1].id)); // the oldest head key
  BOOST_TEST(has(next, full.keys[0].id));
  for (auto& key : full.keys)
    if (key.status == key_status::active)
      BOOST_TEST(has(next, key.id)); // it retires, and signed until now
}

BOOST_AUTO_TEST_CASE(a_keyset_without_room_says_what_makes_some) {
  auto x = rotated(0);
  while (to_payload(x).size() <= max_keyset_bytes - 500)
    x.keys.push_back(make_key(key_role::seal, key_status::retired));
  const auto oldest = x.keys[2].id;
  auto refused = next_keyset(x, rotation(x));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::too_large));
  BOOST_TEST(refused.error().message.find("keys revoke") != std::string::npos);
  // Revoking takes no room, and what is revoked makes some.
  keyset_change revoke;
  revoke.revoke = {x.keys[2].id, x.keys[3].id, x.keys[4].id};
  auto revoked = next_keyset(x, revoke).value();
  BOOST_TEST(has(revoked, oldest));
  auto after = next_keyset(revoked, rotation(revoked)).value();
  BOOST_TEST(!has(after, oldest));
}

BOOST_AUTO_TEST_SUITE_END()
