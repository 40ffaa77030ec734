#include "app/restored_command.hpp"

#include <algorithm>
#include <optional>
#include <ostream>

#include <boost/json/object.hpp>

#include "app/damage_advice.hpp"
#include "app/files.hpp"
#include "app/keys_options.hpp"
#include "app/keyset_change.hpp"
#include "app/offline_ledger.hpp"
#include "app/wall_clock.hpp"

namespace signalbox {

namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace {

/// What is to be written, made and checked before anything is: a ledger whose
/// incarnation is not its keyset's serves nothing that clients take.
struct restoration {
  std::uint64_t incarnation = 0;
  keyset next;
  std::optional<dsse_envelope> envelope; ///< none: the root is elsewhere
};

failure no_root(const fs::path& path) {
  return {errc::not_found,
          path.string() +
              " is not there: name the root's file with --root FILE; where the "
              "root is on another machine, repeat with --out REQUEST, sign it "
              "there with `signalbox keys sign` and bring it back with "
              "`signalbox keys import`"};
}

/// The root's key, unless it is to sign elsewhere.
result<std::optional<private_key>> find_root(const command_options& options) {
  if (options.has("out"))
    return std::optional<private_key>{};
  const auto path = options.has("root")
                        ? fs::path{options.text("root")}
                        : fs::path{options.text("data")} / "keys" / "root.pem";
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return no_root(path);
  auto root = read_root(options, path);
  if (!root)
    return root.error();
  return std::optional{std::move(*root)};
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

result<restoration> prepare(const offline_ledger& ledger,
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

result<void> write(offline_ledger& ledger, const restoration& x) {
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

exit_code show(const invocation& x, const command_options& options,
               const restoration& made) {
  if (options.has("json")) {
    json::object out{{"incarnation", made.incarnation},
                     {"keyset_version", made.next.version},
                     {"signed", made.envelope.has_value()}};
    if (options.has("out"))
      out["request"] = options.text("out");
    x.out << to_canonical(out) << '\n';
    return exit_code::ok;
  }
  x.out << "incarnation  " << made.incarnation << "\nkeyset       "
        << made.next.version << (made.envelope ? "\n" : ", not signed yet\n");
  if (!made.envelope)
    x.out << "\nClients take nothing until the root has signed. Where it is, "
             "run\n  signalbox keys sign --root ROOT.pem --in "
          << options.text("out")
          << " --out SIGNED\nfor each root that the threshold needs, then "
             "here\n  signalbox keys import --data "
          << options.text("data") << " --in SIGNED\n";
  return exit_code::ok;
}

} // namespace

std::uint64_t next_incarnation(std::uint64_t before, timestamp now) {
  return std::max(before + 1,
                  static_cast<std::uint64_t>(to_integer(now)) / 1000);
}

exit_code run_restored(const invocation& x) {
  command_options options{
      "ledger restored", "",
      "Says in a ledger that came back from a backup that it did: its "
      "incarnation grows, and the\nroot signs a keyset with it. Clients that "
      "saw what was lost then take what there is, and\nreport it. Its server "
      "must be stopped. Not for a ledger that was moved and lost nothing."};
  options.add()("data", po::value<std::string>()->required(),
                "directory of the ledger; its server must be stopped")(
      "root", po::value<std::string>(),
      "the root's private key; else DIR/keys/root.pem")(
      "root-passphrase-file", po::value<std::string>(),
      "its passphrase; else that of the node's keys")(
      "out", po::value<std::string>(),
      "the root is elsewhere: write the keyset, unsigned, to this file")(
      "json", "output for programs");
  add_passphrase_option(options);
  if (auto done = options.parse(x))
    return *done;
  auto root = find_root(options);
  if (!root)
    return report(x, root.error());
  auto ledger = offline_ledger::open(options.text("data"));
  if (!ledger)
    return report(x, with_advice(ledger.error(), options.text("data")));
  auto made = prepare(**ledger, *root);
  if (!made)
    return report(x, made.error());
  if (options.has("out"))
    if (auto written =
            write_file(options.text("out"), to_payload(made->next) + '\n');
        !written)
      return report(x, written.error());
  if (auto done = write(**ledger, *made); !done)
    return report(x, done.error());
  return show(x, options, *made);
}

} // namespace signalbox
