#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/artifact.hpp"
#include "events/json.hpp"
#include "policy/family.hpp"
#include "policy/finding.hpp"
#include "policy/policy_set.hpp"
#include "policy/schema_validator.hpp"

namespace signalbox {

/// What is known of a draft after its check. If the findings have an error,
/// nothing of it may be released.
struct checked_draft {
  json::value payload; ///< as policy changed it; null if the text is no JSON
  std::string canonical_payload;         ///< RFC 8785; empty likewise
  std::optional<rendered_file> rendered; ///< none for JSON, or after an error
  std::vector<std::string> inputs;       ///< sorted names (FR-5)
  std::vector<finding> findings;
};

/// Checks a draft in a fixed order: strict JSON (rule `json`), changes by
/// policy (the set's rules of severity `changed`, FR-7), schema (rules
/// `schema-ref` and `schema`, FR-6), inputs (`input`), policy (the set's other
/// rules), client's file (`render`). All that follows the changes looks at the
/// changed payload, so that what policy made of it must fit the schema too. A
/// draft that is no JSON goes no further; otherwise all problems are found in
/// one pass. `schema` is the one that `schema_ref` names in the family.
///
/// Pure, and safe to call from any thread. Throws nothing but std::bad_alloc.
checked_draft check_draft(const family& client, const schema_validator& schema,
                          std::string_view schema_ref, const policy_set& policy,
                          std::string_view draft_text,
                          const policy_target& where = {});

/// What a caller learns of a draft (FR-8).
struct validation_report {
  std::string client_id;
  std::string profile;
  std::string schema_ref;
  std::string policy_set_id;
  std::string policy_version;
  std::vector<finding> findings;
};

/// {rule, pointer, severity, message}, for a change with `action`.
json::object to_json(const finding& x);

/// {valid, client_id, profile, schema_ref, policy_set_id, policy_version,
/// errors, warnings, changes}, lists of findings. Holds no value of the draft.
json::value to_json(const validation_report& x);

} // namespace signalbox
