#include "projections/fold_rules.hpp"
#include "projections/rule_keys.hpp"

#include "events/aggregate.hpp"
#include "events/fault.hpp"
#include "events/keyset_event.hpp"

// What each event type changes once its check accepted it. Nothing here fails.

namespace signalbox {

namespace {

struct applier {
  ledger_state& state;
  const judged_entry& entry;

  void operator()(const event::ledger_created& x) {
    ledger_row row;
    row.id = x.ledger;
    row.incarnation = x.incarnation;
    for (auto& root : x.roots)
      row.roots.emplace_back(as_text(root.spki));
    row.threshold = x.threshold;
    state.put_ledger(std::move(row));
    put_principal(x.administrator, static_cast<role_mask>(role::administrator));
    put_principal(x.node, static_cast<role_mask>(role::node));
  }

  void operator()(const event::fold_activated& x) {
    auto row = *state.ledger;
    row.fold_version = x.fold_version;
    state.put_ledger(std::move(row));
  }

  void operator()(const event::keyset_put& x) {
    auto next = parse_keyset(as_text(x.payload)).value();
    std::vector<std::string> old;
    state.keys.for_each([&](auto& key, auto&) { old.push_back(key); });
    for (auto& key : old)
      state.keys.erase(state.hash, key);
    for (auto& key : next.keys)
      state.keys.put(
          state.hash, key_row_key(key.role, key.id),
          {std::string{as_text(key.spki)}, key.role, key.status, key.node});
    auto row = *state.ledger;
    row.roots.clear();
    for (auto& root : next.roots)
      row.roots.emplace_back(as_text(root));
    row.threshold = next.threshold;
    row.keyset_version = next.version;
    row.keyset_index = entry.index;
    state.put_ledger(std::move(row));
    state.keysets.put(state.hash, std::to_string(next.version), {entry.index});
  }

  void operator()(const event::principal_put& x) {
    state.principals.put(state.hash, x.principal.hex(),
                         {x.roles, x.active, entry.index});
  }

  void operator()(const event::token_issued& x) {
    state.tokens.put(state.hash, x.token.hex(),
                     {x.principal, x.secret, x.expires_at, false, entry.index});
  }

  void operator()(const event::token_revoked& x) {
    auto row = *state.find_token(x.token);
    row.revoked = true;
    state.tokens.put(state.hash, x.token.hex(), row);
  }

  void operator()(const event::family_put& x) {
    family_row row{x.default_major, {}, x.document, entry.index};
    for (auto& schema : x.schemas) {
      row.schemas.push_back({std::string{schema.schema_ref},
                             std::string{schema.version_range},
                             schema.document});
      if (!state.schemas.find(schema.schema_ref))
        state.schemas.put(state.hash, schema.schema_ref,
                          {schema.document, entry.index});
    }
    state.families.put(state.hash, x.client_id, std::move(row));
  }

  void operator()(const event::profile_put& x) {
    profile_row row{x.default_major, {}, entry.index};
    for (auto tag : x.environment)
      row.environment.emplace_back(tag);
    state.profiles.put(state.hash, pair_key(x.client_id, x.profile),
                       std::move(row));
  }

  void operator()(const event::policy_set_put& x) {
    state.policy_sets.put(state.hash, pair_key(x.policy_set_id, x.version),
                          {x.document, entry.index});
  }

  void operator()(const event::policy_bound& x) {
    state.bindings.put(state.hash, pair_key(x.client_id, x.profile),
                       {std::string{x.policy_set_id}, std::string{x.version}});
  }

  void operator()(const event::artifact_published& x) {
    change_channel(x.artifact, 0, [&](channel_row& row) {
      if (row.version == 0)
        name_channel(row, x);
      row.highest_version = x.version;
      row.key = x.key;
      row.artifact_index = row.seal_index = entry.index;
    });
    state.index_release(state.changes.size() - 1);
  }

  void operator()(const event::artifact_resealed& x) {
    state.reseals.put(state.hash, x.artifact.hex(), {x.key, entry.index});
    auto key = channel_key(x.client_id, x.profile, x.major);
    auto row = *state.channels.find(key);
    if (row.artifact != x.artifact)
      return;
    row.key = x.key;
    row.seal_index = entry.index;
    state.channels.put(state.hash, key, std::move(row));
  }

  void operator()(const event::channel_reverted& x) {
    auto& release = *state.find_release(x.artifact);
    auto* reseal = state.reseals.find(hex_text{x.artifact});
    change_channel(x.artifact, 1, [&](channel_row& row) {
      row.key = reseal ? reseal->key : release.key;
      row.artifact_index = log_index{release.index};
      row.seal_index = reseal ? reseal->index : row.artifact_index;
    });
  }

  void operator()(const event::command_closed& x) {
    state.closed.put(state.hash, x.command.hex(), {entry.index});
  }

  void operator()(const event::ledger_moved&) { set_moved(true); }

  void operator()(const event::ledger_restored& x) {
    auto row = *state.ledger;
    row.incarnation = x.incarnation;
    row.moved = false;
    state.put_ledger(std::move(row));
  }

  void operator()(const event::tick&) {}

  void operator()(const event::template_put& x) {
    state.templates.put(state.hash, template_key(x), {x.document, entry.index});
  }

 private:
  void set_moved(bool moved) {
    auto row = *state.ledger;
    row.moved = moved;
    state.put_ledger(std::move(row));
  }

  void put_principal(const principal_id& id, role_mask roles) {
    state.principals.put(state.hash, id.hex(), {roles, true, entry.index});
    state.versions.put(state.hash, principal_aggregate(id), {1});
  }

  void name_channel(channel_row& row, const event::artifact_published& x) {
    row.client_id = x.client_id;
    row.profile = x.profile;
    row.major = x.major;
    row.number = static_cast<std::uint32_t>(state.channel_keys.size());
    state.channel_keys.emplace_back(channel_of(entry));
  }

  template <class F>
  void change_channel(const digest& artifact, std::uint32_t reverted,
                      F describe) {
    state.channels.update(state.hash, channel_of(entry), [&](channel_row& row) {
      describe(row);
      row.artifact = artifact;
      ++row.version;
      row.change_index = entry.index;
      row.changed_at =
          is_due(fault::state_row_garbled) ? timestamp{} : entry.log_time;
      state.changes.append(
          state.hash,
          channel_change{artifact, row.key, to_integer(entry.index),
                         row.version, row.last_change, row.number, reverted});
      row.last_change = state.changes.size();
    });
  }
};

} // namespace

void apply(ledger_state& state, const judged_entry& entry) {
  std::visit(applier{state, entry}, entry.command.body);
}

} // namespace signalbox
