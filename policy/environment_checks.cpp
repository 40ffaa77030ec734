#include <algorithm>
#include <array>

#include "policy/checks.hpp"
#include "policy/references.hpp"

namespace signalbox {

namespace {

using std::string_view;

std::string upper(string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return out;
}

/// What a variable is set to switches the check off.
bool is_off(string_view value) {
  auto text = upper(value);
  return text == "0" || text == "FALSE" || text == "NO" || text == "OFF";
}

bool is_on(string_view value) {
  return !value.empty() && !is_off(value) && value.front() != reference_mark &&
         value.front() != '$';
}

bool switches_tls_off(const std::string& name, string_view value) {
  if (name == "NODE_TLS_REJECT_UNAUTHORIZED" || name == "PYTHONHTTPSVERIFY" ||
      name == "NPM_CONFIG_STRICT_SSL")
    return is_off(value);
  if (name == "GIT_SSL_NO_VERIFY" || name == "UV_INSECURE_HOST" ||
      name == "PIP_TRUSTED_HOST")
    return is_on(value);
  return false;
}

constexpr std::array<string_view, 24> loading{
    "LD_PRELOAD",        "LD_AUDIT",      "LD_LIBRARY_PATH",
    "NODE_OPTIONS",      "NODE_PATH",     "PYTHONPATH",
    "PYTHONSTARTUP",     "PYTHONHOME",    "PYTHONINSPECT",
    "BASH_ENV",          "ZDOTDIR",       "PATH",
    "PATHEXT",           "COMSPEC",       "GIT_SSH",
    "GIT_SSH_COMMAND",   "GIT_EXEC_PATH", "PERL5LIB",
    "PERL5OPT",          "RUBYLIB",       "RUBYOPT",
    "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"};

bool loads_code(const std::string& name, string_view) {
  return name.starts_with("DYLD_") ||
         std::find(loading.begin(), loading.end(), name) != loading.end();
}

/// Calls f(name, value) for every NAME=value that stands as a word.
template <class Function>
bool any_assignment(string_view text, Function f) {
  constexpr string_view blanks = " \t\r\n;&|\"'";
  while (!text.empty()) {
    auto end = std::min(text.find_first_of(blanks), text.size());
    auto word = text.substr(0, end);
    auto sign = word.find('=');
    if (sign != string_view::npos && sign > 0) {
      // An option may carry the assignment: --env=NAME=value.
      auto name = word.substr(0, sign);
      auto value = word.substr(sign + 1);
      auto second = value.find('=');
      if (name.front() == '-' && second != string_view::npos) {
        name = value.substr(0, second);
        value = value.substr(second + 1);
      }
      if (f(upper(name), value))
        return true;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

template <class Function>
std::vector<hit> find_variables(const family& client, const json_nodes& payload,
                                Function f) {
  std::vector<hit> out;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    auto text = payload.text(i);
    bool found = false;
    if (payload.is_member(i) &&
        matches_any(client.strings.environment, payload, i))
      found = f(upper(payload[i].key), text);
    else if (matches_any(client.strings.arguments, payload, i) ||
             matches_any(client.strings.commands, payload, i))
      found = any_assignment(text, f);
    if (found)
      out.push_back({payload.pointer(i)});
  }
  return out;
}

} // namespace

std::vector<hit> find_tls_verification_off(const family& client,
                                           const json_nodes& payload) {
  return find_variables(client, payload, switches_tls_off);
}

std::vector<hit> find_code_injection(const family& client,
                                     const json_nodes& payload) {
  return find_variables(client, payload, loads_code);
}

} // namespace signalbox
