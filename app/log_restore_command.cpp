#include <ostream>

#include <boost/json/object.hpp>

#include "app/keys_options.hpp"
#include "app/log_commands.hpp"
#include "app/log_options.hpp"
#include "app/restoration.hpp"
#include "app/restore_ledger.hpp"
#include "app/topic_options.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace {

void add_options(command_options& options) {
  options.add()("in", po::value<std::string>()->required(),
                "a file that `log backup` wrote")(
      "data", po::value<std::string>()->required(),
      "directory of the node; made if need be")(
      "keys", po::value<std::string>(),
      "folder with the node's keys (node-*.pem, pseudonym.key), which are "
      "brought into it");
  options.add()("root-fingerprint", po::value<std::string>(),
                "of the roots that the ledger was made with: a backup of "
                "another one is refused");
  add_topic_options(options, "the log comes back into a topic that is made "
                             "there");
  add_restoration_options(options);
  add_passphrase_option(options);
  options.add()("json", "output for programs");
}

/// Both hashes and both sizes: of what the backup holds, and with what the
/// restore has said.
json::object to_object(const restored_ledger& x, const restoration& said) {
  return {{"ledger_id", x.file.ledger.hex()},
          {"node", x.file.node.hex()},
          {"backup_entries", x.backup.entries},
          {"backup_chain", x.backup.chain.hex()},
          {"backup_state_hash", x.backup.state.hex()},
          {"entries", x.log.entries},
          {"chain", x.log.chain.hex()},
          {"state_hash", x.log.state.hex()},
          {"incarnation", said.incarnation},
          {"keyset_version", said.next.version},
          {"signed", said.envelope.has_value()}};
}

void print(const invocation& x, const command_options& options,
           const restored_ledger& made, const restoration& said) {
  const auto data = options.text("data");
  x.out << "ledger       " << made.file.name << ' ' << made.file.ledger.hex()
        << "\nbackup       " << made.backup.entries << " entries, H "
        << made.backup.chain.hex() << "\nstate hash   "
        << made.backup.state.hex() << "\nentries now  " << made.log.entries
        << "\nincarnation  " << said.incarnation << "\nkeyset       "
        << said.next.version << (said.envelope ? "\n" : ", not signed yet\n");
  if (!options.has("keys"))
    x.out << "\nBring the node's keys into " << data
          << "/keys: without them it cannot sign.\n";
  if (!said.envelope)
    x.out << '\n' << advice_on_signing(data, options.text("out"));
}

} // namespace

exit_code run_log_restore(const invocation& x) {
  command_options options{
      "log restore", "",
      "Makes the directory of a node from a backup: verifies the file, copies "
      "it into a new log, folds\nand compares, and says in the ledger that it "
      "came back, as `ledger restored` does, so that\nclients that saw what "
      "was lost take what there is. Leaves no directory if it fails."};
  add_options(options);
  if (auto done = options.parse(x))
    return *done;
  const fs::path keys = options.has("keys")
                            ? fs::path{options.text("keys")}
                            : fs::path{options.text("data")} / "keys";
  auto root = find_root(options, keys);
  if (!root)
    return report(x, root.error());
  auto topics = read_topic_plan(options);
  if (!topics)
    return report(x, topics.error());
  restoration said;
  restore_options wanted;
  if (options.has("root-fingerprint")) {
    wanted.root_fingerprint =
        digest::from_hex(options.text("root-fingerprint"));
    if (!wanted.root_fingerprint)
      return options.wrong(x, bad_fingerprint);
  }
  wanted.file = options.text("in");
  wanted.data = options.text("data");
  wanted.kafka = std::move(*topics);
  wanted.keys = options.text("keys");
  wanted.progress = tell_phases(x);
  wanted.say_restored = [&](offline_ledger& ledger) -> result<void> {
    auto made = prepare_restoration(ledger, *root);
    if (!made)
      return made.error();
    said = std::move(*made);
    if (auto written = write_request(said, options); !written)
      return written;
    return write_restoration(ledger, said);
  };
  auto done = restore_ledger(wanted);
  if (!done)
    return report(x, done.error());
  if (options.has("json"))
    x.out << to_canonical(to_object(*done, said)) << '\n';
  else
    print(x, options, *done, said);
  return exit_code::ok;
}

} // namespace signalbox
