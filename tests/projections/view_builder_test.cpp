#include "projections/view.hpp"

#include <boost/test/unit_test.hpp>

#include "events/envelope.hpp"
#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A ledger whose documents can be read, though no descriptor is one.
struct viewed_ledger : ready_ledger {
  static result<std::string> part(log_index, std::size_t number) {
    const std::string texts[] = {"{}", "claude-code/1.0.0",
                                 "claude-code/1.1.0"};
    if (number < std::size(texts))
      return texts[number];
    return failure{errc::not_found, "there is no such part"};
  }

  std::shared_ptr<const view> look() {
    for (; noted < log.size(); ++noted) {
      auto x = decode_envelope(log[noted].envelope);
      builder.note(x ? &x->body : nullptr);
    }
    return builder.build(state);
  }

  /// What a builder makes that has seen nothing before.
  std::shared_ptr<const view> look_anew() const {
    return view_builder{part}.build(state);
  }

  view_builder builder{part};
  std::size_t noted = 0;
};

void check_like(const view& x, const view& wanted) {
  auto& profiles = x.documents->profiles;
  BOOST_TEST(profiles.size() == wanted.documents->profiles.size());
  auto i = profiles.begin();
  for (auto& [key, profile] : wanted.documents->profiles) {
    BOOST_REQUIRE_EQUAL(i->first, key);
    BOOST_TEST(i->second->version == profile->version);
    BOOST_TEST(i->second->binding_version == profile->binding_version);
    BOOST_TEST((i->second->policy == nullptr) == (profile->policy == nullptr));
    BOOST_TEST(i->second->row.environment == profile->row.environment);
    ++i;
  }
  BOOST_TEST(x.channel_count == wanted.channel_count);
  for (std::uint64_t n = 0; n < x.channel_count; ++n) {
    const auto found = x.find_channel(x.past->channel_keys[n]);
    const auto like = wanted.find_channel(x.past->channel_keys[n]);
    BOOST_TEST(found->row.version == like->row.version);
    BOOST_TEST((found->row.artifact == like->row.artifact));
    BOOST_TEST((found->row.key == like->row.key));
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(view_builders, viewed_ledger)

BOOST_AUTO_TEST_CASE(a_view_that_shares_shows_what_one_made_anew_shows) {
  const auto step = [&](auto change) {
    BOOST_CHECK(change() == outcome::accepted);
    check_like(*look(), *look_anew());
  };
  look();
  step([&] { return put_profile("early"); });
  step([&] { return bind_policy("1.0.0", "early"); });
  step([&] { return publish(1, "1.0.0"); });
  step([&] { return put_profile("late"); });
  step([&] { return put_profile("early"); });
  step([&] { return publish(2, "1.0.1"); });
  step([&] { return put_family({"1.0.0", "1.1.0"}); });
  step([&] { return publish(3, "1.0.2"); });
  step([&] { return put_keys(key_status::retired, key_status::active); });
  step([&] { return reseal(3, keys.second); });
}

BOOST_AUTO_TEST_CASE(only_what_changed_is_made_anew) {
  publish(1, "1.0.0");
  put_profile("other");
  const auto before = look();
  BOOST_TEST(before->documents->is_complete());
  const auto channel = before->find_channel(before->past->channel_keys[0]);
  put_profile("late");
  const auto after = look();
  const auto of = [](auto& seen, auto& name) {
    return seen->documents->find_profile("claude-code", name);
  };
  BOOST_TEST((of(after, "other") == of(before, "other")));
  BOOST_TEST((of(after, "late") != nullptr));
  BOOST_TEST((of(before, "late") == nullptr));
  BOOST_TEST((after->find_channel(channel->key) == channel));
  // What readers prepared shows what the family says: it goes with it.
  put_family({"1.0.0", "1.1.0"});
  const auto with_family = look();
  BOOST_TEST((with_family->find_channel(channel->key) != channel));
  BOOST_TEST((of(with_family, "other") == of(before, "other")));
}

BOOST_AUTO_TEST_SUITE_END()
