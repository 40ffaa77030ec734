#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

namespace {

/// `seal active 0123456789ab`: enough of the id to find it in `keys list`.
std::string describe_key(const json::value& key) {
  constexpr std::size_t digits = 12;
  return text_at(key, "role") + ' ' + text_at(key, "status") + ' ' +
         text_at(key, "key_id").substr(0, digits);
}

exit_code list_nodes(const invocation& x) {
  command_options options{
      "nodes list", "",
      "Lists the nodes of the ledger with their keys of the keyset in force."};
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options, [](const api_client& server) { return server.get("nodes"); },
      [&](const json::value& nodes, const api_answer&) {
        table rows{{"NODE", "ACTIVE", "KEYS"}};
        for (auto& node : elements(nodes)) {
          std::string keys;
          for (auto& key : elements(at(node, "keys")))
            keys += (keys.empty() ? "" : ", ") + describe_key(key);
          rows.add(
              {text_at(node, "node_id"),
               at(node, "active") == json::value(true) ? "active" : "removed",
               keys.empty() ? "none" : keys});
        }
        rows.print(x.out);
      });
}

enum class membership : bool { removed, added };

exit_code put_node(const invocation& x, const command_options& options,
                   membership wanted) {
  const auto id = options.text("NODE");
  const bool active = wanted == membership::added;
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.put(path_of({"nodes", id}),
                          json::object{{"active", active}});
      },
      [&](const json::value&, const api_answer&) {
        if (active)
          x.out << id
                << " is a node of the ledger. Unless it has keys, give it "
                   "some:\n  signalbox keys rotate --online --data DIR "
                   "--root ROOT.pem\nwhere DIR is its directory.\n";
        else
          x.out << id
                << " takes no writes any more. Its keys stay active until "
                   "they are retired:\n  signalbox keys retire KEY... "
                   "--online --root ROOT.pem\n";
      });
}

exit_code add_node(const invocation& x) {
  command_options options{
      "nodes add", "NODE",
      "Makes what `signalbox ledger join` has prepared a node of the ledger. "
      "NODE is the id\nthat it printed. Needs the role administrator."};
  options.need("NODE");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return put_node(x, options, membership::added);
}

exit_code remove_node(const invocation& x) {
  command_options options{
      "nodes remove", "NODE",
      "The node takes no writes any more; `nodes add` brings it back. The last "
      "one stays.\nNeeds the role administrator."};
  options.need("NODE");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return put_node(x, options, membership::removed);
}

} // namespace

exit_code run_nodes(const invocation& x) {
  static const command_entry words[] = {
      {"list", "list the nodes", list_nodes},
      {"add", "add a node", add_node},
      {"remove", "take a node out", remove_node},
  };
  return run_subcommand(x, "nodes", words);
}

} // namespace signalbox
