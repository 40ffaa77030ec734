#include "policy/list_checks.hpp"

#include <algorithm>
#include <set>

#include "policy/command_lines.hpp"
#include "policy/packages.hpp"
#include "policy/version_order.hpp"

namespace signalbox {

namespace {

using std::string_view;

bool lists(const package_list& list, const payload_facts::package& x) {
  return (x.python ? list.python : list.npm).matches(x.name);
}

/// Denied is a program whatever its folder and ending are.
bool denies(const glob_list& list, string_view command) {
  auto first = command.substr(0, command.find_first_of(" \t"));
  return list.matches(command) || list.matches(program_name(command)) ||
         list.matches(program_name(first));
}

/// A folder before the name would make it another program.
bool allows(const glob_list& list, string_view command) {
  return list.matches(command);
}

bool is_bare(string_view command) {
  return command.find_first_of("/\\") == string_view::npos;
}

bool denies(const glob_list& list, const payload_facts::host& x) {
  return x.kind == host_kind::odd || list.matches(x.name);
}

bool allows(const glob_list& list, const payload_facts::host& x) {
  return x.kind == host_kind::plain && list.matches(x.name);
}

std::string name_of(const json_nodes& nodes, std::size_t server) {
  return nodes.is_member(server) ? std::string{nodes[server].key}
                                 : std::to_string(nodes[server].index);
}

std::set<std::size_t> denied(const server_action& rule,
                             const payload_facts& x) {
  std::set<std::size_t> out;
  for (auto i : x.servers)
    if (rule.names.matches(name_of(x.nodes, i)))
      out.insert(i);
  for (auto& one : x.commands)
    if (denies(rule.commands, one.text))
      out.insert(one.server);
  for (auto& one : x.packages)
    if (lists(rule.packages, one))
      out.insert(one.server);
  for (auto& one : x.hosts)
    if (!rule.hosts.empty() && denies(rule.hosts, one))
      out.insert(one.server);
  return out;
}

/// A program is known by its name, or one that fetches by what it fetches.
bool is_known(const server_action& rule, const payload_facts& x,
              const payload_facts::command& one) {
  if (allows(rule.commands, one.text))
    return true;
  return is_bare(one.text) && !one.packages.empty() &&
         std::all_of(one.packages.begin(), one.packages.end(), [&](auto i) {
           return lists(rule.packages, x.packages[i]);
         });
}

std::set<std::size_t> not_allowed(const server_action& rule,
                                  const payload_facts& x) {
  std::set<std::size_t> known;
  std::set<std::size_t> strange;
  for (auto& one : x.commands)
    (is_known(rule, x, one) ? known : strange).insert(one.server);
  for (auto& one : x.hosts)
    if (one.called)
      (allows(rule.hosts, one) ? known : strange).insert(one.server);
  std::set<std::size_t> out;
  for (auto i : x.servers)
    if (!rule.names.matches(name_of(x.nodes, i)) &&
        (strange.contains(i) || !known.contains(i)))
      out.insert(i);
  return out;
}

template <class Uses, class Object>
std::vector<hit> places_of(const payload_facts& x, const Uses& uses,
                           Object objects) {
  std::vector<hit> out;
  for (auto& one : uses)
    if (objects(one))
      out.push_back({x.nodes.pointer(one.at)});
  return out;
}

bool names_package(const package_pin& pin, const payload_facts::package& x) {
  return x.name ==
         (x.python ? python_name(pin.package) : lower_case(pin.package));
}

bool meets(const package_pin& pin, const payload_facts::package& x) {
  if (pin.exactly)
    return x.version == pin.version;
  auto order = compare_versions(x.version, pin.version);
  return order && *order >= 0;
}

using tokens = std::vector<std::string>;

/// Walks down a place and notes where the way ends too early.
void require(const json::value& at, const tokens& way, std::size_t next,
             const std::string& pointer, std::vector<hit>& out) {
  if (next == way.size())
    return;
  if (way[next] != "*") {
    auto here = append_pointer(pointer, way[next]);
    boost::system::error_code none;
    auto* child = at.is_structured()
                      ? at.find_pointer(append_pointer("", way[next]), none)
                      : nullptr;
    if (child == nullptr)
      out.push_back({here});
    else
      require(*child, way, next + 1, here, out);
  } else if (auto* object = at.if_object()) {
    for (auto& member : *object)
      require(member.value(), way, next + 1,
              append_pointer(pointer, member.key()), out);
  } else if (auto* array = at.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      require((*array)[i], way, next + 1,
              append_pointer(pointer, std::to_string(i)), out);
  }
}

} // namespace

std::vector<std::size_t> find_servers(const server_action& rule,
                                      const payload_facts& x) {
  auto found =
      rule.kind == list_kind::deny ? denied(rule, x) : not_allowed(rule, x);
  found.erase(json_nodes::none);
  return {found.begin(), found.end()};
}

std::vector<std::size_t> find_values(const value_action& rule,
                                     const json_nodes& payload) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < payload.size(); ++i)
    if (payload.is_text(i) && matches_any(rule.at, payload, i) &&
        rule.list.matches(payload.text(i)) == (rule.kind == list_kind::deny))
      out.push_back(i);
  return out;
}

std::vector<hit> find_commands(const command_action& rule,
                               const payload_facts& x) {
  return places_of(x, x.commands, [&](auto& one) {
    return rule.kind == list_kind::deny ? denies(rule.list, one.text)
                                        : !allows(rule.list, one.text);
  });
}

std::vector<hit> find_hosts(const host_action& rule, const payload_facts& x) {
  return places_of(x, x.hosts, [&](auto& one) {
    return rule.kind == list_kind::deny ? denies(rule.list, one)
                                        : !allows(rule.list, one);
  });
}

std::vector<hit> find_packages(const package_action& rule,
                               const payload_facts& x) {
  return places_of(x, x.packages, [&](auto& one) {
    return lists(rule.list, one) == (rule.kind == list_kind::deny);
  });
}

std::vector<hit> find_unmet_pins(const pin_action& rule,
                                 const payload_facts& x) {
  std::vector<hit> out;
  for (auto& one : x.packages)
    for (auto& pin : rule.pins)
      if (names_package(pin, one) && !meets(pin, one))
        out.push_back({x.nodes.pointer(one.at),
                       (pin.exactly ? "exactly " : "at least ") + pin.version});
  return out;
}

std::vector<hit> find_missing(const require_action& rule,
                              const json::value& payload) {
  std::vector<hit> out;
  for (auto& x : rule.at)
    require(payload, x.tokens(), 0, "", out);
  return out;
}

} // namespace signalbox
