#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "policy/family.hpp"
#include "policy/policy_set.hpp"
#include "policy/schema_validator.hpp"
#include "policy/template.hpp"
#include "projections/ledger_state.hpp"
#include "projections/part_source.hpp"
#include "projections/shared_map.hpp"

namespace signalbox {

/// One schema of a family, ready to validate.
struct catalog_schema {
  std::string schema_ref;
  std::string version_range;
  std::uint32_t major = 0;
  digest document;
  std::string text;
  std::shared_ptr<const schema_validator> validator;
};

struct catalog_family {
  std::string client_id;
  std::uint64_t version = 0; ///< of its aggregate
  family_row row;
  std::string text; ///< the descriptor as it was put
  std::shared_ptr<const family> descriptor;
  /// Every schema ever put for the family, by schema_ref: what a schema_ref
  /// names never changes and stays servable.
  std::map<std::string, std::shared_ptr<const catalog_schema>> schemas;
  /// Whether every document could be read. One that could, and is no descriptor
  /// or schema to this build, stays so.
  bool complete = true;

  /// The newest schema of this major; nullptr if there is none.
  const catalog_schema* newest(std::uint32_t major) const;
};

struct catalog_policy_set {
  std::string policy_set_id;
  std::string version;
  digest document;
  std::string text; ///< the document as it was put
  std::shared_ptr<const policy_set> rules;
  bool complete = true; ///< whether the document could be read
};

/// One version of a template, ready to be filled in (section 3).
struct catalog_template {
  std::string client_id;
  std::string template_id;
  std::string version;
  digest document;
  std::string text;                              ///< the document as it was put
  std::shared_ptr<const draft_template> content; ///< null: cannot be used
  bool complete = true; ///< whether the document could be read
};

struct catalog_profile {
  std::string client_id;
  std::string profile;
  std::uint64_t version = 0;         ///< of its aggregate
  std::uint64_t binding_version = 0; ///< of its binding's aggregate
  profile_row row;
  std::shared_ptr<const catalog_policy_set> policy; ///< null: none is bound
};

/// What drafts are checked under: families, profiles and policy sets, parsed
/// and compiled once. Immutable; a new one shares what did not change.
struct catalog {
  std::map<std::string, std::shared_ptr<const catalog_family>, std::less<>>
      families;
  shared_map<catalog_profile> profiles; ///< client_id/profile
  std::map<std::string, std::shared_ptr<const catalog_policy_set>, std::less<>>
      policy_sets; ///< id/version
  std::map<std::string, std::shared_ptr<const catalog_template>, std::less<>>
      templates; ///< client_id/template_id/version

  /// Whether every document could be read: if not, building again may help.
  bool is_complete() const;

  const catalog_family* find_family(std::string_view client_id) const;
  const catalog_profile* find_profile(std::string_view client_id,
                                      std::string_view profile) const;

  /// Nullptr if there is none.
  const catalog_policy_set* find_policy_set(std::string_view id,
                                            std::string_view version) const;

  /// The newest version of a set that can be read; nullptr if there is none.
  const catalog_policy_set* newest_policy_set(std::string_view id) const;

  /// The template's version, or without one its newest; nullptr if there is
  /// none.
  const catalog_template*
  find_template(std::string_view client_id, std::string_view template_id,
                const std::optional<std::string>& version) const;
};

/// Builds the catalog of a state, sharing with `before` what did not change.
/// A document that cannot be read or compiled leaves its family or policy set
/// without it and is reported in `warnings`, so that one bad document does not
/// stop the node. What could not be read is read again. `touched` names the
/// profiles, as client_id/profile, whose rows or bindings differ from `before`;
/// null: perhaps all.
std::shared_ptr<const catalog>
build_catalog(const ledger_state& state, const catalog* before,
              const part_source& parts, std::vector<std::string>& warnings,
              const std::set<std::string>* touched = nullptr);

} // namespace signalbox
