#include "app/restored_command.hpp"

#include <algorithm>
#include <ostream>

#include <boost/json/object.hpp>

#include "app/damage_advice.hpp"
#include "app/keys_options.hpp"
#include "app/restoration.hpp"

namespace signalbox {

namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace {

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
    x.out << '\n'
          << advice_on_signing(options.text("data"), options.text("out"));
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
                "directory of the ledger; its server must be stopped");
  add_restoration_options(options);
  options.add()("json", "output for programs");
  add_passphrase_option(options);
  if (auto done = options.parse(x))
    return *done;
  auto root = find_root(options, fs::path{options.text("data")} / "keys");
  if (!root)
    return report(x, root.error());
  auto ledger = offline_ledger::open(options.text("data"));
  if (!ledger)
    return report(x, with_advice(ledger.error(), options.text("data")));
  auto made = prepare_restoration(**ledger, *root);
  if (!made)
    return report(x, made.error());
  if (auto written = write_request(*made, options); !written)
    return report(x, written.error());
  if (auto done = write_restoration(**ledger, *made); !done)
    return report(x, done.error());
  return show(x, options, *made);
}

} // namespace signalbox
