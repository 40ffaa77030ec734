#include <boost/test/unit_test.hpp>

#include "tests/system/command_bench.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_FIXTURE_TEST_SUITE(bulk_reseal, command_bench)

BOOST_AUTO_TEST_CASE(all_channels_of_a_family_are_resealed_at_once) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  node.publish("codex", "prod", sample("codex", "no-servers"));
  node.publish("vscode", "prod", sample("vscode", "stdio-pinned-npx"));
  const auto old = seal_of("codex");
  rotate();
  const auto done = admin({"reseal", "codex", "--all"});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  BOOST_TEST(says(done.out, "codex/default major 1"), done.out);
  BOOST_TEST(says(done.out, "codex/prod major 1"), done.out);
  BOOST_TEST(says(done.out, "2 channels resealed, 0 failed"), done.out);
  BOOST_TEST(seal_of("codex") != old);
  const auto again =
      json::parse(admin({"reseal", "codex", "--all", "--json"}).out);
  BOOST_TEST(again.at("resealed").as_array().size() == 2u);
  const auto revoked =
      admin({"keys", "revoke", old, "--online", "--data", ledger.data()});
  BOOST_TEST(!says(revoked.err, "codex/"), revoked.err);
  BOOST_TEST(says(revoked.err, "vscode/prod/1"), revoked.err);
  BOOST_TEST(says(revoked.err, "reseal CLIENT --all"), revoked.err);
}

BOOST_AUTO_TEST_CASE(a_walk_goes_on_where_a_channel_fails_and_says_so) {
  for (auto* profile : {"default", "prod"})
    node.publish("codex", profile, sample("codex", "no-servers"));
  const auto refused =
      ask({"reseal", "codex", "--all"}, node.issue({"reader"}));
  BOOST_TEST(refused.status == 6, refused.err);
  BOOST_TEST(says(refused.err, "codex/default major 1:"), refused.err);
  BOOST_TEST(says(refused.err, "codex/prod major 1:"), refused.err);
  BOOST_TEST(says(refused.out, "0 channels resealed, 2 failed"), refused.out);
  BOOST_TEST(admin({"reseal", "codexx", "--all"}).status == 3);
  for (auto& words : std::vector<std::vector<std::string>>{
           {"reseal", "codex"},
           {"reseal", "codex", "default", "--all"},
           {"reseal", "codex", "--all", "--major", "1"}})
    BOOST_TEST(admin(words).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
