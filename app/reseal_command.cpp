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
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  json::object body;
  if (options.has("major"))
    body["major"] = options.get<std::uint32_t>("major");
  auto answer =
      client->post(path_of({"clients", options.text("CLIENT"), "profiles",
                            options.text("PROFILE"), "reseal"}),
                   body);
  if (!answer)
    return report(x, answer.error());
  if (options.has("json"))
    return print_body(x, *answer);
  auto document = json_of(*answer);
  if (!document)
    return report(x, document.error());
  x.out << text_at(*document, "client_id") << '/'
        << text_at(*document, "profile") << " major "
        << text_at(*document, "major") << " is sealed with "
        << text_at(*document, "key_id") << '\n';
  return exit_code::ok;
}

} // namespace signalbox
