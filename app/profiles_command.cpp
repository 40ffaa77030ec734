#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/json_text.hpp"
#include "app/table.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

json::object body_of(const command_options& options) {
  json::array tags;
  for (auto& tag : options.list("tag"))
    tags.emplace_back(tag);
  json::object out{{"environment", std::move(tags)}};
  if (options.has("default-major"))
    out["default_major"] = options.get<std::uint32_t>("default-major");
  if (options.has("policy-set"))
    out["policy_set_id"] = options.text("policy-set");
  return out;
}

exit_code put_profile(const invocation& x) {
  command_options options{
      "profiles put", "CLIENT PROFILE",
      "Makes a profile, or changes one: what is not named stays as it is. "
      "Needs the role\noperator."};
  options.need("CLIENT");
  options.need("PROFILE");
  options.add()("tag", po::value<std::vector<std::string>>()->composing(),
                "tag of the environment, which policy rules select by; may be "
                "repeated; together they replace the former ones")(
      "default-major", po::value<std::uint32_t>(),
      "major of the schema for clients that ask for none; a new "
      "profile has the family's")(
      "policy-set", po::value<std::string>(),
      "policy set to bind, at its newest version; a new profile has "
      "baseline");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  const auto path = path_of(
      {"clients", options.text("CLIENT"), "profiles", options.text("PROFILE")});
  return ask_server(
      x, options,
      [&](const api_client& server) {
        return server.put(path, body_of(options));
      },
      [&](const json::value& profile, const api_answer&) {
        x.out << "profile " << options.text("CLIENT") << '/'
              << options.text("PROFILE") << " under policy set "
              << line_at(profile, "policy_set_id") << '\n';
      });
}

exit_code list_profiles(const invocation& x) {
  command_options options{"profiles", "CLIENT",
                          "Lists the profiles of a client. `signalbox profiles "
                          "put CLIENT PROFILE` makes\none; see its --help."};
  options.need("CLIENT");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  const auto path = path_of({"clients", options.text("CLIENT"), "profiles"});
  return ask_server(
      x, options, [&](const api_client& server) { return server.get(path); },
      [&](const json::value& names, const api_answer&) {
        table rows{{"PROFILE"}};
        for (auto& name : elements(names))
          if (auto* text = name.if_string())
            rows.add({std::string{*text}});
        rows.print(x.out);
      });
}

} // namespace

exit_code run_profiles(const invocation& x) {
  static constexpr command_entry words[] = {
      {"put", "make a profile, or replace it", put_profile}};
  if (x.shape != nullptr)
    describe_words(x, words);
  if (x.arguments.empty() || x.arguments.front() != "put")
    return list_profiles(x);
  return put_profile(x.rest());
}

} // namespace signalbox
