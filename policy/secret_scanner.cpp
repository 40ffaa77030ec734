#include "policy/secret_scanner.hpp"

#include <algorithm>
#include <optional>

#include "policy/credentials.hpp"
#include "policy/hidden_unicode.hpp"
#include "policy/inputs.hpp"
#include "policy/opaque.hpp"
#include "policy/plain_form.hpp"
#include "policy/references.hpp"
#include "policy/secret_shapes.hpp"
#include "policy/sensitive_name.hpp"

namespace signalbox {

namespace {

using std::string_view;
using kind = std::optional<string_view>;

finding report(string_view what, const std::string& pointer) {
  return {"secret/" + std::string{what}, without_secrets(pointer),
          severity::error,
          "Looks like a secret (" + std::string{what} +
              "): refer to an input by name instead"};
}

kind find_undisguised(string_view text) {
  if (auto found = find_secret_shape(text))
    return found;
  if (has_opaque_run(text))
    return "random-text";
  return std::nullopt;
}

/// What the text gives away by itself. Looks at the raw text, since a secret
/// may pose as the name of a reference.
kind find_plain(string_view text) {
  if (auto found = find_undisguised(text))
    return found;
  if (auto plain = plain_form(text))
    return find_undisguised(*plain);
  return std::nullopt;
}

kind find_in_blanked(string_view blanked) {
  for (auto* find :
       {find_userinfo, find_authorization, find_assignment, find_statement})
    if (auto found = find(blanked))
      return found;
  return std::nullopt;
}

/// What its surroundings give away.
kind find_in_context(string_view text, string_view blanked) {
  if (auto found = find_in_blanked(blanked))
    return found;
  if (auto plain = plain_form(text))
    return find_in_blanked(blank_references(*plain));
  return std::nullopt;
}

bool names_secret(string_view key) {
  if (is_sensitive_name(key))
    return true;
  const auto plain = plain_form(key);
  return plain && is_sensitive_name(*plain);
}

/// The sensitive name that the place gives a string, if it does: its own key,
/// the key of its array, or the flag before it in an array.
kind name_of(const json_nodes& nodes, std::size_t i) {
  auto& at = nodes[i];
  if (nodes.is_member(i))
    return names_secret(at.key) ? kind{at.key} : std::nullopt;
  if (at.parent == json_nodes::none)
    return std::nullopt;
  if (nodes.is_member(at.parent) && names_secret(nodes[at.parent].key))
    return nodes[at.parent].key;
  // An element's elder sibling stands right before it if it is a string.
  if (at.index > 0 && nodes[i - 1].parent == at.parent)
    return flag_of_secret(nodes.text(i - 1));
  return std::nullopt;
}

/// A `password` input with a default would be a secret in the file.
bool is_default_of_password(const json_nodes& nodes, std::size_t i) {
  if (!nodes.is_member(i) || nodes[i].key != "default")
    return false;
  auto& siblings = nodes[nodes[i].parent].value->get_object();
  auto* hidden = siblings.if_contains("password");
  return hidden && hidden->is_bool() && hidden->get_bool() &&
         !nodes.text(i).empty();
}

kind find_in_string(const json_nodes& nodes, std::size_t i,
                    const input_rules& inputs) {
  auto text = nodes.text(i);
  if (auto found = find_plain(text))
    return found;
  if (inputs.names_input(nodes, i))
    return std::nullopt;
  auto blanked = blank_references(text);
  if (auto found = find_in_context(text, blanked))
    return found;
  if (is_default_of_password(nodes, i))
    return "password-default";
  bool element = nodes[i].index != json_nodes::none;
  if (element && nodes[i].parent != json_nodes::none)
    if (auto found = find_header(blanked))
      return found;
  auto name = name_of(nodes, i);
  // A flag is followed by another flag if it is a switch.
  bool is_flag = element && text.starts_with('-');
  if (name && !is_flag && !is_harmless_value(*name, blanked))
    return "named-secret";
  return std::nullopt;
}

/// U+2028 and U+2029 are but other ends of lines in text for people.
std::string without_line_separators(string_view text) {
  std::string out{text};
  for (auto* x : {"\xe2\x80\xa8", "\xe2\x80\xa9"})
    for (auto i = out.find(x); i != out.npos; i = out.find(x, i))
      out.erase(i, 3);
  return out;
}

std::string unescaped(string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    bool escape = token[i] == '~' && i + 1 < token.size();
    out += !escape ? token[i] : token[++i] == '1' ? '/' : '~';
  }
  return out;
}

} // namespace

std::vector<finding> scan_secrets(const json_nodes& payload,
                                  const input_rules& inputs) {
  std::vector<finding> out;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    if (payload.is_member(i))
      if (auto found = find_plain(payload[i].key))
        out.push_back(report(*found, payload.pointer(payload[i].parent)));
    if (payload.is_text(i))
      if (auto found = find_in_string(payload, i, inputs))
        out.push_back(report(*found, payload.pointer(i)));
  }
  return out;
}

std::vector<finding> scan_text(string_view text, string_view pointer) {
  std::vector<finding> out;
  const auto blanked = blank_references(text);
  auto found = find_plain(text);
  if (!found)
    found = find_in_context(text, blanked);
  if (found)
    out.push_back(report(*found, std::string{pointer}));
  if (has_hidden_unicode(without_line_separators(text)))
    out.push_back({"hidden-unicode", std::string{pointer}, severity::error,
                   "Has characters that a reader does not see, or that change "
                   "how a terminal shows it: remove them"});
  if (has_email_address(text))
    out.push_back({"email", std::string{pointer}, severity::error,
                   "Holds an e-mail address: name a team or a ticket instead"});
  return out;
}

std::string without_secrets(string_view pointer) {
  std::size_t at = 0;
  while (at < pointer.size()) {
    auto end = std::min(pointer.find('/', at + 1), pointer.size());
    if (find_plain(unescaped(pointer.substr(at + 1, end - at - 1))))
      return std::string{pointer.substr(0, at)};
    at = end;
  }
  return std::string{pointer};
}

} // namespace signalbox
