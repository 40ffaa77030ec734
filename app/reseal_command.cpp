#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/json_text.hpp"
#include "app/reseal_all.hpp"

namespace signalbox {

namespace po = boost::program_options;

exit_code run_reseal(const invocation& x) {
  command_options options{
      "reseal", "CLIENT [PROFILE]",
      "Signs the current artifact anew with the node's active key, so that the "
      "key that\nsealed it can be revoked. Needs the role operator."};
  options.need("CLIENT");
  options.allow("PROFILE");
  options.add()("major", po::value<std::uint32_t>(),
                "major of the schema; else the profile's default");
  options.add()("all", "what is current in every profile, under every major, "
                       "in place of PROFILE");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  if (options.has("all") == options.has("PROFILE"))
    return options.wrong(x, "name either a PROFILE or --all");
  if (options.has("all") && options.has("major"))
    return options.wrong(x, "--all takes no --major");
  if (options.has("all"))
    return reseal_all(x, options);
  json::object body;
  if (options.has("major"))
    body["major"] = options.get<std::uint32_t>("major");
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.post(profile_path(options, "reseal"), body);
      },
      [&](const json::value& channel, const api_answer&) {
        x.out << line_at(channel, "client_id") << '/'
              << line_at(channel, "profile") << " major "
              << line_at(channel, "major") << " is sealed with "
              << line_at(channel, "key_id") << '\n';
      });
}

} // namespace signalbox
