#include "api/error_table.hpp"
#include "api/operation.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(operation)

/// What the log judged for ever is no reason to try again under the same key.
BOOST_AUTO_TEST_CASE(a_final_refusal_asks_for_a_new_idempotency_key) {
  for (const auto why : {outcome::expired, outcome::closed}) {
    command_answer judged;
    judged.result = why;
    const auto told = answer_refusal(judged, event_id{}, "acme");
    BOOST_REQUIRE(told.failed);
    BOOST_TEST(lookup(told.failed->code).status == 409u, to_string(why));
    BOOST_TEST(told.failed->message.find("new idempotency key") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
