#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/actors/actor_world.hpp"

namespace signalbox::test {

/// Commands of many kinds for the proposers of a world, and a ledger that can
/// be made to hang.
struct proposer_world : actor_world {
  int prepared = 0;

  std::shared_ptr<command> making(std::string name, std::string key = {}) {
    return told.make(context(std::move(key)), [this, name](const view&) {
      ++prepared;
      return result<preparation>{new_principal(name)};
    });
  }

  /// Lets someone else make the principal before the command is folded.
  void overtake(std::string_view name) {
    inbox nobody;
    append(*new_proposal(name, nobody));
  }

  /// A command that expects the version that it sees, and loses `times` races.
  std::shared_ptr<command> losing(int times) {
    return told.make(context("loser"), [this, times](const view& x) {
      auto version = facts_version(x);
      if (++prepared <= times)
        overtake_binding();
      return result<preparation>{rebinding(version)};
    });
  }

  std::uint64_t facts_version(const view& x) const {
    return x.documents->find_profile(facts.client, facts.profile)
        ->binding_version;
  }

  proposal_draft rebinding(std::uint64_t version) const {
    proposal_draft draft;
    draft.body =
        event::policy_bound{facts.client, facts.profile, facts.policy, "1.0.0"};
    draft.expected = {expectation::kind::exactly, version};
    return draft;
  }

  std::shared_ptr<command> in_lane(conclusions& to, std::string lane) {
    auto out = to.make(context(), [this](const view&) {
      return result<preparation>{
          new_principal("principal " + std::to_string(++prepared))};
    });
    out->lane = std::move(lane);
    return out;
  }

  std::vector<std::shared_ptr<proposal>> held;
  std::vector<std::size_t> groups; ///< the sizes in which they came
  ledger_actor real_ledger;

  /// Keeps what is proposed from the ledger, as a log that hangs does.
  void hold_proposals() {
    real_ledger = directory->ledger();
    auto keep = [this](ledger_actor::pointer) -> ledger_actor::behavior_type {
      return {[this](const propose& x) {
                groups.push_back(x.what.size());
                held.insert(held.end(), x.what.begin(), x.what.end());
              },
              [](const find_command&) {},
              [](const close_command&) {},
              [](const advanced&) {},
              [](const append_failed&) {},
              [](const await_latest&) {},
              [](const tick_due&) {},
              [](const tick_judged&) {},
              [](const beat&) {}};
    };
    directory->set_ledger(system().spawn(keep));
  }

  void let_go() {
    directory->set_ledger(real_ledger);
    for (auto& x : std::exchange(held, {}))
      caf::anon_send(real_ledger, propose{{x}});
    real_ledger = nullptr;
    settle();
  }

  void overtake_binding() {
    inbox nobody;
    proposal_draft draft = rebinding(0);
    draft.expected = {expectation::kind::any, 0};
    append(*encode(draft, context(), nobody));
  }
};

} // namespace signalbox::test
