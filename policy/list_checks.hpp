#pragma once

#include <cstddef>
#include <vector>

#include "policy/checks.hpp"
#include "policy/payload_facts.hpp"
#include "policy/policy_rule.hpp"

namespace signalbox {

/// Nodes that a list objects to, in any order. Pure.

std::vector<std::size_t> find_servers(const server_action& rule,
                                      const payload_facts& x);
std::vector<std::size_t> find_values(const value_action& rule,
                                     const json_nodes& payload);

/// The same as places with a word for people, for rules that change nothing.

std::vector<hit> find_commands(const command_action& rule,
                               const payload_facts& x);
std::vector<hit> find_hosts(const host_action& rule, const payload_facts& x);
std::vector<hit> find_packages(const package_action& rule,
                               const payload_facts& x);
std::vector<hit> find_unmet_pins(const pin_action& rule,
                                 const payload_facts& x);
std::vector<hit> find_missing(const require_action& rule,
                              const json::value& payload);

} // namespace signalbox
