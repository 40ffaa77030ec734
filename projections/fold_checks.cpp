#include "projections/fold_rules.hpp"
#include "projections/rule_keys.hpp"

#include "events/aggregate.hpp"
#include "events/keyset_event.hpp"
#include "events/signature.hpp"
#include "policy/defaults.hpp"
#include "policy/names.hpp"
#include "policy/semver.hpp"

#include <algorithm>
#include <array>
#include <set>

// One check for each event type. A check changes nothing.

namespace signalbox {

namespace {

using enum outcome;

/// MAJOR.MINOR.PATCH with nothing behind it, by the numbers: what almost all
/// versions are, read without an allocation. nullopt says nothing else.
using plain_version = std::array<std::uint64_t, 3>;

constexpr std::ptrdiff_t plain_digits = 12;
static_assert(policy_defaults::max_version_number == 999'999'999'999);

std::optional<plain_version> parse_plain(std::string_view text) {
  plain_version out{};
  auto* at = text.data();
  auto* end = at + text.size();
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.'))
      return std::nullopt;
    auto* start = at;
    for (; at != end && *at >= '0' && *at <= '9'; ++at)
      out[i] = out[i] * 10 + static_cast<std::uint64_t>(*at - '0');
    auto digits = at - start;
    if (digits == 0 || digits > plain_digits || (digits > 1 && *start == '0'))
      return std::nullopt;
  }
  return at == end ? std::optional{out} : std::nullopt;
}

/// client_id/profile of a channel's key.
std::string_view profile_of(std::string_view channel) {
  return channel.substr(0, channel.rfind('/'));
}

/// <client_id>/<semver>; the major, or nullopt if it is not of that form.
std::optional<std::uint64_t> major_of(std::string_view schema_ref,
                                      std::string_view client) {
  if (!schema_ref.starts_with(client) || schema_ref.size() <= client.size() ||
      schema_ref[client.size()] != '/')
    return std::nullopt;
  auto text = schema_ref.substr(client.size() + 1);
  if (auto plain = parse_plain(text))
    return plain->front();
  auto version = semver::parse(text);
  if (!version)
    return std::nullopt;
  return version->major;
}

struct checker {
  const ledger_state& state;
  const judged_entry& entry;

  outcome operator()(const event::ledger_created& x) const {
    bool first = entry.index == log_index{0} && !x.ledger.is_zero();
    bool people = !x.administrator.is_zero() && !x.node.is_zero() &&
                  x.administrator != x.node;
    return first && people && are_roots(x) ? accepted : invalid;
  }

  outcome operator()(const event::fold_activated& x) const {
    return x.fold_version == state.ledger->fold_version + 1 ? accepted
                                                            : invalid;
  }

  outcome operator()(const event::keyset_put& x) const {
    auto next = parse_keyset(as_text(x.payload));
    if (!next || next->ledger != state.ledger->id ||
        next->incarnation != state.ledger->incarnation ||
        next->version != state.ledger->keyset_version + 1)
      return invalid;
    return count_root_signatures(x) >= state.ledger->threshold ? accepted
                                                               : bad_signature;
  }

  outcome operator()(const event::principal_put& x) const {
    bool is_node = permits(x.roles, role::node);
    if (x.principal.is_zero() || x.roles > all_roles ||
        (is_node && x.roles != static_cast<role_mask>(role::node)) ||
        (x.principal == entry.command.principal && !x.active))
      return invalid;
    return keeps_administrator(x) ? accepted : last_administrator;
  }

  outcome operator()(const event::token_issued& x) const {
    if (x.token.is_zero() || state.find_token(x.token) != nullptr ||
        (x.expires_at != timestamp{} && x.expires_at <= entry.log_time))
      return invalid;
    return state.find_principal(x.principal) == nullptr ? not_found : accepted;
  }

  outcome operator()(const event::token_revoked& x) const {
    auto* token = state.find_token(x.token);
    if (token == nullptr)
      return not_found;
    return token->revoked ? unchanged : accepted;
  }

  outcome operator()(const event::family_put& x) const {
    if (!is_name(x.client_id) || x.schemas.empty())
      return invalid;
    bool has_default = false;
    std::set<std::string_view> refs;
    for (auto& schema : x.schemas) {
      auto major = major_of(schema.schema_ref, x.client_id);
      if (!major || !refs.insert(schema.schema_ref).second)
        return invalid;
      has_default = has_default || *major == x.default_major;
      auto* known = state.schemas.find(schema.schema_ref);
      if (known != nullptr && known->document != schema.document)
        return already_exists;
    }
    return has_default ? accepted : invalid;
  }

  outcome operator()(const event::profile_put& x) const {
    if (!is_name(x.profile))
      return invalid;
    auto* family = state.families.find(x.client_id);
    if (family == nullptr)
      return not_found;
    auto has_major = [&](auto& schema) {
      return major_of(schema.schema_ref, x.client_id) == x.default_major;
    };
    return std::any_of(family->schemas.begin(), family->schemas.end(),
                       has_major)
               ? accepted
               : invalid;
  }

  outcome operator()(const event::policy_set_put& x) const {
    if (!is_name(x.policy_set_id) || !semver::parse(x.version))
      return invalid;
    auto* known = state.policy_sets.find(pair_key(x.policy_set_id, x.version));
    if (known == nullptr)
      return accepted;
    return known->document == x.document ? unchanged : already_exists;
  }

  outcome operator()(const event::policy_bound& x) const {
    bool known = state.profiles.find(pair_key(x.client_id, x.profile)) &&
                 state.policy_sets.find(pair_key(x.policy_set_id, x.version));
    return known ? accepted : not_found;
  }

  outcome operator()(const event::artifact_published& x) const {
    // A bound profile exists: profiles are never taken away.
    auto* bound = state.bindings.find(profile_of(channel_of(entry)));
    if (bound == nullptr || !state.schemas.find(x.schema_ref))
      return not_found;
    if (major_of(x.schema_ref, x.client_id) != x.major)
      return invalid;
    if (bound->policy_set_id != x.policy_set_id ||
        bound->version != x.policy_version)
      return precondition;
    auto* channel = state.channels.find(channel_of(entry));
    if (channel != nullptr && channel->artifact == x.artifact)
      return unchanged;
    if (state.find_release(x.artifact) != nullptr)
      return already_released;
    return check_version(x, channel);
  }

  outcome operator()(const event::artifact_resealed& x) const {
    return check_release(x.artifact, x.client_id, x.profile, x.major);
  }

  outcome operator()(const event::channel_reverted& x) const {
    auto found = check_release(x.artifact, x.client_id, x.profile, x.major);
    if (found != accepted)
      return found;
    auto& channel =
        *state.channels.find(channel_key(x.client_id, x.profile, x.major));
    if (channel.artifact == x.artifact)
      return unchanged;
    auto* reseal = state.reseals.find(hex_text{x.artifact});
    auto& key = reseal ? reseal->key : state.find_release(x.artifact)->key;
    auto* row = state.find_key(key_role::seal, key);
    bool sound = row != nullptr && row->status != key_status::revoked;
    return sound || x.forced ? accepted : key_inactive;
  }

  outcome operator()(const event::command_closed& x) const {
    if (state.closed.find(hex_text{x.command}))
      return already_decided;
    auto* before = state.find_judgement(x.command, entry.log_time);
    if (before == nullptr)
      return accepted;
    auto result = static_cast<outcome>(before->result);
    bool open = result == conflict || result == precondition;
    return open ? accepted : already_decided;
  }

  outcome operator()(const event::ledger_moved&) const { return accepted; }

  outcome operator()(const event::ledger_restored& x) const {
    return x.incarnation > state.ledger->incarnation ? accepted : invalid;
  }

  outcome operator()(const event::tick&) const { return accepted; }

  outcome operator()(const event::template_put& x) const {
    if (!is_name(x.template_id) || !semver::parse(x.version))
      return invalid;
    if (!state.families.find(x.client_id))
      return not_found;
    auto* known = state.templates.find(template_key(x));
    if (known == nullptr)
      return accepted;
    return known->document == x.document ? unchanged : already_exists;
  }

 private:
  /// Whether an active administrator is left: without one nobody could ever
  /// appoint another.
  bool keeps_administrator(const event::principal_put& x) const {
    auto rules = [](bool active, role_mask roles) {
      return active &&
             (roles & static_cast<role_mask>(role::administrator)) != 0;
    };
    auto* before = state.find_principal(x.principal);
    if (before == nullptr || !rules(before->active, before->roles) ||
        rules(x.active, x.roles))
      return true;
    bool kept = false;
    auto changed = x.principal.hex();
    state.principals.for_each([&](auto& id, const principal_row& row) {
      kept = kept || (id != changed && rules(row.active, row.roles));
    });
    return kept;
  }

  /// Distinct keys, enough of them for the threshold.
  static bool are_roots(const event::ledger_created& x) {
    std::set<std::string_view> distinct;
    for (auto& root : x.roots)
      if (!public_key::from_der(root.spki) ||
          !distinct.insert(as_text(root.spki)).second)
        return false;
    return x.threshold >= 1 && x.threshold <= x.roots.size();
  }

  std::size_t count_root_signatures(const event::keyset_put& x) const {
    std::vector<public_key> roots;
    for (auto& root : state.ledger->roots)
      if (auto key = public_key::from_der(as_bytes(root)))
        roots.push_back(std::move(*key));
    return count_signers(to_envelope(x), roots);
  }

  static outcome check_version(const event::artifact_published& x,
                               const channel_row* channel) {
    if (channel != nullptr)
      if (auto plain = parse_plain(x.version))
        if (auto highest = parse_plain(channel->highest_version))
          return *plain > *highest ? accepted : version_not_greater;
    auto version = semver::parse(x.version);
    if (!version)
      return invalid;
    if (channel == nullptr)
      return accepted;
    auto highest = semver::parse(channel->highest_version);
    return !highest || precedence(*version, *highest) > 0 ? accepted
                                                          : version_not_greater;
  }

  outcome check_release(const digest& artifact, std::string_view client,
                        std::string_view profile, std::uint32_t major) const {
    auto* channel = state.channels.find(channel_key(client, profile, major));
    auto* release = state.find_release(artifact);
    return channel != nullptr && release != nullptr &&
                   release->channel == channel->number
               ? accepted
               : not_found;
  }
};

} // namespace

outcome check_rules(const ledger_state& state, const judged_entry& entry) {
  auto& body = entry.command.body;
  if (state.ledger && state.ledger->moved &&
      !std::holds_alternative<event::ledger_restored>(body))
    return read_only;
  if (entry.command.parts.size() < needed_parts(body, state))
    return invalid;
  return std::visit(checker{state, entry}, body);
}

} // namespace signalbox
