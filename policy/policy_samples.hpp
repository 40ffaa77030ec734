#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/errors.hpp"
#include "events/json.hpp"
#include "policy/finding.hpp"

namespace signalbox {

struct family;
class json_reader;
class schema_validator;
struct policy_set;

/// What a sample's payload must come to: released as it is, refused, or
/// released with changes.
enum class sample_verdict { pass, refuse, change };

std::string_view to_string(sample_verdict x);
std::optional<sample_verdict> sample_verdict_from_string(std::string_view text);

/// A payload that travels with a policy set, and what the set does to it.
struct policy_sample {
  std::string name;
  std::string client_id;
  std::string profile; ///< `default` if the sample names none
  /// Tags; else those that the family's descriptor gives the profile.
  std::optional<std::vector<std::string>> environment;
  std::optional<std::string> schema_ref; ///< else the newest of the default
  json::value payload;
  sample_verdict expected = sample_verdict::pass;
  /// The rules with errors if it is refused, that change it if it is changed,
  /// that warn if it passes; not compared if they are not given.
  std::optional<std::vector<std::string>> rules;
  std::optional<json::value> becomes; ///< the payload afterwards
};

/// Reads the samples of a set: the member `samples` of a document, which may be
/// missing.
std::vector<policy_sample> read_samples(json_reader& root);

/// Parses a document {"samples": [...]} that lies beside a set.
/// Errors: `bad_json`, `too_large`, `bad_request`, each with the pointer.
result<std::vector<policy_sample>> parse_samples(std::string_view text);

/// What a sample is checked under.
struct sample_grounds {
  const family& client;
  const schema_validator& schema;
  std::string schema_ref;
};

/// Finds the family and the schema that a sample names.
using find_sample_grounds =
    std::function<result<sample_grounds>(const policy_sample&)>;

struct sample_result {
  std::string name;
  sample_verdict expected = sample_verdict::pass;
  sample_verdict verdict = sample_verdict::pass;
  std::string problem; ///< empty if all is as expected
  std::vector<finding> findings;
};

/// Checks the samples under a set; never fails, since a sample without a family
/// is one with a problem.
std::vector<sample_result>
run_samples(const policy_set& rules, const std::vector<policy_sample>& samples,
            const find_sample_grounds& grounds);

/// What the findings of a draft come to.
sample_verdict verdict_of(const std::vector<finding>& findings);

/// Whether all is as expected.
bool all_pass(const std::vector<sample_result>& xs);

/// [{name, passed, expected, verdict, problem, findings}], without any value.
json::array to_json(const std::vector<sample_result>& xs);

} // namespace signalbox
