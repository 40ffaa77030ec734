#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/projections/random_history.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using kind = wish::kind;
using enum outcome;

/// The rules told a second time, as simply as can be: it keeps nothing but the
/// list of what happened and answers every question by reading it again.
class reference_model {
 public:
  outcome judge(const wish& x, std::int64_t now) {
    now_ = now;
    auto out = decide(x);
    if (x.what != kind::garbage)
      past_.push_back({x, out, now});
    return out;
  }

  /// The aggregate that a wish changes; empty for a tick.
  static std::string aggregate(const wish& x) {
    auto p = "p" + std::to_string(x.profile);
    switch (x.what) {
    case kind::publish:
    case kind::revert:
      return "channel " + p;
    case kind::reseal:
      return "seal " + p + ' ' + std::to_string(x.artifact);
    case kind::bind:
      return "binding " + p;
    case kind::put_profile:
      return "profile " + p;
    case kind::put_policy:
      return "policy " + p;
    case kind::put_family:
      return "family";
    case kind::put_principal:
      return "publisher";
    case kind::issue:
    case kind::revoke:
      return "token " + std::to_string(x.artifact);
    case kind::put_keys:
      return "keyset";
    case kind::close:
      return "command " + std::to_string(x.target);
    case kind::tick:
    case kind::garbage:
      break;
    }
    return {};
  }

 private:
  struct event_of_past {
    wish what;
    outcome result;
    std::int64_t time;
  };

  /// Accepted wishes for which f holds, oldest first.
  template <class F>
  std::vector<wish> accepted_where(F f) const {
    std::vector<wish> out;
    for (auto& x : past_)
      if (x.result == accepted && f(x.what))
        out.push_back(x.what);
    return out;
  }

  std::uint64_t version(const std::string& name) const {
    if (name.empty())
      return 0;
    auto count =
        accepted_where([&](auto& x) { return aggregate(x) == name; }).size();
    // What the fixture had prepared counts too.
    bool prepared = name == "family" || name == "publisher" ||
                    name == "keyset" || name.starts_with("profile ") ||
                    name.starts_with("binding ");
    return count + (prepared ? 1 : 0);
  }

  outcome decide(const wish& x) const {
    if (x.what == kind::garbage)
      return malformed;
    if (x.foreign)
      return foreign_history;
    if (is_closed(x.command))
      return closed;
    if (auto y = seen_before(x))
      return *y;
    if (x.late)
      return expired;
    if (x.intruder || (x.what == kind::publish && !publisher_active()))
      return forbidden;
    if ((x.what == kind::publish || x.what == kind::reseal) && !key_active(x))
      return key_inactive;
    if (x.keyset && *x.keyset != version("keyset"))
      return precondition;
    auto v = version(aggregate(x));
    if ((x.expected.what == expectation::kind::none && v != 0) ||
        (x.expected.what == expectation::kind::exists && v == 0) ||
        (x.expected.what == expectation::kind::exactly &&
         v != x.expected.version))
      return conflict;
    return domain(x);
  }

  bool is_closed(int command) const {
    return !accepted_where([&](auto& x) {
              return x.what == kind::close && x.target == command;
            }).empty();
  }

  const event_of_past* last_judgement(int command) const {
    static const std::set<outcome> silent{malformed, foreign_history, duplicate,
                                          key_reused, closed};
    for (auto i = past_.rbegin(); i != past_.rend(); ++i)
      if (i->what.command == command && !silent.contains(i->result)) {
        bool fresh = i->result == accepted || now_ - i->time <= 86'400'000;
        return fresh ? &*i : nullptr;
      }
    return nullptr;
  }

  std::optional<outcome> seen_before(const wish& x) const {
    auto* before = last_judgement(x.command);
    if (before == nullptr)
      return {};
    if (before->what.request != x.request)
      return key_reused;
    bool open = before->result == conflict || before->result == precondition;
    if (open && x.attempt > before->what.attempt)
      return {};
    return duplicate;
  }

  bool publisher_active() const {
    auto puts =
        accepted_where([](auto& x) { return x.what == kind::put_principal; });
    return puts.empty() || puts.back().flag || puts.back().patch % 4 != 0;
  }

  bool first_key_active() const {
    auto puts =
        accepted_where([](auto& x) { return x.what == kind::put_keys; });
    return puts.empty() || puts.back().patch % 4 != 0;
  }

  bool second_key_active() const { return version("keyset") > 1; }

  bool key_active(const wish& x) const {
    bool second = x.what == kind::reseal && x.flag;
    return second ? second_key_active() : first_key_active();
  }

  std::vector<wish> changes(const wish& x) const {
    return accepted_where([&](auto& y) {
      return (y.what == kind::publish || y.what == kind::revert) &&
             y.profile == x.profile;
    });
  }

  bool released(const wish& x) const {
    for (auto& y : changes(x))
      if (y.artifact == x.artifact)
        return true;
    return false;
  }

  outcome domain(const wish& x) const {
    switch (x.what) {
    case kind::publish: {
      auto before = changes(x);
      if (!before.empty() && before.back().artifact == x.artifact)
        return unchanged;
      if (released(x))
        return already_released;
      for (auto& y : before)
        if (y.what == kind::publish && y.patch >= x.patch)
          return version_not_greater;
      return accepted;
    }
    case kind::revert: {
      if (!released(x))
        return not_found;
      if (changes(x).back().artifact == x.artifact)
        return unchanged;
      auto reseals = accepted_where(
          [&](auto& y) { return aggregate(y) == aggregate(reseal_of(x)); });
      bool second = !reseals.empty() && reseals.back().flag;
      bool sound = second ? second_key_active() : first_key_active();
      return sound || x.flag ? accepted : key_inactive;
    }
    case kind::reseal:
      return released(x) ? accepted : not_found;
    case kind::bind:
      return x.flag ? accepted : not_found;
    case kind::put_profile:
      return x.flag ? accepted : invalid;
    case kind::put_policy: {
      auto puts =
          accepted_where([&](auto& y) { return aggregate(y) == aggregate(x); });
      if (puts.empty())
        return accepted;
      return puts[0].patch % 2 == x.patch % 2 ? unchanged : already_exists;
    }
    case kind::put_family:
      return x.flag ? already_exists : accepted;
    case kind::put_principal:
    case kind::tick:
    case kind::garbage:
      return accepted;
    case kind::issue:
      return version(aggregate(x)) == 0 ? accepted : invalid;
    case kind::revoke:
      return version(aggregate(x)) == 0   ? not_found
             : version(aggregate(x)) == 1 ? accepted
                                          : unchanged;
    case kind::put_keys:
      return x.flag ? accepted : bad_signature;
    case kind::close: {
      if (is_closed(x.target))
        return already_decided;
      auto* before = last_judgement(x.target);
      bool open = before == nullptr || before->result == conflict ||
                  before->result == precondition;
      return open ? accepted : already_decided;
    }
    }
    return accepted;
  }

  static wish reseal_of(wish x) {
    x.what = kind::reseal;
    return x;
  }

  std::vector<event_of_past> past_;
  std::int64_t now_ = 0;
};

void prepare_profiles(ledger_fixture& f) {
  for (int i = 0; i < random_history::profiles; ++i) {
    auto name = f.keep("p" + std::to_string(i));
    f.put_profile(name);
    f.bind_policy("1.0.0", name);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(fold_model)

BOOST_AUTO_TEST_CASE(random_histories_are_judged_as_the_reference_judges_them) {
  std::map<outcome, int> seen;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    ready_ledger f;
    prepare_profiles(f);
    reference_model model;
    std::map<std::string, std::uint64_t> versions;
    std::set<std::pair<std::string, std::uint64_t>> taken;
    random_history{f, seed}.run(1200, [&](auto& x, auto& judged) {
      auto expected = model.judge(x, to_integer(f.now));
      ++seen[expected];
      BOOST_TEST_CONTEXT("seed " << seed << ", entry "
                                 << to_integer(judged.index) << ", kind "
                                 << static_cast<int>(x.what))
      BOOST_REQUIRE_EQUAL(judged.result, expected);
      auto name =
          aggregate_of(decode_envelope(f.log.back().envelope)
                           ? decode_envelope(f.log.back().envelope)->body
                           : event::body{event::tick{}});
      if (judged.result != accepted || name.empty())
        return;
      // Exactly one accept for each version of an aggregate, without gaps.
      auto version = f.state.version_of(name);
      BOOST_REQUIRE(taken.insert({name, version}).second);
      auto& last = versions[name];
      BOOST_REQUIRE(last == 0 || version == last + 1);
      last = version;
    });
  }
  // The histories are worth nothing if they do not meet the reasons.
  for (auto x :
       {accepted, malformed, foreign_history, duplicate, key_reused, closed,
        expired, forbidden, key_inactive, outcome::precondition, conflict,
        not_found, already_exists, version_not_greater, already_released,
        unchanged, bad_signature, invalid, already_decided})
    BOOST_TEST(seen[x] > 5, x << " came " << seen[x] << " times");
}

BOOST_AUTO_TEST_SUITE_END()
