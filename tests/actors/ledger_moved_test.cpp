#include <boost/test/unit_test.hpp>

#include "tests/actors/keeper_world.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

proposal_draft moved_to(const std::string& where) {
  proposal_draft out;
  out.body = event::ledger_moved{};
  out.add_part(where);
  return out;
}

struct moved_world : keeper_world {
  moved_world() {
    run();
    carry(encode(moved_to("the other house"), context(), in));
    BOOST_REQUIRE(in.accepted());
  }

  void check_moved() {
    BOOST_TEST(!keeper->admit(new_proposal("ann", other)));
    BOOST_TEST(other.refusal() == errc::read_only);
    const auto at = keeper->state().size - 1;
    for (auto& text : {other.last->refused->message, status.write_problem()}) {
      BOOST_TEST(text.find("to the other house") != std::string::npos, text);
      BOOST_TEST(text.find("entry " + std::to_string(at)) != std::string::npos);
    }
    BOOST_TEST(status.read_problem() == "");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_moved, moved_world)

BOOST_AUTO_TEST_CASE(a_moved_ledger_says_where_it_went) {
  check_moved();
  BOOST_TEST(warned_of("the other house"));
}

BOOST_AUTO_TEST_CASE(a_restart_knows_that_the_ledger_moved) {
  keeper->finish();
  run();
  check_moved();
}

BOOST_AUTO_TEST_CASE(a_moved_ledger_gets_no_ticks_and_no_probes) {
  pass(std::chrono::milliseconds{default_head_life});
  BOOST_TEST(keeper->beat().empty());
  BOOST_TEST(!keeper->log_needs_probe());
}

BOOST_AUTO_TEST_CASE(a_restore_makes_it_take_writes_again) {
  proposal_draft restored;
  restored.body =
      event::ledger_restored{keeper->state().ledger->incarnation + 1};
  carry(encode(restored, context(), other));
  BOOST_TEST(other.accepted());
  BOOST_TEST(status.write_problem() == "");
  inbox last;
  carry(new_proposal("ann", last));
  BOOST_TEST(last.accepted());
}

BOOST_AUTO_TEST_SUITE_END()
