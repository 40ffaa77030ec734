#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/client_options.hpp"
#include "app/command_line.hpp"
#include "app/files.hpp"
#include "app/keyset_access.hpp"
#include "app/keyset_change.hpp"
#include "app/ledger_file.hpp"
#include "app/node_key_files.hpp"
#include "app/offline_ledger.hpp"
#include "app/passphrase.hpp"
#include "app/table.hpp"
#include "storage/key_file.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

void add_place_options(command_options& options) {
  add_client_options(options);
  options.add()("data", po::value<std::string>(),
                "directory of the ledger; its server must be stopped")(
      "online", "go through the running server; --data then only says where "
                "the node's key files are");
}

void add_passphrase_option(command_options& options) {
  options.add()("passphrase-file", po::value<std::string>(),
                "passphrase of the node's keys; else SIGNALBOX_PASSPHRASE");
}

bool is_offline(const command_options& options) {
  return options.has("data") && !options.has("online");
}

result<std::unique_ptr<keyset_access>> open_place(const command_options& x) {
  if (is_offline(x))
    return open_keyset_access(x.text("data"));
  auto client = make_client(x);
  if (!client)
    return client.error();
  return make_keyset_access(std::move(*client));
}

result<std::vector<digest>> key_ids(const std::vector<std::string>& texts) {
  std::vector<digest> out;
  for (auto& text : texts) {
    auto id = digest::from_hex(text);
    if (!id)
      return failure{errc::bad_request,
                     "'" + text +
                         "' is no key id: `signalbox keys list` "
                         "shows them, 64 hexadecimal digits each"};
    out.push_back(*id);
  }
  return out;
}

/// Makes the node's new keys and retires those that it signs with now.
result<void> add_rotation(const command_options& options, const keyset& current,
                          keyset_change& change) {
  if (!options.has("data"))
    return failure{errc::bad_request,
                   "new keys need --data DIR: the node's key files lie there"};
  const std::filesystem::path data{options.text("data")};
  auto pinned = read_ledger_file(data);
  if (!pinned)
    return pinned.error();
  auto passphrase = read_passphrase(options.maybe("passphrase-file"));
  if (!passphrase)
    return passphrase.error();
  auto algorithm = key_algorithm::ed25519;
  for (auto& key : current.keys) {
    if (key.node != pinned->node || key.status != key_status::active)
      continue;
    change.retire.push_back(key.id);
    if (auto parsed = public_key::from_der(key.spki))
      algorithm = parsed->algorithm();
  }
  auto made =
      make_node_keys(data / "keys", pinned->node, algorithm, *passphrase);
  if (!made)
    return made.error();
  change.add = {
      make_keyset_key(made->seal.public_part(), key_role::seal, made->node),
      make_keyset_key(made->head.public_part(), key_role::head, made->node)};
  return {};
}

/// What to change about the keyset, as one command names it.
struct wanted_change {
  bool rotate = false;
  std::vector<std::string> retire, revoke;
};

result<keyset> make_next(const command_options& options,
                         const wanted_change& wanted, keyset_access& place) {
  auto current = place.current();
  if (!current)
    return current.error();
  keyset_change change;
  change.expires_at = wall_clock() + keyset_life;
  auto retire = key_ids(wanted.retire);
  if (!retire)
    return retire.error();
  auto revoke = key_ids(wanted.revoke);
  if (!revoke)
    return revoke.error();
  change.retire = std::move(*retire);
  change.revoke = std::move(*revoke);
  if (wanted.rotate)
    if (auto added = add_rotation(options, *current, change); !added)
      return added.error();
  return next_keyset(*current, change);
}

void print_keys(std::ostream& out, const keyset& x) {
  out << "keyset " << x.version << ", expires " << to_rfc3339(x.expires_at)
      << ", signed by " << x.threshold << " of " << x.roots.size()
      << " roots\n";
  table rows{{"ROLE", "STATUS", "ALGORITHM", "KEY", "NODE"}};
  for (auto& key : x.keys) {
    auto parsed = public_key::from_der(key.spki);
    rows.add({std::string{to_string(key.role)},
              std::string{to_string(key.status)},
              parsed ? std::string{to_string(parsed->algorithm())} : "",
              key.id.hex(), key.node.hex()});
  }
  rows.print(out);
}

exit_code show(const invocation& x, const command_options& options,
               const keyset& keys) {
  if (options.has("json"))
    x.out << to_payload(keys) << '\n';
  else
    print_keys(x.out, keys);
  return exit_code::ok;
}

exit_code list_keys(const invocation& x) {
  command_options options{
      "keys list", "",
      "Lists the keys of the keyset in force: from the server, or with --data "
      "offline."};
  add_place_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  auto keys = (*place)->current();
  if (!keys)
    return report(x, keys.error());
  return show(x, options, *keys);
}

exit_code request_keyset(const invocation& x) {
  command_options options{
      "keys request", "",
      "Writes the next keyset, unsigned, to be signed where the root is. "
      "Without another\noption it only renews the keyset for a year."};
  options.add()("out", po::value<std::string>()->required(),
                "where to write it")("rotate",
                                     "new keys for the node of --data; its "
                                     "present ones retire")(
      "retire", po::value<std::vector<std::string>>()->composing(),
      "key that signs nothing new any more; may be repeated")(
      "revoke", po::value<std::vector<std::string>>()->composing(),
      "key that verifies nothing any more; may be repeated");
  add_place_options(options);
  add_passphrase_option(options);
  if (auto done = options.parse(x))
    return *done;
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  auto next = make_next(
      options,
      {options.has("rotate"), options.list("retire"), options.list("revoke")},
      **place);
  if (!next)
    return report(x, next.error());
  if (auto written = write_file(options.text("out"), to_payload(*next) + '\n');
      !written)
    return report(x, written.error());
  return show(x, options, *next);
}

result<private_key> read_root(const command_options& options,
                              const std::filesystem::path& path) {
  auto passphrase = read_passphrase(options.has("root-passphrase-file")
                                        ? options.maybe("root-passphrase-file")
                                        : options.maybe("passphrase-file"));
  if (!passphrase)
    return passphrase.error();
  return read_key_file(path, *passphrase);
}

exit_code sign_request(const invocation& x) {
  command_options options{
      "keys sign", "",
      "Signs a keyset where the root is; needs neither ledger nor network. For "
      "several\nroots, sign the result again with the next one."};
  options.add()("root", po::value<std::string>()->required(),
                "the root's private key (PEM)")(
      "in", po::value<std::string>()->required(), "request, or signed keyset")(
      "out", po::value<std::string>()->required(),
      "signed keyset")("passphrase-file", po::value<std::string>(),
                       "passphrase of the root; else SIGNALBOX_PASSPHRASE")(
      "json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto request = read_file(options.text("in"));
  if (!request)
    return report(x, request.error());
  auto root = read_root(options, options.text("root"));
  if (!root)
    return report(x, root.error());
  auto envelope = sign_keyset(*request, *root);
  if (!envelope)
    return report(x, envelope.error());
  if (auto written = write_file(options.text("out"), to_json(*envelope) + '\n');
      !written)
    return report(x, written.error());
  // What was signed is shown, since it is the root that answers for it.
  return show(x, options, *parse_keyset(as_text(envelope->payload)));
}

exit_code import_keyset(const invocation& x) {
  command_options options{"keys import", "",
                          "Puts a signed keyset into the ledger."};
  options.add()("in", po::value<std::string>()->required(), "signed keyset");
  add_place_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto text = read_file(options.text("in"));
  if (!text)
    return report(x, text.error());
  while (text->ends_with('\n'))
    text->pop_back();
  auto envelope = parse_dsse(*text);
  if (!envelope)
    return report(x, envelope.error());
  auto next = parse_keyset(as_text(envelope->payload));
  if (!next)
    return report(x, next.error());
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  if (auto put = (*place)->put(*envelope); !put)
    return report(x, put.error());
  return show(x, options, *next);
}

std::filesystem::path root_path(const command_options& options) {
  if (options.has("root"))
    return options.text("root");
  return std::filesystem::path{options.text("data")} / "keys" / "root.pem";
}

/// Request, signature and import in one step, where the root is at hand.
exit_code change_keyset(const invocation& x, const command_options& options,
                        const wanted_change& wanted) {
  if (!options.has("root") && !options.has("data"))
    return options.wrong(x, "name the root with --root FILE, or the ledger's "
                            "directory with --data DIR");
  auto root = read_root(options, root_path(options));
  if (!root)
    return report(x, root.error());
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  auto next = make_next(options, wanted, **place);
  if (!next)
    return report(x, next.error());
  auto envelope = sign_keyset(to_payload(*next), *root);
  if (!envelope)
    return report(x, envelope.error());
  if (auto put = (*place)->put(*envelope); !put)
    return report(x, put.error());
  if (wanted.rotate && !is_offline(options))
    x.err << "signalbox: restart the server, so that it takes its new keys; "
             "until then it cannot publish\n";
  return show(x, options, *next);
}

void add_root_options(command_options& options) {
  add_place_options(options);
  add_passphrase_option(options);
  options.add()("root", po::value<std::string>(),
                "the root's private key; else DIR/keys/root.pem")(
      "root-passphrase-file", po::value<std::string>(),
      "its passphrase; else that of the node's keys");
}

exit_code rotate_keys(const invocation& x) {
  command_options options{
      "keys rotate", "",
      "New keys for the node of --data; its present ones retire: they verify "
      "what they\nsigned and sign nothing new."};
  add_root_options(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {true, {}, {}});
}

exit_code retire_key(const invocation& x) {
  command_options options{"keys retire", "KEY...",
                          "The keys sign nothing new any more."};
  options.need_many("KEY");
  add_root_options(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {false, options.list("KEY"), {}});
}

exit_code revoke_key(const invocation& x) {
  command_options options{
      "keys revoke", "KEY...",
      "The keys verify nothing any more, for ever: what they sealed must be "
      "resealed first."};
  options.need_many("KEY");
  add_root_options(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {false, {}, options.list("KEY")});
}

exit_code renew_keyset(const invocation& x) {
  command_options options{"keys renew", "", "The same keys for another year."};
  add_root_options(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {});
}

} // namespace

exit_code run_keys(const invocation& x) {
  static const command_entry words[] = {
      {"list", "list the keys", list_keys},
      {"rotate", "new keys for a node", rotate_keys},
      {"retire", "end the use of keys", retire_key},
      {"revoke", "make keys worthless", revoke_key},
      {"renew", "extend the keyset for a year", renew_keyset},
      {"request", "write the next keyset, unsigned", request_keyset},
      {"sign", "sign it, where the root is", sign_request},
      {"import", "put the signed one into the ledger", import_keyset},
  };
  return run_subcommand(x, "keys", words);
}

} // namespace signalbox
