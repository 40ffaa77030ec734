#include "policy/payload_facts.hpp"

#include <algorithm>
#include <optional>

#include "policy/command_lines.hpp"
#include "policy/packages.hpp"

namespace signalbox {

namespace {

using std::string_view;

/// The places of the servers themselves.
places server_places(const family& client) {
  places out;
  for (auto* xs : {&client.strings.commands, &client.strings.urls})
    for (auto& x : *xs)
      if (auto server = x.to_first_wildcard())
        out.push_back(std::move(*server));
  return out;
}

std::vector<std::size_t> find_servers(const family& client,
                                      const json_nodes& nodes) {
  const auto wanted = server_places(client);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (matches_any(wanted, nodes, i))
      out.push_back(i);
  return out;
}

/// The server that a node lies in: its ancestor-or-self among the servers,
/// which are in order.
std::size_t server_of(const payload_facts& x, std::size_t i) {
  for (; i != json_nodes::none; i = x.nodes[i].parent)
    if (std::binary_search(x.servers.begin(), x.servers.end(), i))
      return i;
  return json_nodes::none;
}

void add_line(payload_facts& out, const command_line& line) {
  auto server = server_of(out, line.words[0].at);
  payload_facts::command one{line.words[0].at, server, line.words[0].text, {}};
  for (auto& x : packages_of(line)) {
    auto name = parse_package(x.text, x.python);
    one.packages.push_back(out.packages.size());
    out.packages.push_back({x.at, server, std::move(name.name),
                            std::move(name.version), x.python});
  }
  if (const auto inner = unwrapped(line)) {
    auto& program = inner->words.front();
    out.commands.push_back({program.at, server, program.text, one.packages});
  }
  out.commands.push_back(std::move(one));
}

/// The host in an argument; one that is but a reference need be no URL.
std::optional<url_host> host_in_word(string_view text) {
  if (text.find("://") == string_view::npos)
    return std::nullopt;
  // It may carry the URL behind its name: --url=http://...
  auto host = find_host(text);
  auto sign = text.find('=');
  return host || sign == string_view::npos ? host
                                           : find_host(text.substr(sign + 1));
}

url_host host_in_url(string_view text) {
  return find_host(text).value_or(url_host{"", host_kind::odd});
}

} // namespace

payload_facts::payload_facts(const family& client, const json_nodes& all)
    : nodes{all}, servers{find_servers(client, all)} {
  for (auto& line : command_lines(client, nodes))
    add_line(*this, line);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes.is_text(i))
      continue;
    bool is_url = matches_any(client.strings.urls, nodes, i);
    if (!is_url && !matches_any(client.strings.arguments, nodes, i))
      continue;
    auto found = is_url ? std::optional{host_in_url(nodes.text(i))}
                        : host_in_word(nodes.text(i));
    if (found)
      hosts.push_back({i, server_of(*this, i), std::move(found->name),
                       found->kind, is_url});
  }
}

} // namespace signalbox
