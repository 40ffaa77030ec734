#include <boost/test/unit_test.hpp>

#include "api/read_support.hpp"
#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_AUTO_TEST_SUITE(channel_of_artifact)

BOOST_AUTO_TEST_CASE(it_is_found_though_no_schema_can_be_read) {
  ready_ledger ledger;
  ledger.publish(1, "1.0.0");
  ledger.publish(2, "1.0.1");
  const auto seen =
      view_builder{[](log_index, std::size_t) -> result<std::string> {
        return failure{errc::io, "the disk does not answer"};
      }}.build(ledger.state);
  BOOST_TEST(seen->documents->find_family(ledger.client)->schemas.empty());
  const auto find = [&](std::string_view profile, int number) {
    return read_operations::channel_of(*seen, ledger.client, profile,
                                       ledger_fixture::artifact(number));
  };
  for (int released : {1, 2}) {
    const auto found = find(ledger.profile, released);
    BOOST_REQUIRE(found != nullptr);
    BOOST_TEST(found->key == "claude-code/default/1");
  }
  BOOST_TEST((find(ledger.profile, 3) == nullptr));
  BOOST_TEST((find("other", 1) == nullptr));
  BOOST_TEST(
      (read_operations::channel_of(*seen, "codex", ledger.profile,
                                   ledger_fixture::artifact(1)) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
