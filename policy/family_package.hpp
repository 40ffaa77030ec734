#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/family.hpp"
#include "policy/finding.hpp"
#include "policy/policy_set.hpp"

namespace signalbox {

/// Payloads that show what a schema takes, and what it refuses: those are
/// {why, pointer, payload} with one mistake each.
struct family_samples {
  std::map<std::string, json::value> valid;
  std::map<std::string, json::value> invalid;
};

/// A family as an operator hands it in: what a folder of `schemas/families`
/// holds.
struct family_package {
  json::value descriptor;
  std::map<std::string, json::value> schemas; ///< by the descriptor's `file`
  /// By the version of the schema that they are for; "" is the newest.
  std::map<std::string, family_samples> samples;
};

/// Reads {descriptor, schemas?, samples?}. `samples` holds valid and invalid,
/// and the same under versions of schemas. Errors: `bad_request`.
result<family_package> read_package(const json::object& from);

/// One schema of a package: its canonical text, none if it was left out.
struct packed_schema {
  std::string ref;
  std::string version_range;
  std::string file;
  std::optional<std::string> text;
  bool fresh = true; ///< nobody knows it yet
};

struct checked_package {
  std::optional<family> client;       ///< none if the descriptor is none
  std::string descriptor;             ///< canonical
  std::vector<packed_schema> schemas; ///< in the descriptor's order
  std::size_t valid = 0;              ///< samples that were checked
  std::size_t invalid = 0;
  std::vector<finding> findings;
};

/// The text of a schema that was put before; nullptr if it is new.
using known_schema = std::function<const std::string*(const std::string& ref)>;

/// Checks a package whole (UC-1): descriptor, schemas, that what a schema_ref
/// names stays as it is, and the samples under `rules`: every new schema needs
/// one of each kind; valid ones must pass, invalid ones must be refused at
/// their pointer. Findings point into the request and hold no value of it.
/// Computes for long; pure.
checked_package check_package(const family_package& x,
                              const known_schema& known,
                              const policy_set& rules);

/// {valid, client_id, samples, errors, warnings}, as ValidateDraft reports.
json::object to_report(const checked_package& x);

} // namespace signalbox
