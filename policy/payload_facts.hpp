#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policy/family.hpp"
#include "policy/json_nodes.hpp"
#include "policy/url_host.hpp"

namespace signalbox {

/// What a payload starts, fetches and calls, and for which server: what rules
/// about servers, commands, packages and hosts look at. The nodes must outlive
/// it.
struct payload_facts {
  struct command {
    std::size_t at;
    std::size_t server; ///< node; json_nodes::none if in none
    std::string_view text;
    std::vector<std::size_t> packages; ///< that it fetches, into `packages`
  };
  struct package {
    std::size_t at;
    std::size_t server;
    std::string name;
    std::string version;
    bool python = false;
  };
  struct host {
    std::size_t at;
    std::size_t server;
    std::string name;
    host_kind kind = host_kind::plain;
    bool called = false; ///< by the client itself; else it is an argument
  };

  payload_facts(const family& client, const json_nodes& nodes);

  const json_nodes& nodes;
  std::vector<std::size_t> servers; ///< nodes, in the document's order
  std::vector<command> commands;    ///< `cmd /c x` and `env x` give two each
  std::vector<package> packages;
  std::vector<host> hosts;
};

} // namespace signalbox
