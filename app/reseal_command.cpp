#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/json_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

exit_code run_reseal(const invocation& x) {
  command_options options{
      "reseal", "CLIENT PROFILE",
      "Signs the current artifact anew with the node's active key, so that the "
      "key that\nsealed it can be revoked. Needs the role operator."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.add()("major", po::value<std::uint32_t>(),
                "major of the schema; else the profile's default");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  json::object body;
  if (options.has("major"))
    body["major"] = options.get<std::uint32_t>("major");
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.post(profile_path(options, "reseal"), body);
      },
      [&](const json::value& channel, const api_answer&) {
        x.out << text_at(channel, "client_id") << '/'
              << text_at(channel, "profile") << " major "
              << text_at(channel, "major") << " is sealed with "
              << text_at(channel, "key_id") << '\n';
      });
}

} // namespace signalbox
