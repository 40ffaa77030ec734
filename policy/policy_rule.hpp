#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "events/json.hpp"
#include "policy/finding.hpp"
#include "policy/glob.hpp"
#include "policy/place.hpp"

namespace signalbox {

/// The built-in checks (`checks.hpp`) that a rule may name.
enum class policy_check {
  literal_secret,
  hidden_unicode,
  reserved_key,
  tls_verification_off,
  code_injection_environment,
  pipe_to_shell,
  unpinned_package,
  plain_http,
  server_name,
};

std::string_view to_string(policy_check x);
std::optional<policy_check> policy_check_from_string(std::string_view text);

/// Whether a list names what is permitted, or what is not.
enum class list_kind { allow, deny };

/// Names of packages: of npm, and of PyPI, which reads `_` and `.` as `-`.
struct package_list {
  glob_list npm, python;
};

/// Servers by name, or by what they are. Denied is a server that any list
/// matches. Allowed is one whose name matches, or of which everything does that
/// it runs or calls: each command by `commands` or by the packages that it
/// fetches, each URL by `hosts`.
struct server_action {
  list_kind kind;
  glob_list names, commands, hosts;
  package_list packages;
  /// Where a server that is taken out is named elsewhere: strings and keys.
  places references;
};

/// The program of each command line: by its name, or with its folder if the
/// entry has a slash. An allowed name without a slash stands for no path.
struct command_action {
  list_kind kind;
  glob_list list;
};

/// The host of each URL, in arguments too. What clients may read in different
/// ways is on no allow list and on every deny list; a host that an input fills
/// in is on no list.
struct host_action {
  list_kind kind;
  glob_list list;
};

struct package_action {
  list_kind kind;
  package_list list;
};

/// Strings at places, such as the names of tools in a list of them.
struct value_action {
  list_kind kind;
  places at;
  glob_list list;
};

/// One package whose version is given: exactly, or at least.
struct package_pin {
  std::string package;
  std::string version;
  bool exactly = true;
};

struct pin_action {
  std::vector<package_pin> pins;
};

/// Members and elements that must be there.
struct require_action {
  places at;
};

/// What is taken out: members by their key wherever they are, and places. The
/// list is not called keys, for the secret rules look at what is called so.
struct redact_action {
  glob_list names;
  places at;
};

struct default_value {
  place at;
  json::value value;
};

/// What is set where it is absent. Objects on the way are made, but for what a
/// `*` stands for.
struct default_action {
  std::vector<default_value> values;
};

using policy_action =
    std::variant<policy_check, server_action, command_action, host_action,
                 package_action, value_action, pin_action, require_action,
                 redact_action, default_action>;

/// For whom a rule is; what is not given is not looked at.
struct rule_selector {
  std::optional<glob_list> clients, profiles;
  std::optional<glob_list> environments; ///< one tag of the profile's suffices
};

/// Where in its family a payload is to go, as selectors see it.
struct policy_target {
  std::string profile;
  std::vector<std::string> environment;
};

bool selects(const rule_selector& rule, std::string_view client_id,
             const policy_target& x);

struct policy_rule {
  std::string id;
  rule_selector select;
  policy_action action;
  severity level; ///< `changed`: it changes the payload and refuses nothing
  std::string message; ///< fixed text, without any value

  bool changes() const { return level == severity::changed; }
};

} // namespace signalbox
