#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/create_ledger.hpp"
#include "app/files.hpp"
#include "app/join_command.hpp"
#include "app/json_text.hpp"
#include "app/options.hpp"
#include "app/passphrase.hpp"
#include "app/restored_command.hpp"
#include "app/topic_options.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

result<std::vector<public_key>>
read_roots(const std::vector<std::string>& paths) {
  std::vector<public_key> out;
  for (auto& path : paths) {
    auto text = read_file(path, 64 * 1024);
    if (!text)
      return text.error();
    auto key = public_key::from_pem(*text);
    if (!key)
      return failure{errc::bad_key, path + ": " + key.error().message};
    out.push_back(std::move(*key));
  }
  return out;
}

result<create_options> gather(const command_options& given) {
  create_options out;
  out.data = given.text("data");
  out.name = given.text("name");
  out.threshold = given.get<std::uint32_t>("threshold");
  auto algorithm = key_algorithm_from_string(given.text("algorithm"));
  if (!algorithm)
    return failure{errc::bad_request,
                   "--algorithm must be ed25519 or ecdsa-p256-sha256"};
  out.algorithm = *algorithm;
  out.fold_version = given.get<std::uint32_t>("fold-version");
  auto topics = read_topic_plan(given);
  if (!topics)
    return topics.error();
  out.topics = std::move(*topics);
  auto roots = read_roots(given.list("root-key"));
  if (!roots)
    return roots.error();
  out.roots = std::move(*roots);
  auto passphrase = read_passphrase(given.maybe("passphrase-file"));
  if (!passphrase)
    return passphrase.error();
  out.passphrase = out.root_passphrase = std::move(*passphrase);
  if (given.has("root-passphrase-file")) {
    auto root = read_passphrase(given.maybe("root-passphrase-file"));
    if (!root)
      return root.error();
    out.root_passphrase = std::move(*root);
  }
  return out;
}

void print_json(std::ostream& out, const create_options& options,
                const created_ledger& made) {
  json::object x{{"ledger_id", made.file.ledger.hex()},
                 {"name", made.file.name},
                 {"node", made.file.node.hex()},
                 {"root_fingerprint", made.file.root_fingerprint.hex()},
                 {"entries", made.entries},
                 {"token_file", (options.data / "admin.token").string()}};
  if (!made.keyset_request.empty())
    x["keyset_request"] = made.keyset_request.string();
  if (options.topics)
    x["topics"] = json::value_from(ledger_topics{*options.topics}.names());
  out << to_canonical(x) << '\n';
}

void print_topics(std::ostream& out, const topic_plan& plan) {
  const auto* margin = "\ntopics            ";
  for (auto& x : ledger_topics{plan}.names()) {
    out << margin << x;
    margin = "\n                  ";
  }
  out << "\nreplicas          " << plan.layout.replication << ", "
      << plan.layout.min_in_sync << " in sync";
  if (plan.layout.replication == 1)
    out << ": with that broker's disk the ledger is lost";
}

void print(std::ostream& out, const create_options& options,
           const created_ledger& made) {
  out << "ledger            " << made.file.name << ' ' << made.file.ledger.hex()
      << "\nroot fingerprint  " << made.file.root_fingerprint.hex()
      << "\nadministrator     token in "
      << (options.data / "admin.token").string();
  if (options.topics)
    print_topics(out, *options.topics);
  out << '\n';
  if (made.keyset_request.empty()) {
    const auto root = options.data / "keys" / "root.pem";
    out << "\nTake " << root.string()
        << " away from this machine: whoever has it and its passphrase can\n"
           "replace every key. Clients pin the fingerprint above.\n";
    return;
  }
  const auto request = made.keyset_request.string();
  out << "\nThe root is elsewhere, so the node cannot sign yet. Where the root "
         "is, run\n  signalbox keys sign --root ROOT.pem --in "
      << request
      << " --out SIGNED\nfor each root that the threshold needs, then here\n"
         "  signalbox keys import --data "
      << options.data.string() << " --in SIGNED\n";
}

exit_code run_create(const invocation& x) {
  command_options options{
      "ledger create", "",
      "Makes a ledger in a directory: keys, the first keyset, an "
      "administrator's token,\nthe built-in client families and their policy "
      "set. Leaves nothing behind if it fails."};
  options.add()("data", po::value<std::string>()->required(),
                "directory of the ledger; made if need be")(
      "passphrase-file", po::value<std::string>(),
      "file with the passphrase of the keys; else SIGNALBOX_PASSPHRASE")(
      "root-passphrase-file", po::value<std::string>(),
      "another passphrase for the root key")(
      "root-key", po::value<std::vector<std::string>>()->composing(),
      "public key (PEM) of an offline root; may be repeated; without it a "
      "root is made")("threshold", po::value<std::uint32_t>()->default_value(1),
                      "how many roots must sign a keyset")(
      "algorithm", po::value<std::string>()->default_value("ed25519"),
      "ed25519 or ecdsa-p256-sha256")(
      "name", po::value<std::string>()->default_value("main"),
      "the ledger's name in URLs")(
      "fold-version",
      po::value<std::uint32_t>()->default_value(newest_fold_version),
      "lower where nodes of an older release serve the ledger too");
  add_topic_options(options, "the log is a topic that is made there, and other "
                             "nodes can join");
  options.add()("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto wanted = gather(options);
  if (!wanted)
    return report(x, wanted.error());
  auto made = create_ledger(*wanted);
  if (!made)
    return report(x, made.error());
  if (options.has("json"))
    print_json(x.out, *wanted, *made);
  else
    print(x.out, *wanted, *made);
  return exit_code::ok;
}

exit_code run_activate(const invocation& x) {
  command_options options{
      "ledger activate", "",
      "Turns on the events that this release knows and the ledger does not use "
      "yet, such as\ntemplates. Update every node of the ledger before: an "
      "older one stops there. There is no\nway back. Needs the role "
      "administrator."};
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  return ask_server(
      x, options,
      [](const api_client& server) {
        return server.post("fold", json::object{});
      },
      [&](const json::value& answer, const api_answer&) {
        x.out << "fold version " << text_at(answer, "fold_version") << " of "
              << text_at(answer, "newest") << '\n';
      });
}

} // namespace

exit_code run_ledger(const invocation& x) {
  static const command_entry words[] = {
      {"create", "make a ledger in a directory", run_create},
      {"join", "make another node of one on Kafka", run_join},
      {"activate", "turn on what this release brings", run_activate},
      {"restored", "say that it came back from a backup", run_restored}};
  return run_subcommand(x, "ledger", words);
}

} // namespace signalbox
