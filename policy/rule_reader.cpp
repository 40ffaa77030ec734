#include "policy/rule_reader.hpp"

#include <algorithm>
#include <array>

#include "policy/defaults.hpp"
#include "policy/names.hpp"
#include "policy/packages.hpp"
#include "policy/version_order.hpp"

namespace signalbox {

namespace {

using std::string_view;

/// Rules of the engine itself, which a report must not mix up with a set's.
constexpr std::array<string_view, 8> reserved_ids{
    "json",   "schema-ref", "schema", "input",
    "render", "changelog",  "secret", "email"};

std::vector<std::string> read_entries(json_reader& in, string_view key) {
  auto out = in.texts(key);
  if (out.empty() || out.size() > policy_defaults::max_entries)
    in.refuse(key, "must have 1 to " +
                       std::to_string(policy_defaults::max_entries) +
                       " entries");
  return out;
}

glob_list read_globs(json_reader& in, string_view key, letter_case letters) {
  auto out = glob_list::parse(read_entries(in, key), letters);
  if (out)
    return std::move(*out);
  in.refuse(key, out.error().message);
  return {};
}

glob_list optional_globs(json_reader& in, string_view key,
                         letter_case letters) {
  return in.has(key) ? read_globs(in, key, letters) : glob_list{};
}

package_list read_packages(json_reader& in, string_view key) {
  package_list out{read_globs(in, key, letter_case::ignored), {}};
  auto entries = read_entries(in, key);
  for (auto& x : entries)
    x = python_name(x);
  if (auto python = glob_list::parse(entries, letter_case::ignored))
    out.python = std::move(*python);
  return out;
}

places read_places(json_reader& in, string_view key) {
  places out;
  for (auto& text : read_entries(in, key)) {
    auto one = place::parse(text);
    if (!one)
      in.refuse(key, one.error().message);
    else if (one->size() == 0 || one->size() > policy_defaults::max_place)
      in.refuse(key, "a place must have 1 to " +
                         std::to_string(policy_defaults::max_place) +
                         " tokens");
    else
      out.push_back(std::move(*one));
  }
  return out;
}

/// Denied names are found whatever their case is; allowed ones are meant as
/// they stand.
letter_case letters_of(list_kind kind) {
  return kind == list_kind::deny ? letter_case::ignored : letter_case::matters;
}

void refuse_without(json_reader& in, string_view action,
                    std::initializer_list<string_view> keys) {
  std::string names;
  for (auto key : keys) {
    if (in.has(key))
      return;
    names += (names.empty() ? "" : ", ") + std::string{key};
  }
  in.refuse("action", std::string{action} + " needs one of " + names);
}

policy_action read_servers(json_reader& in, list_kind kind) {
  in.only({"id", "select", "action", "severity", "message", "names", "commands",
           "hosts", "packages", "references"});
  refuse_without(in, "a rule about servers",
                 {"names", "commands", "hosts", "packages"});
  server_action out{kind,
                    optional_globs(in, "names", letters_of(kind)),
                    optional_globs(in, "commands", letters_of(kind)),
                    optional_globs(in, "hosts", letter_case::ignored),
                    {},
                    {}};
  if (in.has("packages"))
    out.packages = read_packages(in, "packages");
  if (in.has("references"))
    out.references = read_places(in, "references");
  return out;
}

template <class Action>
policy_action read_list(json_reader& in, list_kind kind, letter_case letters) {
  in.only({"id", "select", "action", "severity", "message", "list"});
  return Action{kind, read_globs(in, "list", letters)};
}

policy_action read_package_list(json_reader& in, list_kind kind) {
  in.only({"id", "select", "action", "severity", "message", "list"});
  return package_action{kind, read_packages(in, "list")};
}

policy_action read_values(json_reader& in, list_kind kind) {
  in.only(
      {"id", "select", "action", "severity", "message", "pointers", "list"});
  return value_action{kind, read_places(in, "pointers"),
                      read_globs(in, "list", letters_of(kind))};
}

const json::array* read_objects(json_reader& in, string_view key) {
  auto* out = in.list(key);
  if (out && (out->empty() || out->size() > policy_defaults::max_entries))
    in.refuse(key, "must have 1 to " +
                       std::to_string(policy_defaults::max_entries) +
                       " entries");
  return out;
}

package_pin read_pin(json_reader& in) {
  in.only({"package", "version", "at_least"});
  package_pin out{in.text("package"), {}, in.has("version")};
  const string_view key = out.exactly ? "version" : "at_least";
  if (in.has("version") && in.has("at_least"))
    in.refuse("at_least", "cannot stand beside version");
  out.version = in.text(key);
  if (out.package.find('*') != std::string::npos ||
      out.package.size() > policy_defaults::max_glob)
    in.refuse("package", "must be the name of one package");
  if (!out.exactly && !compare_versions(out.version, out.version))
    in.refuse(key, "must be numbers with dots, such as 1.2.0");
  return out;
}

policy_action read_pins(json_reader& in) {
  in.only({"id", "select", "action", "severity", "message", "pins"});
  pin_action out;
  auto* xs = read_objects(in, "pins");
  for (std::size_t i = 0; xs && i < xs->size(); ++i) {
    json_reader one{in, (*xs)[i],
                    append_pointer(in.at("pins"), std::to_string(i))};
    out.pins.push_back(read_pin(one));
  }
  return out;
}

policy_action read_redaction(json_reader& in) {
  in.only(
      {"id", "select", "action", "severity", "message", "names", "pointers"});
  refuse_without(in, "redact-keys", {"names", "pointers"});
  redact_action out{optional_globs(in, "names", letter_case::ignored), {}};
  if (in.has("pointers"))
    out.at = read_places(in, "pointers");
  return out;
}

default_value read_default(json_reader& in) {
  in.only({"pointer", "value"});
  default_value out;
  auto at = place::parse(in.text("pointer"));
  if (!at)
    in.refuse("pointer", at.error().message);
  else if (at->size() == 0 || at->size() > policy_defaults::max_place ||
           at->tokens().back() == "*")
    in.refuse("pointer", "must end in the name of a member");
  else
    out.at = std::move(*at);
  if (auto* value = in.value("value"))
    out.value = *value;
  return out;
}

policy_action read_defaults(json_reader& in) {
  in.only({"id", "select", "action", "severity", "message", "values"});
  default_action out;
  auto* xs = read_objects(in, "values");
  for (std::size_t i = 0; xs && i < xs->size(); ++i) {
    json_reader one{in, (*xs)[i],
                    append_pointer(in.at("values"), std::to_string(i))};
    out.values.push_back(read_default(one));
  }
  return out;
}

policy_action read_required(json_reader& in) {
  in.only({"id", "select", "action", "severity", "message", "pointers"});
  return require_action{read_places(in, "pointers")};
}

policy_action read_check(json_reader& in) {
  in.only({"id", "select", "check", "severity", "message"});
  if (auto check = policy_check_from_string(in.text("check")))
    return *check;
  in.refuse("check", "is not a known check");
  return policy_check::literal_secret;
}

/// The lists, by what they are about.
std::optional<policy_action> read_listed(json_reader& in, list_kind kind,
                                         string_view about) {
  if (about == "servers")
    return read_servers(in, kind);
  if (about == "commands")
    return read_list<command_action>(in, kind, letters_of(kind));
  if (about == "hosts")
    return read_list<host_action>(in, kind, letter_case::ignored);
  if (about == "packages")
    return read_package_list(in, kind);
  if (about == "values")
    return read_values(in, kind);
  return std::nullopt;
}

std::optional<policy_action> read_named(json_reader& in, string_view name) {
  if (name.starts_with("allow-"))
    return read_listed(in, list_kind::allow, name.substr(6));
  if (name.starts_with("deny-"))
    return read_listed(in, list_kind::deny, name.substr(5));
  if (name == "pin-packages")
    return read_pins(in);
  if (name == "require-fields")
    return read_required(in);
  if (name == "redact-keys")
    return read_redaction(in);
  if (name == "set-defaults")
    return read_defaults(in);
  return std::nullopt;
}

policy_action read_action(json_reader& in) {
  if (!in.has("action"))
    return read_check(in);
  if (auto out = read_named(in, in.text("action")))
    return std::move(*out);
  in.refuse("action",
            "is not known: allow- or deny- servers, commands, hosts, packages "
            "or values, pin-packages, require-fields, redact-keys or "
            "set-defaults");
  return policy_check::literal_secret;
}

rule_selector read_selector(json_reader& root) {
  rule_selector out;
  auto* x = root.has("select") ? root.object("select") : nullptr;
  if (!x)
    return out;
  json_reader in{root, *x, root.at("select")};
  for (auto key : {"claims", "time", "window"})
    if (in.has(key))
      in.refuse(key, "is not supported yet: a rule cannot look at who asks or "
                     "when, only at clients, profiles and environments");
  in.only({"clients", "profiles", "environments"});
  auto read = [&](string_view key) -> std::optional<glob_list> {
    if (!in.has(key))
      return std::nullopt;
    return read_globs(in, key, letter_case::matters);
  };
  out.clients = read("clients");
  out.profiles = read("profiles");
  out.environments = read("environments");
  return out;
}

/// What a rule may do: redaction and defaults always change, rules about
/// servers and values may, all others never do.
struct may_change {
  bool object, change;
};

may_change possible(const policy_action& x) {
  if (std::holds_alternative<redact_action>(x) ||
      std::holds_alternative<default_action>(x))
    return {false, true};
  return {true, std::holds_alternative<server_action>(x) ||
                    std::holds_alternative<value_action>(x)};
}

severity read_severity(json_reader& in, const policy_action& action) {
  auto text = in.text("severity");
  auto [object, change] = possible(action);
  for (auto x : {severity::error, severity::warning})
    if (object && text == to_string(x))
      return x;
  if (change && text == to_string(severity::changed))
    return severity::changed;
  in.refuse("severity", !object  ? "must be changed"
                        : change ? "must be error, warning or changed"
                                 : "must be error or warning");
  return severity::error;
}

} // namespace

policy_rule read_rule(json_reader& in) {
  policy_rule out;
  out.id = in.text("id");
  if (!is_name(out.id))
    in.refuse("id", "must be 1 to 63 lower-case letters, digits and hyphens");
  if (std::find(reserved_ids.begin(), reserved_ids.end(), out.id) !=
      reserved_ids.end())
    in.refuse("id", "is a rule of the engine: choose another");
  out.action = read_action(in);
  out.select = read_selector(in);
  out.level = read_severity(in, out.action);
  out.message = in.text("message");
  if (out.message.size() > policy_defaults::max_message)
    in.refuse("message", "is longer than " +
                             std::to_string(policy_defaults::max_message) +
                             " bytes");
  return out;
}

} // namespace signalbox
