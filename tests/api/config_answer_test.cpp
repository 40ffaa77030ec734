#include "tests/api/operation_bench.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_AUTO_TEST_SUITE(config_answer)

// The keyset may have turned between a publish's entry and the view that shows
// it: what is at hand is served no more than what is read from the log.
BOOST_AUTO_TEST_CASE(what_was_just_sealed_is_not_served_under_a_revoked_key) {
  operation_bench bench;
  channel_row row;
  row.client_id = "claude-code";
  row.profile = "default";
  row.major = 1;
  row.key = bench.keys->seal.public_part().key_id();
  const channel_view channel{"claude-code/default/1", row};
  const stored_artifact current{R"({"a":1})", "{}", "A change"};

  auto revoked = bench.seen();
  auto keys = *revoked.keys;
  for (auto& [name, key] : keys)
    key.status = key_status::revoked;
  revoked.keys = std::make_shared<const decltype(keys)>(std::move(keys));
  const auto refused = bench.answers.prepare(revoked, channel, current);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == errc::key_revoked);
  BOOST_TEST(channel.prepared.load() == nullptr);

  BOOST_TEST(bench.answers.prepare(bench.seen(), channel, current).has_value());
  BOOST_TEST(channel.prepared.load() != nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
