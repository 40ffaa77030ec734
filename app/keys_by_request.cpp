#include "app/keys_by_request.hpp"

#include "app/files.hpp"
#include "app/keys_options.hpp"
#include "app/keyset_change.hpp"
#include "app/keyset_plan.hpp"
#include "app/keyset_report.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

failure unsigned_keyset(const std::string& file) {
  return {errc::bad_signature,
          file +
              " is unsigned: run `signalbox keys sign --root ROOT.pem --in " +
              file + " --out SIGNED` where the root is, then import SIGNED"};
}

/// Says what is wrong with the version before the fold only says `conflict`.
result<void> check_next(const keyset& next, keyset_access& place) {
  auto current = place.current();
  if (!current) // none yet, or the place says so itself
    return {};
  if (to_payload(next) == to_payload(*current))
    return failure{errc::conflict, "keyset " + std::to_string(next.version) +
                                       " is in the ledger already, and in "
                                       "force"};
  if (next.version != current->version + 1)
    return failure{errc::conflict,
                   "this is keyset " + std::to_string(next.version) +
                       ", but the ledger is at " +
                       std::to_string(current->version) +
                       ": make a new one with `signalbox keys request`"};
  return {};
}

} // namespace

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
      "key that verifies nothing any more; may be repeated")(
      "force", "revoke also while current artifacts are sealed with the key");
  add_algorithm_option(options);
  add_place_options(options);
  add_passphrase_option(options);
  if (auto done = options.parse(x))
    return *done;
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  auto next = plan_keyset(
      options,
      {options.has("rotate"), options.list("retire"), options.list("revoke")},
      **place);
  if (!next)
    return report(x, next.error());
  if (auto written = write_file(options.text("out"), to_payload(*next) + '\n');
      !written)
    return report(x, written.error());
  return show_keyset(x, options, *next);
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
  return show_keyset(x, options, *parse_keyset(as_text(envelope->payload)));
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
  if (parse_keyset(*text))
    return report(x, unsigned_keyset(options.text("in")));
  auto envelope = parse_dsse(*text);
  if (!envelope)
    return report(x, envelope.error());
  auto next = parse_keyset(as_text(envelope->payload));
  if (!next)
    return report(x, next.error());
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  if (auto fits = check_next(*next, **place); !fits)
    return report(x, fits.error());
  if (auto put = (*place)->put(*envelope); !put)
    return report(x, put.error());
  return show_keyset(x, options, *next);
}

} // namespace signalbox
