#include "app/commands.hpp"

#include <boost/json/array.hpp>

#include "app/client_options.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

exit_code run_profiles(const invocation& x) {
  command_options options{"profiles", "CLIENT",
                          "Lists the profiles of a client."};
  options.need("CLIENT");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto answer =
      client->get(path_of({"clients", options.text("CLIENT"), "profiles"}));
  if (!answer)
    return report(x, answer.error());
  if (options.has("json"))
    return print_body(x, *answer);
  auto document = json_of(*answer);
  if (!document)
    return report(x, document.error());
  table rows{{"PROFILE"}};
  for (auto& name : elements(*document))
    if (auto* text = name.if_string())
      rows.add({std::string{*text}});
  rows.print(x.out);
  return exit_code::ok;
}

} // namespace signalbox
