#include "app/join_command.hpp"

#include <chrono>
#include <ostream>

#include <boost/json/object.hpp>

#include "app/join_ledger.hpp"
#include "app/kafka_file.hpp"
#include "app/options.hpp"
#include "app/passphrase.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// Least time between two lines that say how far it is.
constexpr std::chrono::seconds progress_every{2};

result<join_options> gather(const command_options& given) {
  join_options out;
  out.data = given.text("data");
  out.name = given.text("name");
  auto fingerprint = digest::from_hex(given.text("root-fingerprint"));
  if (!fingerprint)
    return failure{errc::bad_request,
                   "--root-fingerprint must be 64 hexadecimal digits: `ledger "
                   "create` printed them, and the ledger.json of each node "
                   "has them"};
  out.root_fingerprint = *fingerprint;
  auto algorithm = key_algorithm_from_string(given.text("algorithm"));
  if (!algorithm)
    return failure{errc::bad_request,
                   "--algorithm must be ed25519 or ecdsa-p256-sha256"};
  out.algorithm = *algorithm;
  out.pseudonym_key = given.maybe("pseudonym-key").value_or("");
  auto kafka = read_kafka_settings(given.text("kafka"));
  if (!kafka)
    return kafka.error();
  out.kafka = std::move(*kafka);
  auto passphrase = read_passphrase(given.maybe("passphrase-file"));
  if (!passphrase)
    return passphrase.error();
  out.passphrase = std::move(*passphrase);
  return out;
}

/// People are told how far it is; programs get one answer.
void add_listeners(join_options& to, std::ostream& err) {
  to.warn = [&err](const std::string& line) {
    err << ("warning: " + line + '\n');
  };
  to.progress = [&err, last = std::chrono::steady_clock::now()](
                    std::uint64_t done, std::uint64_t all) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < progress_every)
      return;
    last = now;
    err << ("read " + std::to_string(done) + " of " + std::to_string(all) +
            " entries\n");
  };
}

void print_json(std::ostream& out, const joined_ledger& made) {
  out << to_canonical(json::object{
             {"ledger_id", made.file.ledger.hex()},
             {"name", made.file.name},
             {"node", made.file.node.hex()},
             {"root_fingerprint", made.file.root_fingerprint.hex()},
             {"entries", made.entries},
             {"keyset_version", made.keyset_version}})
      << '\n';
}

/// `passphrase_file` is what was given, if it was.
void print(std::ostream& out, const join_options& options,
           const std::optional<std::string>& passphrase_file,
           const joined_ledger& made) {
  const auto node = made.file.node.hex();
  auto place = " --data " + options.data.string();
  if (passphrase_file)
    place += " --passphrase-file " + *passphrase_file;
  out << "ledger            " << made.file.name << ' ' << made.file.ledger.hex()
      << "\nnode              " << node << "\nentries read      "
      << made.entries << '\n';
  if (made.keyset_version == 0)
    out << "\nThe ledger has no keyset yet: let the root sign the request of "
           "its first node before.\n";
  out << "\nNow, with the token of an administrator and the URL of a node that "
         "serves (a replica needs\nno `nodes add`, but keys):\n  signalbox "
         "nodes add "
      << node << " --url URL\n  signalbox keys rotate --online" << place
      << " --url URL --root ROOT.pem --root-passphrase-file G\nWhere the root "
         "is elsewhere, in place of the second:\n  signalbox keys request "
         "--rotate --online"
      << place
      << " --url URL --out REQUEST\nthen `keys sign` there and `keys import "
         "--online --in SIGNED --url URL` here.\nThen\n  signalbox serve"
      << place << '\n';
  if (options.pseudonym_key.empty())
    out << "It takes no reports of clients until it has another node's "
           "keys/pseudonym.key; bring it\nby a way that nobody else reads: "
           "install -m 600 FILE "
        << (options.data / "keys" / "pseudonym.key").string() << '\n';
}

} // namespace

exit_code run_join(const invocation& x) {
  command_options options{
      "ledger join", "",
      "Makes the directory of another node of a ledger whose log is on Kafka: "
      "reads the\ntopic, and makes keys that are to be added. Writes nothing "
      "to Kafka, and leaves\nnothing behind if it fails."};
  options.add()("kafka", po::value<std::string>()->required(),
                "file of Kafka settings, as for `ledger create`")(
      "root-fingerprint", po::value<std::string>()->required(),
      "of the roots that the ledger was made with: a topic of another one is "
      "refused")("data", po::value<std::string>()->required(),
                 "directory of the node; made if need be")(
      "pseudonym-key", po::value<std::string>(),
      "file keys/pseudonym.key of another node; without it the node takes no "
      "reports of\nclients until it is brought")(
      "passphrase-file", po::value<std::string>(),
      "file with the passphrase of the keys; else SIGNALBOX_PASSPHRASE")(
      "algorithm", po::value<std::string>()->default_value("ed25519"),
      "of the node's keys: ed25519 or ecdsa-p256-sha256")(
      "name", po::value<std::string>()->default_value("main"),
      "the ledger's name in URLs")("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto wanted = gather(options);
  if (!wanted)
    return report(x, wanted.error());
  if (!options.has("json"))
    add_listeners(*wanted, x.err);
  auto made = join_ledger(*wanted);
  if (!made)
    return report(x, made.error());
  if (options.has("json"))
    print_json(x.out, *made);
  else
    print(x.out, *wanted, options.maybe("passphrase-file"), *made);
  return exit_code::ok;
}

} // namespace signalbox
