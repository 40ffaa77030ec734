#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/deprecation_text.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

namespace {

void list_families(std::ostream& out, const json::value& families) {
  table rows{{"CLIENT", "NAME", "SCHEMAS", "PROFILES", "FORMAT"}};
  for (auto& family : elements(families))
    rows.add({text_at(family, "client_id"), text_at(family, "name"),
              schemas_text(family), join(family, "profiles"),
              text_at(family, "media_type")});
  rows.print(out);
}

} // namespace

exit_code run_clients(const invocation& x) {
  command_options options{"clients", "[CLIENT]",
                          "Lists the client families, or shows one with its "
                          "notes."};
  options.allow("CLIENT");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  const auto one = options.maybe("CLIENT");
  const auto path = one ? path_of({"clients", *one}) : "clients";
  return ask_server(
      x, options, [&](const api_client& server) { return server.get(path); },
      [&](const json::value& document, const api_answer&) {
        if (one)
          x.out << to_pretty(document);
        else
          list_families(x.out, document);
      });
}

} // namespace signalbox
