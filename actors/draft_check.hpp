#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policy/draft.hpp"
#include "policy/template.hpp"
#include "projections/view.hpp"

namespace signalbox {

/// A draft and where it is to go.
struct draft_request {
  std::string client_id;
  std::string profile;
  std::string draft;                     ///< text of draft_payload
  std::optional<std::string> schema_ref; ///< none: the newest of the default
  /// Stands for `draft`, which is empty then (section 3).
  std::optional<template_use> from = {};
};

/// What a draft is checked under; all of it lives with the view.
struct draft_grounds {
  const catalog_family& family;
  const catalog_profile& profile;
  const catalog_schema& schema;
  const catalog_policy_set& policy;
};

/// Errors: `not_found` (family, profile, schema), `unavailable` (no policy set
/// is bound, or a document cannot be read).
result<draft_grounds> find_grounds(const view& seen, const draft_request& x,
                                   const catalog_policy_set* other = nullptr);

/// A draft after its checks, with what it was checked under. Shares the view's
/// documents.
struct checked_request {
  checked_draft draft;
  validation_report report;
  std::uint32_t major = 0;
  std::string canonical_template; ///< for the core; empty: none was used
};

/// Checks a draft under a view (FR-6..8): under the policy set that is bound to
/// the profile, or under another one. A template is filled in first; one whose
/// parameters are wrong is no draft, and goes no further. Findings are no
/// failure.
/// Errors: those of find_grounds, and `not_found` (the template).
result<checked_request>
check_request(const view& seen, const draft_request& x,
              const catalog_policy_set* other = nullptr);

} // namespace signalbox
