#include "app/founding_roots.hpp"

#include <boost/test/unit_test.hpp>

#include "storage/memory_log.hpp"
#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using test::ledger_fixture;

namespace {

digest founders_of(const ledger_fixture& x) {
  memory_log log;
  for (auto& entry : x.log) {
    byte_view record = entry.envelope;
    log.append({&record, 1}, entry.append_time).value();
  }
  return founding_fingerprint(log).value();
}

digest fingerprint_of(const ledger_row& x) {
  std::vector<byte_buffer> roots;
  for (auto& root : x.roots)
    roots.push_back(to_buffer(as_bytes(root)));
  return root_fingerprint(roots, x.threshold);
}

} // namespace

BOOST_AUTO_TEST_SUITE(founding_roots)

BOOST_AUTO_TEST_CASE(the_first_roots_count_after_others_took_their_place) {
  ledger_fixture f;
  BOOST_REQUIRE(f.create() == outcome::accepted);
  const auto first = fingerprint_of(*f.state.ledger);
  BOOST_TEST((founders_of(f) == first));
  auto next = f.next_keyset();
  next.roots = {to_buffer(f.keys.roots[1].public_part().der())};
  BOOST_REQUIRE(f.put_keyset(next) == outcome::accepted);
  BOOST_TEST((fingerprint_of(*f.state.ledger) != first));
  BOOST_TEST((founders_of(f) == first));
}

BOOST_AUTO_TEST_CASE(a_log_that_begins_no_ledger_is_refused) {
  memory_log log;
  BOOST_TEST((founding_fingerprint(log).error().code == errc::not_found));
  const byte_view record = as_bytes("no envelope");
  log.append({&record, 1}, timestamp{1}).value();
  BOOST_TEST((founding_fingerprint(log).error().code == errc::log_corrupt));
}

BOOST_AUTO_TEST_SUITE_END()
