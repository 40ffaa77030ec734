#pragma once

#include <deque>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "events/aggregate.hpp"
#include "events/dsse.hpp"
#include "events/envelope.hpp"
#include "events/hash.hpp"
#include "events/signature.hpp"
#include "projections/chain.hpp"
#include "projections/fold.hpp"
#include "projections/fold_rules.hpp"

namespace signalbox {

inline std::ostream& operator<<(std::ostream& out, outcome x) {
  return out << to_string(x);
}

namespace test {

/// One entry as a log holds it.
struct logged_entry {
  timestamp append_time;
  byte_buffer envelope;
};

/// The keys of a test's ledger. Ed25519, since its signatures repeat.
struct ledger_keys {
  std::vector<private_key> roots;
  private_key first;  ///< seals from keyset 1 on
  private_key second; ///< seals where a test adds it

  static private_key make() {
    return private_key::generate(key_algorithm::ed25519);
  }

  static const ledger_keys& shared() {
    static const ledger_keys keys{{make(), make(), make()}, make(), make()};
    return keys;
  }
};

/// Makes a ledger by events and folds it as it goes. A verb appends one event
/// as its usual author would and returns the outcome. For anything unusual take
/// command(), change it, append() it.
///
///     ledger_fixture f;
///     f.prepare();
///     f.publish(1, "1.0.0");
class ledger_fixture {
 public:
  static constexpr std::string_view client = "claude-code";
  static constexpr std::string_view profile = "default";
  static constexpr std::string_view policy = "baseline";

  explicit ledger_fixture(ledger_keys with = ledger_keys::shared())
      : keys{std::move(with)} {}

  // -- what happened
  ledger_keys keys;
  ledger_state state;
  std::vector<logged_entry> log;
  verdict last;

  // -- who and when
  ledger_id ledger = id<ledger_id>("ledger");
  principal_id administrator = id<principal_id>("administrator");
  principal_id publisher = id<principal_id>("publisher");
  principal_id operator_id = id<principal_id>("operator");
  principal_id node = id<principal_id>("node");
  timestamp now{1'800'000'000'000}; ///< moves one second with each command
  std::uint64_t incarnation = 1'800'000'000;

  // -- names that stay valid as long as the fixture
  std::string_view keep(std::string x) {
    return kept_.emplace_back(std::move(x));
  }

  template <class Id>
  static Id id(std::string_view name) {
    return Id::from(sha256(as_bytes(name)).view().first(Id::size()));
  }

  static digest artifact(int number) { return text(number, "artifact"); }
  static digest document(int number) { return text(number, "document"); }

  // -- commands

  principal_id author(const event::body& x) const {
    switch (required_role(x)) {
    case role::node:
      return node;
    case role::publisher:
      return publisher;
    case role::operator_role:
      return operator_id;
    default:
      return administrator;
    }
  }

  /// The command that a correct writer would make of it now.
  envelope command(event::body body) {
    now = now + 1000;
    envelope out;
    auto name = "command " + std::to_string(++commands_);
    out.id = id<event_id>(name);
    out.request = sha256(as_bytes(name));
    out.aggregate = keep(aggregate_of(body));
    out.principal = author(body);
    out.node = node;
    out.occurred_at = now;
    if (!std::holds_alternative<event::tick>(body))
      out.not_after = now + 10'000;
    for (std::size_t i = 0; i < needed_parts(body, state); ++i)
      out.parts.push_back(text(static_cast<int>(i), "part"));
    out.body = std::move(body);
    if (state.ledger)
      out.basis = basis();
    return out;
  }

  log_basis basis() const {
    auto& ledger_row = state.ledger.value();
    return {ledger_row.id, ledger_row.incarnation, log_index{state.size - 1},
            chain_prefix(state.chain)};
  }

  outcome append(const envelope& x) { return append_bytes(encode_envelope(x)); }

  outcome append_bytes(byte_buffer bytes) {
    last = step(state, log_index{state.size}, now, bytes).value();
    log.push_back({now, std::move(bytes)});
    return last.result;
  }

  outcome say(event::body x) { return append(command(std::move(x))); }

  // -- verbs

  event::ledger_created creation() const {
    event::ledger_created out{ledger, incarnation, {}, 1, administrator, node};
    for (auto& root : keys.roots)
      out.roots.push_back({root.public_part().der()});
    return out;
  }

  /// One root key, threshold 1.
  outcome create() {
    auto body = creation();
    body.roots.resize(1);
    return say(body);
  }

  static keyset_key entry_of(const private_key& key, const principal_id& node,
                             key_status status = key_status::active,
                             key_role role = key_role::seal) {
    auto& part = key.public_part();
    return {part.key_id(), to_buffer(part.der()), role, status, node};
  }

  /// The next keyset: same roots, the first key alone, active.
  keyset next_keyset() const {
    keyset out;
    out.ledger = state.ledger->id;
    out.version = state.ledger->keyset_version + 1;
    out.incarnation = state.ledger->incarnation;
    out.expires_at = timestamp{2'000'000'000'000};
    for (auto& root : state.ledger->roots)
      out.roots.push_back(to_buffer(as_bytes(root)));
    out.threshold = state.ledger->threshold;
    out.keys.push_back(entry_of(keys.first, node));
    return out;
  }

  /// Signed by these of the root keys.
  event::keyset_put signed_keyset(const keyset& x,
                                  const std::vector<int>& signers = {0}) {
    event::keyset_put out;
    out.payload = as_bytes(keep(to_payload(x)));
    for (auto i : signers) {
      auto& root = keys.roots.at(static_cast<std::size_t>(i));
      auto made = sign_payload(payload_types::keyset, out.payload, root);
      auto value = keep(std::string{as_text(made.signature)});
      out.signatures.push_back({made.key_id, as_bytes(value)});
    }
    return out;
  }

  outcome put_keyset(const keyset& x, const std::vector<int>& signers = {0}) {
    return say(signed_keyset(x, signers));
  }

  /// The first and the second key with these states.
  outcome put_keys(key_status first, key_status second) {
    auto next = next_keyset();
    next.keys = {entry_of(keys.first, node, first),
                 entry_of(keys.second, node, second)};
    return put_keyset(next);
  }

  outcome put_principal(const principal_id& who, role_mask roles,
                        bool active = true) {
    return say(event::principal_put{who, roles, active});
  }

  outcome issue_token(int number, const principal_id& who,
                      timestamp expires_at = {}) {
    return say(event::token_issued{token(number), who, text(number, "secret"),
                                   expires_at});
  }

  static token_id token(int number) {
    return id<token_id>("token " + std::to_string(number));
  }

  outcome revoke_token(int number) {
    return say(event::token_revoked{token(number)});
  }

  /// A family whose schemas of these versions have documents named after them.
  event::family_put family(std::vector<std::string> versions,
                           std::uint32_t default_major = 1) {
    event::family_put out{client, default_major, {}, document(0)};
    for (auto& version : versions) {
      auto ref = keep(std::string{client} + '/' + version);
      out.schemas.push_back({ref, ">=1.0.0", sha256(as_bytes(ref))});
    }
    return out;
  }

  outcome put_family(std::vector<std::string> versions = {"1.0.0"},
                     std::uint32_t default_major = 1) {
    return say(family(std::move(versions), default_major));
  }

  outcome put_profile(std::string_view name = profile,
                      std::uint32_t default_major = 1) {
    return say(event::profile_put{client, name, default_major, {"prod"}});
  }

  outcome put_policy_set(std::string_view version = "1.0.0", int content = 1) {
    return say(event::policy_set_put{policy, version, document(content)});
  }

  outcome bind_policy(std::string_view version = "1.0.0",
                      std::string_view name = profile) {
    return say(event::policy_bound{client, name, policy, version});
  }

  event::artifact_published
  publication(int number, std::string_view version,
              std::string_view name = profile,
              std::string_view schema_ref = "claude-code/1.0.0") const {
    return {client,           name,       1,
            artifact(number), schema_ref, version,
            policy,           "1.0.0",    keys.first.public_part().key_id()};
  }

  outcome publish(int number, std::string_view version) {
    return say(publication(number, version));
  }

  outcome revert(int number, bool forced = false) {
    return say(
        event::channel_reverted{client, profile, 1, artifact(number), forced});
  }

  outcome reseal(int number, const private_key& key) {
    return say(event::artifact_resealed{client, profile, 1, artifact(number),
                                        key.public_part().key_id()});
  }

  /// To the newest that this build knows.
  void raise_fold() {
    while (state.ledger->fold_version < newest_fold_version)
      say(event::fold_activated{state.ledger->fold_version + 1});
  }

  outcome put_template(std::string_view version = "1.0.0", int content = 1) {
    return say(
        event::template_put{client, "search", version, document(content)});
  }

  outcome close(const event_id& x) { return say(event::command_closed{x}); }
  outcome tick() { return say(event::tick{}); }
  outcome move() { return say(event::ledger_moved{}); }

  outcome restore(std::uint64_t to) { return say(event::ledger_restored{to}); }

  /// Everything that a first publication needs.
  void prepare() {
    create();
    put_keyset(next_keyset());
    put_principal(publisher, static_cast<role_mask>(role::publisher));
    put_principal(operator_id, static_cast<role_mask>(role::operator_role));
    put_family();
    put_profile();
    put_policy_set();
    bind_policy();
  }

  // -- what holds now

  const channel_row* channel() const {
    return state.channels.find(channel_key(client, profile, 1));
  }

 private:
  static digest text(int number, std::string_view what) {
    return sha256(as_bytes(std::string{what} + ' ' + std::to_string(number)));
  }

  std::deque<std::string> kept_;
  std::uint64_t commands_ = 0;
};

/// A ledger that takes publications.
struct ready_ledger : ledger_fixture {
  explicit ready_ledger(ledger_keys with = ledger_keys::shared())
      : ledger_fixture{std::move(with)} {
    prepare();
  }
};

/// Folds entries into a fresh state.
inline ledger_state fold_all(const std::vector<logged_entry>& log) {
  ledger_state out;
  for (auto& x : log)
    step(out, log_index{out.size}, x.append_time, x.envelope).value();
  return out;
}

} // namespace test
} // namespace signalbox
