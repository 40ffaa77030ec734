#pragma once

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <boost/json.hpp>

#include "events/bytes.hpp"
#include "events/token.hpp"
#include "tests/api/http_client.hpp"
#include "tests/system/child_process.hpp"
#include "tests/system/reserved_port.hpp"

namespace signalbox::test {

namespace json = boost::json;

inline const std::filesystem::path program =
    std::filesystem::path{SIGNALBOX_BINARY_DIR} / "app" / "signalbox";

inline json::value sample(std::string_view family, std::string_view name) {
  return json::parse(read_text(std::filesystem::path{SIGNALBOX_SOURCE_DIR} /
                               "schemas" / "families" / family / "samples" /
                               "valid" / (std::string{name} + ".json")));
}

/// A response with its body as JSON (null if it is none).
struct answer {
  unsigned status = 0;
  std::string body;
  client_response raw;
  json::value document;

  std::string header(std::string_view name) const { return field(raw, name); }

  const json::value& at(std::string_view pointer) const {
    boost::system::error_code error;
    const auto* out =
        document.find_pointer({pointer.data(), pointer.size()}, error);
    if (out == nullptr)
      throw std::runtime_error{"no " + std::string{pointer} + " in " + body};
    return *out;
  }
  std::string text(std::string_view pointer) const {
    return std::string{std::string_view{at(pointer).as_string()}};
  }
  bool has(std::string_view pointer) const {
    boost::system::error_code error;
    return document.find_pointer({pointer.data(), pointer.size()}, error) !=
           nullptr;
  }
  std::string code() const { return has("/code") ? text("/code") : ""; }
};

inline answer read_answer(client_response x) {
  answer out;
  out.status = x.result_int();
  out.body = x.body();
  boost::system::error_code error;
  out.document = json::parse(out.body, error);
  if (error)
    out.document = nullptr;
  out.raw = std::move(x);
  return out;
}

/// The entry that a Signalbox-Token names. Throws if it is none.
inline std::uint64_t index_of(const std::string& token) {
  const auto parsed = parse_consistency_token(token);
  if (!parsed)
    throw std::runtime_error{"no token: " + token};
  return to_integer(parsed->index);
}

/// The broker that ledgers of tests are made on, as `bootstrap.servers` takes
/// it; empty: their logs are in their directories.
inline std::string kafka_of_tests() {
  const auto* servers = std::getenv("SIGNALBOX_TEST_KAFKA");
  return servers == nullptr ? "" : servers;
}

class test_ledger;

/// Whose ledger another directory is to be of, and which build makes it.
struct joining {
  const test_ledger& first;
  std::filesystem::path by = program;
};

/// A directory that a ledger's node was moved to.
struct moving {
  const test_ledger& first;
  std::filesystem::path data;
};

/// A ledger in a directory of its own, made by `signalbox ledger create`.
class test_ledger {
 public:
  /// `data`: where it lies; empty: in the temporary directory. `kafka`: the
  /// brokers that it is made on, if any, and after them whole lines of further
  /// settings; `replicas`: on how many of them. `by`: the build that makes it.
  explicit test_ledger(const std::string& algorithm = "ed25519",
                       const std::filesystem::path& data = {},
                       const std::string& kafka = kafka_of_tests(),
                       int replicas = 1,
                       const std::filesystem::path& by = program)
      : data_{data.empty() ? place_ / "data" : data}, by_{by} {
    write_passphrase();
    std::vector<std::string> words{"ledger", "create",      "--data", data_,
                                   "--json", "--algorithm", algorithm};
    if (!kafka.empty()) {
      write_text(place_ / "kafka.properties", kafka_settings(kafka));
      ::chmod((place_ / "kafka.properties").c_str(), 0600);
      words.insert(words.end(),
                   {"--kafka", place_ / "kafka.properties",
                    "--kafka-replication", std::to_string(replicas),
                    "--kafka-min-in-sync", replicas > 1 ? "2" : "1"});
    }
    const auto made = signalbox(words);
    if (made.status != 0)
      throw std::runtime_error{"ledger create: " + made.err};
    fingerprint = std::string{std::string_view{
        json::parse(made.out).at("root_fingerprint").as_string()}};
    admin = read_text(data_ / "admin.token");
    while (admin.ends_with('\n'))
      admin.pop_back();
  }

  /// The directory of another node of a ledger on Kafka, made by `signalbox
  /// ledger join`: the ledger does not know the node yet.
  explicit test_ledger(const joining& x)
      : fingerprint{x.first.fingerprint}, admin{x.first.admin},
        data_{place_ / "data"}, by_{x.by} {
    write_passphrase();
    const auto made = signalbox(
        {"ledger", "join", "--json", "--data", data_, "--kafka",
         x.first.data() / "kafka.properties", "--root-fingerprint", fingerprint,
         "--pseudonym-key", x.first.data() / "keys" / "pseudonym.key"});
    if (made.status != 0)
      throw std::runtime_error{"ledger join: " + made.err};
  }

  /// The same node in another directory, which some command made.
  explicit test_ledger(const moving& x)
      : fingerprint{x.first.fingerprint}, admin{x.first.admin}, data_{x.data} {
    write_passphrase();
  }

  /// The id of the node whose directory this is.
  std::string node() const {
    return std::string{std::string_view{
        json::parse(read_text(data_ / "ledger.json")).at("node").as_string()}};
  }

  /// Runs the program that made it with the passphrase known.
  finished signalbox(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), by_.string());
    return run({arguments,
                {"SIGNALBOX_PASSPHRASE=correct horse battery staple"},
                place_.path()});
  }

  /// Of a ledger that was created here on Kafka.
  std::string decisions_topic() const {
    return "test." + name_in_kafka() + ".decisions.v1";
  }

  std::filesystem::path passphrase() const { return place_ / "passphrase"; }
  const std::filesystem::path& data() const { return data_; }
  const std::filesystem::path& place() const { return place_.path(); }

  std::string fingerprint;
  std::string admin; ///< the administrator's token

 private:
  void write_passphrase() const {
    write_text(passphrase(), "correct horse battery staple\n");
    ::chmod(passphrase().c_str(), 0600);
  }

  /// Topics of its own: the place's name is nobody else's.
  std::string name_in_kafka() const {
    std::string out;
    for (const char c : place_.path().filename().string())
      if (std::isalnum(static_cast<unsigned char>(c)) != 0)
        out += to_hex({reinterpret_cast<const std::uint8_t*>(&c), 1});
    return out;
  }

  std::string kafka_settings(const std::string& servers) const {
    return "bootstrap.servers = " + servers +
           "\nsignalbox.deployment = test\nsignalbox.ledger = " +
           name_in_kafka() + '\n';
  }

  temporary_directory place_;
  std::filesystem::path data_;
  std::filesystem::path by_ = program;
};

/// `signalbox serve` on a free port. Killed with its object unless stopped.
class node_process {
 public:
  explicit node_process(const test_ledger& ledger,
                        std::vector<std::string> arguments = {},
                        std::vector<std::string> variables = {},
                        std::filesystem::path build = program)
      : ledger_{ledger}, build_{std::move(build)}, arguments_{
                                                       std::move(arguments)} {
    set_variables(std::move(variables));
    start();
  }

  /// Starts it and waits for the line that says that it serves. Its output is
  /// a file, so that nothing it writes can block it.
  void start() {
    const auto out = ledger_.place() / "serve.out";
    const auto err = ledger_.place() / log_name();
    std::vector<std::string> words{build_.string(), "serve", "--json",
                                   "--listen",      listen_, "--data",
                                   ledger_.data()};
    words.insert(words.end(), arguments_.begin(), arguments_.end());
    write_text(out, "");
    child_ = std::make_unique<child_process>(command_line{words, variables_},
                                             out, err);
    const auto deadline =
        std::chrono::steady_clock::now() + child_process::patience;
    // Polls the file, and wakes at once if the process ends instead.
    while (read_text(out).find('\n') == std::string::npos) {
      if (child_->ended_within(std::chrono::milliseconds{10}))
        throw std::runtime_error{"serve ended: " + read_text(err)};
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error{"serve did not get ready: " + read_text(err)};
    }
    url = std::string{
        std::string_view{json::parse(read_text(out)).at("url").as_string()}};
    port =
        static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    reserved_ = {};
  }

  /// Stops it in order; its exit status, or -1 if it had to end itself since
  /// something in it never ended.
  int stop() {
    send_stop();
    const auto status = wait();
    return log().find("does not end") == std::string::npos ? status : -1;
  }
  void signal(int number) const { child_->signal(number); }
  void send_stop() const { child_->signal(SIGTERM); }
  int wait() {
    const auto status = child_->wait();
    if (!listen_.ends_with(":0"))
      reserved_ = reserve_port(port); // nobody else's until the next start
    return status;
  }

  void kill() {
    child_->signal(SIGKILL);
    wait();
  }

  void restart() {
    ++starts_;
    start();
  }

  /// Of the environment of the next start: NAME=VALUE, beside the passphrase.
  void set_variables(std::vector<std::string> x) {
    variables_ = std::move(x);
    variables_.push_back("SIGNALBOX_PASSPHRASE=correct horse battery staple");
  }

  /// The next start is another build's.
  void set_build(std::filesystem::path x) { build_ = std::move(x); }

  /// The starts to come listen where this one does.
  void keep_port() { listen_ = "127.0.0.1:" + std::to_string(port); }

  bool runs() const { return child_->runs(); }

  /// What it has logged since it was started first.
  std::string log() const {
    std::string out;
    for (int i = 0; i <= starts_; ++i)
      out += read_text(ledger_.place() / ("serve-" + std::to_string(i)));
    return out;
  }

  /// One request on a connection of its own. `path` is absolute, or below
  /// /v1/ledgers/main. `more` holds whole header lines.
  answer ask(std::string_view method, const std::string& path,
             const std::string& token = {}, const std::string& body = {},
             std::string more = {}) const {
    if (!token.empty())
      more += "Authorization: Bearer " + token + "\r\n";
    http_client client{port};
    return read_answer(client.ask(
        method, path.front() == '/' ? path : base + path, more, body));
  }
  answer get(const std::string& path, const std::string& token = {},
             const std::string& more = {}) const {
    return ask("GET", path, token, {}, more);
  }
  answer post(const std::string& path, const json::value& body,
              const std::string& token, const std::string& more = {}) const {
    return ask("POST", path, token, json::serialize(body), more);
  }

  /// A JSON-RPC call; the whole response object.
  answer rpc(std::string_view method, json::value params,
             const std::string& token = {}) const {
    return post("/rpc",
                json::object{{"jsonrpc", "2.0"},
                             {"id", 1},
                             {"method", method},
                             {"params", std::move(params)}},
                token);
  }

  /// A token with these roles.
  std::string issue(json::array roles) const {
    const auto made = post("tokens", json::object{{"roles", std::move(roles)}},
                           ledger_.admin);
    if (made.status != 201)
      throw std::runtime_error{"no token: " + made.body};
    return made.text("/token");
  }

  /// Publishes as the administrator's publisher unless another token is given.
  answer publish(const std::string& client, const std::string& profile,
                 const json::value& payload, json::object more = {},
                 const std::string& headers = {},
                 const std::string& token = {}) const {
    more["draft_payload"] = payload;
    more.emplace("changelog", "A change");
    return post("clients/" + client + "/profiles/" + profile + "/publish", more,
                token.empty() ? ledger_.admin : token, headers);
  }

  std::string url;
  std::uint16_t port = 0;
  const std::string base = "/v1/ledgers/main/";

 private:
  std::string log_name() const { return "serve-" + std::to_string(starts_); }

  const test_ledger& ledger_;
  std::filesystem::path build_;
  std::vector<std::string> arguments_;
  std::vector<std::string> variables_;
  std::string listen_ = "127.0.0.1:0";
  file_descriptor reserved_;
  std::unique_ptr<child_process> child_;
  int starts_ = 0;
};

inline std::string config_path(const std::string& client,
                               const std::string& profile = "default") {
  return "clients/" + client + "/profiles/" + profile + "/config";
}

inline std::string diff_path(const std::string& client,
                             const std::string& artifact) {
  return "clients/" + client +
         "/profiles/default/diff?current_artifact_id=" + artifact;
}

/// A small valid draft of claude-code that differs with `word`.
inline json::value small_draft(const std::string& word) {
  return json::object{
      {"mcpServers",
       json::object{
           {"docs", json::object{{"command", "docs-mcp"},
                                 {"args", json::array{"--set", word}}}}}}};
}

/// A node that serves a new ledger.
struct node_fixture {
  test_ledger ledger;
  node_process node{ledger};
};

} // namespace signalbox::test
