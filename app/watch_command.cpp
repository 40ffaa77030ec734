#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/change_watcher.hpp"
#include "app/client_options.hpp"
#include "app/duration.hpp"
#include "app/json_text.hpp"
#include "app/terminal_text.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

void print_change(std::ostream& out, const json::value& x,
                  const std::string& token) {
  out << to_visible_line(text_at(x, "changed_at") + "  " + text_at(x, "type") +
                         "  " + text_at(x, "client_id") + '/' +
                         text_at(x, "profile") + "  " + text_at(x, "version") +
                         "  " + text_at(x, "changelog"))
      << "\n    "
      << to_visible_line("channel version " + text_at(x, "channel_version") +
                         ", policy " + text_at(x, "policy_set_id") + ' ' +
                         text_at(x, "policy_version") +
                         ", to apply: " + text_at(x, "reload"))
      << "\n    "
      << to_visible_line(text_at(x, "artifact_id") + "  by " +
                         text_at(x, "publisher_id"))
      << "\n    " << to_visible_line("token " + token) << std::endl;
}

bool is_change(const sse_event& x) {
  return x.type == "published" || x.type == "reverted";
}

/// What the watch tells on the way, for people on stderr.
class teller {
 public:
  teller(const invocation& x, const command_options& options)
      : x_{x}, json_{options.has("json")},
        left_{options.has("count") ? options.get<std::uint64_t>("count") : 0},
        counts_{options.has("count")} {}

  bool on_event(const sse_event& event) {
    if (event.type == "current" && !json_)
      x_.err << "watching; the next change shows here"
             << to_visible_line(event.id.empty() ? ""
                                                 : " (token " + event.id + ')')
             << std::endl;
    if (!is_change(event))
      return true;
    if (json_)
      x_.out << event.data << std::endl;
    else if (auto change = parse_json(event.data))
      print_change(x_.out, *change, event.id);
    return x_.out && (!counts_ || --left_ > 0);
  }

  void on_retry(const std::string& why) const {
    x_.err << to_visible_line("the stream broke (" + why + "); trying again")
           << std::endl;
  }

 private:
  const invocation& x_;
  const bool json_;
  std::uint64_t left_;
  const bool counts_;
};

result<watch_order> read_order(const command_options& options) {
  watch_order out;
  out.client_id = options.maybe("CLIENT");
  out.profile = options.maybe("PROFILE");
  out.since = options.text("since");
  if (out.since == "start")
    out.since.clear();
  if (options.has("for")) {
    auto time = parse_duration(options.text("for"));
    if (!time)
      return time.error();
    out.time = std::chrono::milliseconds{*time};
  }
  return out;
}

} // namespace

exit_code run_watch(const invocation& x) {
  command_options options{
      "watch", "[CLIENT [PROFILE]]",
      "Shows releases and reverts as they come, until Ctrl-C. A connection "
      "that "
      "breaks is\nmade again, and nothing is missed meanwhile. --since TOKEN "
      "goes on after the\nchange that showed this token. With --json one "
      "change a line."};
  options.allow("CLIENT");
  options.allow("PROFILE");
  options.add()("since", po::value<std::string>()->default_value("now"),
                "a consistency token to begin after; now; or start: what is in "
                "force, and then the changes")(
      "count", po::value<std::uint64_t>(), "end after as many changes")(
      "for", po::value<std::string>(), "end after this time, such as 90s");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  if (options.has("count") && options.get<std::uint64_t>("count") == 0)
    return options.wrong(x, "--count must be at least 1");
  auto order = read_order(options);
  if (!order)
    return report(x, order.error());
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  teller tell{x, options};
  auto watched = watch_changes(
      *client, *order,
      {[&](const sse_event& event) { return tell.on_event(event); },
       [&](const std::string& why) { tell.on_retry(why); }});
  return watched ? exit_code::ok : report(x, *client, watched.error());
}

} // namespace signalbox
