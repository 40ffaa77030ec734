#include "app/commands.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ostream>

#include <boost/json/object.hpp>

#include "app/damage_advice.hpp"
#include "app/duration.hpp"
#include "app/options.hpp"
#include "app/passphrase.hpp"
#include "app/serve.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// How often a server looks whether its files have changed.
constexpr timespec upkeep_interval{5, 0};

/// Without TLS there is nothing to read again, and the end of a terminal ends
/// the server as it always did.
enum class takes_hangup : std::uint8_t { no, yes };

/// The signals that end the server in order. Blocked before any thread starts,
/// so that only the one that waits for them gets them.
class stop_signals {
 public:
  explicit stop_signals(takes_hangup takes) {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    if (takes == takes_hangup::yes)
      sigaddset(&set_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
    std::signal(SIGPIPE, SIG_IGN); // a peer that goes away is no reason
  }
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  /// Returns when the server is to end; looks after it meanwhile.
  void wait(const upkeep& look_after) const {
    for (;;) {
      const int caught = sigtimedwait(&set_, nullptr, &upkeep_interval);
      if (caught == SIGTERM || caught == SIGINT)
        return;
      if (caught == SIGHUP)
        look_after(upkeep_cause::signal);
      else if (errno == EAGAIN)
        look_after(upkeep_cause::time);
    }
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

/// Limits are off unless they are asked for: behind one proxy everybody has
/// one address.
result<request_limits_config> gather_limits(const command_options& given) {
  constexpr double least = 0.001, most = 1e6;
  request_limits_config out;
  out.token.per_second = given.get<double>("rate-limit");
  out.anonymous.per_second = given.has("anonymous-rate-limit")
                                 ? given.get<double>("anonymous-rate-limit")
                                 : out.token.per_second;
  for (auto* x : {&out.token, &out.anonymous}) {
    if (!(x->per_second == 0 ||
          (x->per_second >= least && x->per_second <= most)))
      return failure{errc::bad_request,
                     "rate limits must be 0 (none), or lie between 0.001 and "
                     "1000000 requests a second"};
    x->burst = given.has("rate-burst") ? given.get<double>("rate-burst")
                                       : std::max(1.0, 2 * x->per_second);
    if (!(x->burst >= 1 && x->burst <= most))
      return failure{errc::bad_request,
                     "--rate-burst must lie between 1 and 1000000 requests"};
  }
  return out;
}

result<void> gather_streams(const command_options& given, stream_options& out) {
  const std::pair<const char*, std::int64_t*> times[] = {
      {"reports-keep", &out.reports_keep},
      {"activity-keep", &out.activity_keep},
      {"report-window", &out.report_window}};
  for (auto& [name, to] : times) {
    auto time = parse_duration(given.text(name));
    if (!time)
      return time.error();
    *to = *time;
  }
  out.privacy_floor = given.get<std::uint64_t>("privacy-floor");
  out.new_pseudonym_key = given.has("new-pseudonym-key");
  out.writes = !given.has("replica");
  return validate(out);
}

result<void> gather_listeners(const command_options& given,
                              serve_options& out) {
  auto heartbeat = parse_duration(given.text("heartbeat"));
  if (!heartbeat)
    return heartbeat.error();
  out.heartbeat = *heartbeat;
  out.listeners = given.get<std::size_t>("max-listeners");
  out.listeners_per_caller = given.get<std::size_t>("max-listeners-per-caller");
  if (out.listeners < 1 || out.listeners > 1'000'000 ||
      out.listeners_per_caller < 1 || out.listeners_per_caller > 1'000'000)
    return failure{errc::bad_request,
                   "--max-listeners and --max-listeners-per-caller must lie "
                   "between 1 and 1000000"};
  constexpr std::size_t mib = 1024 * 1024;
  const auto budget = given.get<std::size_t>("send-budget");
  if (budget < 1 || budget > mib)
    return failure{errc::bad_request,
                   "--send-budget must lie between 1 and 1048576 MiB"};
  out.send_budget = budget * mib;
  return {};
}

result<serve_options> gather(const command_options& given) {
  serve_options out;
  out.data = given.text("data");
  if (auto listen = parse_listen(given.text("listen"), out); !listen)
    return listen.error();
  auto least = log_level_from_string(given.text("log-level"));
  if (!least)
    return failure{errc::bad_request,
                   "--log-level must be debug, info, warning or error"};
  out.least = *least;
  auto life = parse_duration(given.text("head-life"));
  if (!life)
    return life.error();
  out.head_life = *life;
  if (auto read = gather_streams(given, out.streams); !read)
    return read.error();
  if (auto listeners = gather_listeners(given, out); !listeners)
    return listeners.error();
  out.base_url = given.text("base-url");
  out.private_reads = given.has("private-reads");
  out.replica = given.has("replica");
  out.workers = given.get<std::size_t>("workers");
  if (out.workers < 1 || out.workers > 256)
    return failure{errc::bad_request, "--workers must lie between 1 and 256"};
  out.threads = given.get<std::size_t>("threads");
  if (out.threads < 1 || out.threads > 64)
    return failure{errc::bad_request, "--threads must lie between 1 and 64"};
  auto limits = gather_limits(given);
  if (!limits)
    return limits.error();
  out.limits = *limits;
  if (given.has("tls-certificate") != given.has("tls-key"))
    return failure{errc::bad_request,
                   "--tls-certificate and --tls-key need each other"};
  if (given.has("tls-key"))
    out.tls = tls_files{given.text("tls-certificate"), given.text("tls-key")};
  auto passphrase =
      read_passphrase(given.maybe("passphrase-file"), given.maybe("data"));
  if (!passphrase)
    return passphrase.error();
  out.passphrase = std::move(*passphrase);
  return out;
}

void announce(const invocation& x, const command_options& given,
              const serving& what) {
  const auto fingerprint = what.ledger.root_fingerprint.hex();
  // The file may have been taken away, as it should be.
  const auto token = std::filesystem::path{given.text("data")} / "admin.token";
  std::error_code ignored;
  const bool there = std::filesystem::exists(token, ignored);
  if (given.has("json")) {
    json::object out{{"url", what.url},
                     {"ledger", what.ledger.name},
                     {"root_fingerprint", fingerprint}};
    if (there)
      out["token_file"] = token.string();
    x.out << to_canonical(out) << std::endl;
    return;
  }
  x.out << "address           " << what.url << "\nroot fingerprint  "
        << fingerprint << '\n';
  if (there)
    x.out << "administrator     token in " << token.string() << '\n';
  x.out << std::flush;
}

void add_options(command_options& options) {
  options.add()("data", po::value<std::string>()->required(),
                "directory of the ledger")(
      "passphrase-file", po::value<std::string>(),
      "file with the passphrase of the keys; else SIGNALBOX_PASSPHRASE, else "
      "DIR/passphrase")(
      "listen", po::value<std::string>()->default_value("127.0.0.1:8470"),
      "HOST:PORT; port 0 takes any free one")(
      "base-url", po::value<std::string>(),
      "how clients reach the server, where that is not the address")(
      "tls-certificate", po::value<std::string>(),
      "serve https with this certificate, followed by those that signed it "
      "(PEM)")(
      "tls-key", po::value<std::string>(),
      "its key (PEM, mode 0600); new files are taken by themselves, at "
      "once on SIGHUP")("private-reads", "reads need a token too")(
      "replica", "only follow a ledger on Kafka, and serve its reads")(
      "rate-limit", po::value<double>()->default_value(0, "0"),
      "requests a second of one token; 0: no limit. What lies ready is exempt")(
      "anonymous-rate-limit", po::value<double>(),
      "the same of one address without a token; else as --rate-limit")(
      "rate-burst", po::value<double>(),
      "requests at once after a pause; else what two seconds allow")(
      "workers", po::value<std::size_t>()->default_value(1),
      "threads for HTTP")("threads", po::value<std::size_t>()->default_value(2),
                          "threads for everything else")(
      "head-life", po::value<std::string>()->default_value("7d"),
      "how long a head holds")("reports-keep",
                               po::value<std::string>()->default_value("30d"),
                               "how long reports of clients are kept")(
      "activity-keep", po::value<std::string>()->default_value("30d"),
      "how long refused drafts and denied calls are kept")(
      "report-window", po::value<std::string>()->default_value("1d"),
      "clients heard from within it are counted")(
      "privacy-floor", po::value<std::uint64_t>()->default_value(0),
      "fewer clients than this are not told apart; 0: exact counts")(
      "new-pseudonym-key",
      "on Kafka: take reports although the other nodes' keys/pseudonym.key was "
      "another until now; counts begin anew")(
      "heartbeat", po::value<std::string>()->default_value("15s"),
      "how often a stream that says nothing shows that it lives")(
      "max-listeners",
      po::value<std::size_t>()->default_value(change_defaults::max_listeners),
      "subscribers and long polls at once")(
      "max-listeners-per-caller",
      po::value<std::size_t>()->default_value(
          change_defaults::max_listeners_per_caller),
      "the same of one token, or of one address without a token")(
      "send-budget",
      po::value<std::size_t>()->default_value(default_send_budget /
                                              (1024 * 1024)),
      "MiB of answers that may wait for slow readers, of all connections")(
      "log-level", po::value<std::string>()->default_value("info"),
      "debug, info, warning or error")("json", "output for programs");
}

} // namespace

exit_code run_serve(const invocation& x) {
  command_options options{
      "serve", "",
      "Serves a ledger over HTTP until SIGTERM or SIGINT. Address, root "
      "fingerprint and,\nif it still lies there, the administrator's token's "
      "place go to stdout once it takes\nrequests; logs to stderr, one JSON "
      "object a line."};
  add_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto wanted = gather(options);
  if (!wanted)
    return report(x, wanted.error());
  const stop_signals signals{wanted->tls ? takes_hangup::yes
                                         : takes_hangup::no};
  auto served = serve(
      *wanted, [&](auto& what) { announce(x, options, what); },
      [&](const upkeep& look_after) { signals.wait(look_after); });
  if (!served)
    return report(x, with_advice(served.error(), wanted->data));
  return exit_code::ok;
}

} // namespace signalbox
