#include "app/restoration.hpp"

#include <algorithm>

#include "app/files.hpp"
#include "app/keys_options.hpp"
#include "app/keyset_change.hpp"
#include "app/restored_command.hpp"
#include "app/wall_clock.hpp"

namespace signalbox {

namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace {

failure no_root(const fs::path& path) {
  return {errc::not_found,
          path.string() +
              " is not there: name the root's file with --root FILE; where the "
              "root is on another machine, repeat with --out REQUEST, sign it "
              "there with `signalbox keys sign` and bring it back with "
              "`signalbox keys import`"};
}

/// Whether this one root can sign the keyset alone.
result<void> check_root(const private_key& root, const keyset& current) {
  if (current.threshold > 1)
    return failure{errc::bad_request,
                   "a keyset of this ledger needs the signatures of " +
                       std::to_string(current.threshold) +
                       " roots: repeat with --out REQUEST, sign it with each "
                       "(`signalbox keys sign`), then `signalbox keys import`"};
  const auto der = to_buffer(root.public_part().der());
  if (std::find(current.roots.begin(), current.roots.end(), der) ==
      current.roots.end())
    return failure{errc::bad_key, "this key is no root of the ledger"};
  return {};
}

} // namespace

void add_restoration_options(command_options& options) {
  options.add()("root", po::value<std::string>(),
                "the root's private key; else DIR/keys/root.pem")(
      "root-passphrase-file", po::value<std::string>(),
      "its passphrase; else that of the node's keys")(
      "out", po::value<std::string>(),
      "the root is elsewhere: write the keyset, unsigned, to this file");
}

result<std::optional<private_key>>
find_root(const command_options& options, const std::filesystem::path& keys) {
  if (options.has("out"))
    return std::optional<private_key>{};
  const auto path =
      options.has("root") ? fs::path{options.text("root")} : keys / "root.pem";
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return no_root(path);
  auto root = read_root(options, path);
  if (!root)
    return root.error();
  return std::optional{std::move(*root)};
}

result<restoration>
prepare_restoration(const offline_ledger& ledger,
                    const std::optional<private_key>& root) {
  auto signed_before = ledger.current_keyset();
  if (!signed_before)
    return signed_before.error();
  auto current = parse_keyset(as_text(signed_before->payload));
  if (!current)
    return current.error();
  restoration out;
  out.incarnation =
      next_incarnation(ledger.state().ledger->incarnation, wall_clock());
  keyset_change change;
  change.expires_at = wall_clock() + keyset_life;
  change.incarnation = out.incarnation;
  auto next = next_keyset(*current, change);
  if (!next)
    return next.error();
  out.next = std::move(*next);
  if (!root)
    return out;
  if (auto fits = check_root(*root, *current); !fits)
    return fits.error();
  auto envelope = sign_keyset(to_payload(out.next), *root);
  if (!envelope)
    return envelope.error();
  out.envelope = std::move(*envelope);
  return out;
}

result<void> write_request(const restoration& x,
                           const command_options& options) {
  if (!options.has("out"))
    return {};
  return write_file(options.text("out"), to_payload(x.next) + '\n');
}

result<void> write_restoration(offline_ledger& ledger, const restoration& x) {
  proposal_draft restored;
  restored.body = event::ledger_restored{x.incarnation};
  if (auto said = ledger.say(std::move(restored)); !said)
    return said;
  if (x.envelope) {
    auto put = put_keyset(*x.envelope, x.next.version - 1);
    if (!put)
      return put.error();
    if (auto said = ledger.say(std::move(*put)); !said)
      return said;
  }
  return ledger.save();
}

std::string advice_on_signing(const fs::path& data,
                              const std::string& request) {
  return "Clients take nothing until the root has signed. Where it is, run\n"
         "  signalbox keys sign --root ROOT.pem --in " +
         request +
         " --out SIGNED\nfor each root that the threshold needs, then "
         "here\n  signalbox keys import --data " +
         data.string() + " --in SIGNED\n";
}

} // namespace signalbox
