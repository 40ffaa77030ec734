#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/encode.hpp"
#include "actors/ledger_keeper.hpp"
#include "events/hash.hpp"
#include "tests/actors/faulty_log.hpp"
#include "tests/actors/faulty_store.hpp"
#include "tests/projections/ledger_fixture.hpp"

namespace signalbox {

inline std::ostream& operator<<(std::ostream& out, errc x) {
  return out << to_string(x);
}

namespace test {

/// An answer, once it is there, and how often it came.
struct inbox {
  std::optional<command_answer> last;
  int count = 0;

  std::shared_ptr<answer_once> door() {
    return std::make_shared<answer_once>([this](command_answer x) {
      last = std::move(x);
      ++count;
    });
  }

  bool accepted() const {
    return last && !last->refused && last->result == outcome::accepted;
  }

  /// Why there is no outcome; `bug` if there is one, or no answer.
  errc refusal() const {
    return last && last->refused ? last->refused->code : errc::bug;
  }
};

/// What a node's actors work on, under clocks that stand still.
struct node_parts {
  ledger_fixture facts;
  faulty_log log;
  faulty_store store;
  published_view shown;
  node_status status;
  timestamp wall{};
  std::chrono::steady_clock::time_point steady{std::chrono::hours{1}};
  std::vector<std::string> warnings;
  std::uint64_t keys_made = 0;

  /// Runs on a ledger that takes publications of the fixture's own family.
  node_parts() : node_parts{[](ledger_fixture& x) { x.prepare(); }} {}

  /// Runs on a ledger that was prepared otherwise.
  explicit node_parts(const std::function<void(ledger_fixture&)>& prepare) {
    prepare(facts);
    wall = facts.now + 1000;
    write_facts();
  }

  /// Brings what the facts said since the last call into the log.
  void write_facts() {
    for (; facts_written < facts.log.size(); ++facts_written) {
      auto& x = facts.log[facts_written];
      byte_view record = x.envelope;
      log.append({&record, 1}, x.append_time).value();
    }
  }

  void pass(std::chrono::milliseconds x) {
    wall = wall + x.count();
    steady += x;
  }

  ledger_config config() { return config_over(log); }

  ledger_config config_over(const event_log& other) {
    return {other,
            store,
            shown,
            status,
            nullptr,
            facts.node,
            default_head_life,
            true,
            [this] { return wall; },
            [this] { return steady; },
            [this](std::string x) { warnings.push_back(std::move(x)); },
            nullptr};
  }

  bool warned_of(std::string_view what) const {
    for (auto& x : warnings)
      if (x.find(what) != std::string::npos)
        return true;
    return false;
  }

  const view& seen() const { return *shown.load()->data; }

  /// Makes a principal by a command of the administrator.
  static proposal_draft new_principal(std::string_view name) {
    proposal_draft out;
    out.body = event::principal_put{ledger_fixture::id<principal_id>(name),
                                    static_cast<role_mask>(role::reader), true};
    out.expected = {expectation::kind::none, 0};
    return out;
  }

  command_context context(std::string key = {}) {
    command_context out;
    out.principal = facts.administrator;
    out.node = facts.node;
    out.key = key.empty() ? "key " + std::to_string(++keys_made) : key;
    out.request = sha256(as_bytes(out.key));
    out.not_after = wall + actor_defaults::command_life;
    return out;
  }

  std::shared_ptr<proposal> encode(const proposal_draft& draft,
                                   const command_context& x, inbox& to) {
    auto out = encode_proposal(draft, x, seen(), wall).value();
    out->answer = to.door();
    return out;
  }

  std::shared_ptr<proposal> new_proposal(std::string_view name, inbox& to,
                                         std::string key = {}) {
    return encode(new_principal(name), context(std::move(key)), to);
  }

  void append(const proposal& x) {
    byte_view record = x.record;
    log.append({&record, 1}, wall).value();
  }

  bool knows(std::string_view name) const {
    return seen().access->principals.contains(
        ledger_fixture::id<principal_id>(name));
  }

 private:
  std::size_t facts_written = 0;
};

/// A keeper over these parts, and the way of a command through it.
struct keeper_world : node_parts {
  inbox in; // outlives the keeper, which answers who waits when it goes
  inbox other;
  std::optional<ledger_keeper> keeper;

  result<void> start() { return start(config()); }

  result<void> start(ledger_config x) {
    keeper.emplace(std::move(x));
    return keeper->recover();
  }

  /// A keeper that runs.
  void run() {
    auto started = start();
    BOOST_REQUIRE_MESSAGE(started, started.error().message);
  }

  /// Admits, appends and folds.
  void carry(const std::shared_ptr<proposal>& x) {
    BOOST_REQUIRE(keeper->admit(x));
    append(*x);
    keeper->follow();
  }

  void carry_all(const std::vector<std::shared_ptr<proposal>>& xs) {
    for (auto& x : xs)
      carry(x);
  }

  /// What find() says; a refusal stands in the answer.
  command_answer ask(const event_id& id, bool for_good = false) {
    inbox out;
    keeper->find(id, for_good, *out.door());
    BOOST_REQUIRE_EQUAL(out.count, 1);
    return *out.last;
  }

  errc why_not(const event_id& id) {
    auto x = ask(id);
    return x.refused ? x.refused->code : errc::bug;
  }

  state_hash hash() const { return keeper->state().hash; }
};

} // namespace test
} // namespace signalbox
