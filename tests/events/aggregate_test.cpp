#include "events/aggregate.hpp"

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"

using namespace signalbox;

namespace {

std::vector<event::body> one_of_each() {
  auto who = random_id<principal_id>();
  return {event::ledger_created{},
          event::fold_activated{},
          event::keyset_put{},
          event::principal_put{who, 0, true},
          event::token_issued{random_id<token_id>(), who, {}, {}},
          event::token_revoked{random_id<token_id>()},
          event::family_put{"codex", 1, {}, {}},
          event::profile_put{"codex", "prod", 1, {}},
          event::policy_set_put{"baseline", "1.0.0", {}},
          event::policy_bound{"codex", "prod", "baseline", "1.0.0"},
          event::artifact_published{
              "codex", "prod", 4294967295, {}, "", "", "", "", {}},
          event::artifact_resealed{"codex", "prod", 1, random_id<digest>(), {}},
          event::channel_reverted{"codex", "prod", 0, {}, false},
          event::command_closed{random_id<event_id>()},
          event::ledger_moved{},
          event::ledger_restored{},
          event::tick{},
          event::template_put{"codex", "search", "1.0.0", {}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(aggregate)

BOOST_AUTO_TEST_CASE(names_are_as_the_log_has_them) {
  BOOST_TEST(channel_aggregate("codex", "prod", 12) == "channel/codex/prod/12");
  BOOST_TEST(channel_key("codex", "prod", 12) == "codex/prod/12");
  BOOST_TEST(binding_aggregate("codex", "prod") == "binding/codex/prod");
  BOOST_TEST(profile_aggregate("codex", "prod") == "profile/codex/prod");
  BOOST_TEST(policy_set_aggregate("a", "1.0.0") == "policy_set/a/1.0.0");
  BOOST_TEST(family_aggregate("codex") == "family/codex");
  BOOST_TEST(principal_aggregate({}) == "principal/" + std::string(32, '0'));
  BOOST_TEST(token_aggregate({}) == "token/" + std::string(32, '0'));
  BOOST_TEST(seal_aggregate({}) == "seal/" + std::string(64, '0'));
  BOOST_TEST(command_aggregate({}) == "command/" + std::string(32, '0'));
  BOOST_TEST(template_aggregate("codex", "search", "1.0.0") ==
             "template/codex/search/1.0.0");
  BOOST_TEST(ledger_aggregate() == "ledger");
  BOOST_TEST(keyset_aggregate() == "keyset");
  BOOST_TEST(aggregate_of(event::tick{}) == "");
}

BOOST_AUTO_TEST_CASE(an_event_knows_its_own_aggregate_and_no_other) {
  for (auto& x : one_of_each())
    for (auto& y : one_of_each()) {
      auto name = aggregate_of(y);
      BOOST_TEST(is_aggregate_of(x, name) == (aggregate_of(x) == name));
    }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_nearly_right_is_wrong) {
  for (auto& x : one_of_each()) {
    auto name = aggregate_of(x);
    BOOST_TEST(is_aggregate_of(x, name));
    BOOST_TEST(!is_aggregate_of(x, name + "/"));
    BOOST_TEST(!is_aggregate_of(x, name + "1"));
    BOOST_TEST(!is_aggregate_of(x, "/" + name));
    for (std::size_t i = 0; i < name.size(); ++i) {
      BOOST_TEST(!is_aggregate_of(x, name.substr(0, i)));
      auto other = name;
      other[i] = other[i] == '/' ? '-' : '/';
      BOOST_TEST(!is_aggregate_of(x, other));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
