#include "projections/fold_rules.hpp"

namespace signalbox {

namespace {

/// Parts without which nobody could read or serve what the event says.
struct part_counter {
  const ledger_state& state;

  /// The descriptor, and the documents of new schemas.
  std::size_t operator()(const event::family_put& x) const {
    std::size_t fresh = 0;
    for (auto& schema : x.schemas)
      fresh += state.schemas.find(schema.schema_ref) == nullptr;
    return 1 + fresh;
  }
  /// The policy document.
  std::size_t operator()(const event::policy_set_put&) const { return 1; }
  /// Core, signature, changelog.
  std::size_t operator()(const event::artifact_published&) const { return 3; }
  /// The signature.
  std::size_t operator()(const event::artifact_resealed&) const { return 1; }
  /// The template's document.
  std::size_t operator()(const event::template_put&) const { return 1; }
  template <class Other>
  std::size_t operator()(const Other&) const {
    return 0;
  }
};

struct role_of {
  role operator()(const event::command_closed&) const { return role::node; }
  role operator()(const event::tick&) const { return role::node; }
  role operator()(const event::artifact_published&) const {
    return role::publisher;
  }
  role operator()(const event::template_put&) const { return role::publisher; }
  role operator()(const event::family_put&) const {
    return role::operator_role;
  }
  role operator()(const event::profile_put&) const {
    return role::operator_role;
  }
  role operator()(const event::policy_set_put&) const {
    return role::operator_role;
  }
  role operator()(const event::policy_bound&) const {
    return role::operator_role;
  }
  role operator()(const event::artifact_resealed&) const {
    return role::operator_role;
  }
  role operator()(const event::channel_reverted&) const {
    return role::operator_role;
  }
  template <class Other>
  role operator()(const Other&) const {
    return role::administrator;
  }
};

} // namespace

role required_role(const event::body& x) {
  return std::visit(role_of{}, x);
}

std::optional<digest> sealing_key(const event::body& x) {
  if (auto* published = std::get_if<event::artifact_published>(&x))
    return published->key;
  if (auto* resealed = std::get_if<event::artifact_resealed>(&x))
    return resealed->key;
  return std::nullopt;
}

std::size_t needed_parts(const event::body& x, const ledger_state& state) {
  return std::visit(part_counter{state}, x);
}

} // namespace signalbox
