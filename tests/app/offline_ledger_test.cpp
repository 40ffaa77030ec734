#include <boost/test/unit_test.hpp>

#include "app/offline_ledger.hpp"
#include "events/hash.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;
using test::workplace;

namespace signalbox {
inline std::ostream& operator<<(std::ostream& out, errc x) {
  return out << to_string(x);
}
} // namespace signalbox

BOOST_AUTO_TEST_SUITE(offline_ledger_test)

BOOST_AUTO_TEST_CASE(where_the_fold_stops_the_caller_is_told_why) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  auto ledger = offline_ledger::open(here.data).value();
  proposal_draft newer;
  newer.body = event::fold_activated{ledger->state().ledger->fold_version + 1};
  auto said = ledger->say(std::move(newer));
  BOOST_REQUIRE(!said);
  BOOST_TEST(said.error().code == errc::unavailable);
  BOOST_TEST(said.error().message.find("fold") != std::string::npos);
  // Nothing of that call waits any more, nor does the ledger take another.
  proposal_draft tick;
  tick.body = event::tick{};
  auto after = ledger->say(std::move(tick));
  BOOST_REQUIRE(!after);
  BOOST_TEST(after.error().code == errc::unavailable);
  BOOST_TEST(ledger->waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(what_the_fold_voids_is_told_with_its_reason) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  auto ledger = offline_ledger::open(here.data).value();
  proposal_draft none;
  none.body = event::token_revoked{random_id<token_id>()};
  auto said = ledger->say(std::move(none));
  BOOST_REQUIRE(!said);
  BOOST_TEST(said.error().code == errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()
