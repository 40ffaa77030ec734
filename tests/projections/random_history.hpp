#pragma once

#include <functional>
#include <random>

#include "tests/projections/ledger_fixture.hpp"

namespace signalbox::test {

/// What a random author wants, in small numbers: easy to judge by hand.
struct wish {
  enum class kind {
    publish,
    revert,
    reseal,
    bind,
    put_profile,
    put_policy,
    put_family,
    put_principal,
    issue,
    revoke,
    put_keys,
    close,
    tick,
    garbage,
  };

  kind what = kind::tick;
  int command = 0; ///< who asks for this; repeated in retries
  int request = 0; ///< what is asked under that id
  unsigned attempt = 0;
  bool foreign = false;  ///< on the basis of another history
  bool late = false;     ///< after its deadline
  bool intruder = false; ///< by a principal that has no role
  int profile = 0;       ///< or the token's, the policy's, the schema's number
  int artifact = 0;
  int patch = 0;     ///< of a version, a document or a keyset
  bool flag = false; ///< forced, active, second key
  expectation expected;
  std::optional<std::uint64_t> keyset; ///< precondition
  int target = 0;                      ///< the command to close
};

/// Random conflicting commands over few names, so that they meet often.
class random_history {
 public:
  using observer = std::function<void(const wish&, const verdict&)>;

  random_history(ledger_fixture& ledger, unsigned seed)
      : ledger_{ledger}, random_{seed} {}

  void run(int entries, const observer& observe = {}) {
    for (int i = 0; i < entries; ++i) {
      auto x = next_wish();
      carry_out(x);
      if (observe)
        observe(x, ledger_.last);
    }
  }

  static constexpr int profiles = 3;

 private:
  using kind = wish::kind;

  int roll(int sides) {
    return static_cast<int>(random_() % static_cast<unsigned>(sides));
  }

  bool rarely(int sides) { return roll(sides) == 0; }

  wish next_wish() {
    if (!asked_.empty() && rarely(6))
      return again(asked_[asked_.size() - 1 -
                          static_cast<std::size_t>(roll(
                              std::min(20, static_cast<int>(asked_.size()))))]);
    static constexpr kind kinds[] = {
        kind::publish,    kind::publish,       kind::publish,
        kind::publish,    kind::publish,       kind::publish,
        kind::revert,     kind::revert,        kind::reseal,
        kind::bind,       kind::put_profile,   kind::put_policy,
        kind::put_family, kind::put_principal, kind::issue,
        kind::revoke,     kind::close,         kind::tick,
        kind::garbage};
    wish x;
    x.what = rarely(40) ? kind::put_keys : kinds[roll(std::size(kinds))];
    x.command = x.request = ++commands_;
    x.foreign = rarely(40);
    x.late = rarely(40) && x.what != kind::tick;
    x.intruder = rarely(40);
    x.profile = roll(profiles);
    x.artifact = roll(60);
    patch_ += rarely(3);
    x.patch = std::max(0, patch_ - roll(4));
    x.flag = rarely(2);
    x.expected = {static_cast<expectation::kind>(rarely(2) ? 0 : roll(4)),
                  static_cast<std::uint64_t>(roll(6))};
    if (rarely(30))
      x.keyset = static_cast<std::uint64_t>(roll(3));
    x.target = commands_ - roll(4);
    asked_.push_back(x);
    return x;
  }

  wish again(wish x) {
    x.attempt += static_cast<unsigned>(roll(3));
    if (rarely(8))
      x.request = 1'000'000 + commands_;
    if (rarely(2)) {
      x.expected = {};
      x.late = x.intruder = x.foreign = false;
      x.keyset.reset();
    }
    return x;
  }

  void carry_out(const wish& x) {
    if (rarely(200))
      ledger_.now = ledger_.now + 25 * 3'600'000;
    if (x.what == kind::garbage) {
      ledger_.append_bytes(byte_buffer(static_cast<std::size_t>(x.patch % 99)));
      return;
    }
    auto y = ledger_.command(body_of(x));
    y.id = ledger_fixture::id<event_id>("wish " + std::to_string(x.command));
    y.request = sha256(as_bytes("request " + std::to_string(x.request)));
    y.attempt = x.attempt;
    y.expected = x.expected;
    if (x.foreign)
      ++y.basis->chain;
    if (x.late)
      y.not_after = ledger_.now + -1;
    if (x.intruder)
      y.principal = ledger_fixture::id<principal_id>("intruder");
    if (x.keyset)
      y.preconditions = {{"keyset", *x.keyset}};
    ledger_.append(y);
  }

  event::body body_of(const wish& x) {
    auto& f = ledger_;
    auto name = f.keep("p" + std::to_string(x.profile));
    auto& key = x.flag && x.what == kind::reseal ? f.keys.second : f.keys.first;
    switch (x.what) {
    case kind::publish:
      return f.publication(x.artifact * profiles + x.profile,
                           f.keep("1.0." + std::to_string(x.patch)), name);
    case kind::revert:
      return event::channel_reverted{
          f.client, name, 1,
          ledger_fixture::artifact(x.artifact * profiles + x.profile), x.flag};
    case kind::reseal:
      return event::artifact_resealed{
          f.client, name, 1,
          ledger_fixture::artifact(x.artifact * profiles + x.profile),
          key.public_part().key_id()};
    case kind::bind:
      return event::policy_bound{f.client, name, f.policy,
                                 x.flag ? "1.0.0" : "9.0.0"};
    case kind::put_profile:
      return event::profile_put{f.client, name, x.flag ? 1u : 7u, {}};
    case kind::put_policy:
      return event::policy_set_put{"p",
                                   f.keep("1.0." + std::to_string(x.profile)),
                                   ledger_fixture::document(x.patch % 2)};
    case kind::put_family: {
      auto body = f.family({"1.0.0"});
      if (x.flag)
        body.schemas[0].document = ledger_fixture::document(x.patch);
      return body;
    }
    case kind::put_principal:
      return event::principal_put{f.publisher,
                                  static_cast<role_mask>(role::publisher),
                                  x.flag || x.patch % 4 != 0};
    case kind::issue:
      return event::token_issued{ledger_fixture::token(x.artifact),
                                 f.publisher,
                                 ledger_fixture::document(1),
                                 {}};
    case kind::revoke:
      return event::token_revoked{ledger_fixture::token(x.artifact)};
    case kind::put_keys: {
      auto next = f.next_keyset();
      next.keys = {ledger_fixture::entry_of(f.keys.first, f.node,
                                            x.patch % 4 ? key_status::active
                                                        : key_status::revoked),
                   ledger_fixture::entry_of(f.keys.second, f.node)};
      return f.signed_keyset(next, {x.flag ? 0 : 1});
    }
    case kind::close:
      return event::command_closed{
          ledger_fixture::id<event_id>("wish " + std::to_string(x.target))};
    case kind::tick:
    case kind::garbage:
      break;
    }
    return event::tick{};
  }

  ledger_fixture& ledger_;
  std::mt19937 random_;
  std::vector<wish> asked_;
  int commands_ = 0;
  int patch_ = 0;
};

} // namespace signalbox::test
