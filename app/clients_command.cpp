#include "app/commands.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

exit_code run_clients(const invocation& x) {
  command_options options{"clients", "[CLIENT]",
                          "Lists the client families, or shows one with its "
                          "notes."};
  options.allow("CLIENT");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  const auto one = options.maybe("CLIENT");
  auto answer = client->get(one ? path_of({"clients", *one}) : "clients");
  if (!answer)
    return report(x, answer.error());
  if (options.has("json"))
    return print_body(x, *answer);
  auto document = json_of(*answer);
  if (!document)
    return report(x, document.error());
  if (one) {
    x.out << to_pretty(*document);
    return exit_code::ok;
  }
  table rows{{"CLIENT", "NAME", "SCHEMAS", "PROFILES", "FORMAT"}};
  for (auto& family : elements(*document))
    rows.add({text_at(family, "client_id"), text_at(family, "name"),
              join(family, "schemas", "schema_ref"), join(family, "profiles"),
              text_at(family, "media_type")});
  rows.print(x.out);
  return exit_code::ok;
}

} // namespace signalbox
