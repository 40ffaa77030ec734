#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/finding.hpp"
#include "policy/json_nodes.hpp"

namespace signalbox {

class input_rules;

/// Literal secrets in a payload, wherever they hide (NFR-5): in environment
/// values, headers, arguments, URLs, any other string, and in keys. Looks for
/// known shapes, for values of sensitive names that are no reference to an
/// input, for credentials in URLs and headers, and for long random text.
///
/// Findings have the rule `secret/<kind>`, come in the document's order, at
/// most one per string, and never hold the value: a secret in a key is
/// reported at the parent. Where `inputs` says that a string names an input,
/// the name may be sensitive. Pure; safe to call from any thread.
std::vector<finding> scan_secrets(const json_nodes& payload,
                                  const input_rules& inputs);

/// The same for text that people write (changelogs, notes, reasons), valid
/// UTF-8: known shapes, credentials, assignments, random text; and e-mail
/// addresses (rule `email`) and characters that nobody sees (`hidden-unicode`).
/// The findings have the given pointer.
std::vector<finding> scan_text(std::string_view text, std::string_view pointer);

/// The pointer cut before the first token that looks like a secret, so that a
/// report cannot repeat one.
std::string without_secrets(std::string_view pointer);

} // namespace signalbox
