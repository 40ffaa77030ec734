#include "app/reseal_all.hpp"

#include <cstdlib>
#include <ostream>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/json_text.hpp"

namespace signalbox {

namespace {

/// Where something may be current: by profile and major.
using channel_place = std::pair<std::string, std::uint64_t>;

/// All that there could be. A schema that is not listed has nothing current.
std::set<channel_place> places_of(const json::value& family) {
  std::set<channel_place> out;
  for (auto& profile : elements(at(family, "profiles")))
    for (auto& schema : elements(at(family, "schemas"))) {
      const auto ref = text_at(schema, "schema_ref");
      const auto major =
          std::strtoull(ref.c_str() + ref.find('/') + 1, nullptr, 10);
      if (auto* name = profile.if_string())
        out.emplace(std::string{*name}, major);
    }
  return out;
}

/// One walk through a family.
class walk {
 public:
  walk(const invocation& x, const api_client& server, std::string client,
       bool json)
      : x_{x}, server_{server}, client_{std::move(client)}, json_{json} {}

  void visit(const channel_place& at) {
    auto answer = server_.post(
        path_of({"clients", client_, "profiles", at.first, "reseal"}),
        json::object{{"major", at.second}});
    // Nothing is released there.
    if (!answer && answer.error().code == errc::not_found)
      return;
    auto channel = answer ? json_of(*answer) : answer.error();
    if (channel)
      return succeed(std::move(*channel));
    fail(at, channel.error());
  }

  exit_code finish() const {
    if (json_)
      x_.out << to_canonical(
                    json::object{{"resealed", resealed_}, {"failed", failed_}})
             << '\n';
    else
      x_.out << resealed_.size() << " channels resealed, " << failed_.size()
             << " failed\n";
    return first_;
  }

 private:
  void succeed(json::value channel) {
    if (!json_)
      x_.out << client_ << '/' << line_at(channel, "profile") << " major "
             << line_at(channel, "major") << " is sealed with "
             << line_at(channel, "key_id") << std::endl;
    resealed_.push_back(std::move(channel));
  }

  void fail(const channel_place& at, const failure& why) {
    if (first_ == exit_code::ok)
      first_ = to_exit_code(why.code);
    if (!json_)
      x_.err << client_ << '/' << at.first << " major " << at.second << ": "
             << why.message << std::endl;
    failed_.push_back(json::object{{"client_id", client_},
                                   {"profile", at.first},
                                   {"major", at.second},
                                   {"code", to_string(why.code)},
                                   {"detail", why.message}});
  }

  const invocation& x_;
  const api_client& server_;
  const std::string client_;
  const bool json_;
  json::array resealed_, failed_;
  exit_code first_ = exit_code::ok;
};

} // namespace

exit_code reseal_all(const invocation& x, const command_options& options) {
  auto server = make_client(options);
  if (!server)
    return report(x, server.error());
  const auto client = options.text("CLIENT");
  auto answer = server->get(path_of({"clients", client}));
  if (!answer)
    return report(x, *server, answer.error());
  auto family = json_of(*answer);
  if (!family)
    return report(x, family.error());
  walk through{x, *server, client, options.has("json")};
  for (auto& place : places_of(*family))
    through.visit(place);
  return through.finish();
}

} // namespace signalbox
