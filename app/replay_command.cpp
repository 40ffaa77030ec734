#include "app/commands.hpp"

#include <ostream>

#include <boost/json/object.hpp>

#include "app/damage_advice.hpp"
#include "app/options.hpp"
#include "app/replay_check.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

double rate_of(const replay_result& x) {
  return x.seconds > 0 ? static_cast<double>(x.entries) / x.seconds : 0;
}

std::string state_of(const std::optional<replay_result::comparison>& x) {
  if (!x)
    return "none";
  return x->stored == x->replayed
             ? "agrees at entry " + std::to_string(x->entries - 1)
             : "disagrees";
}

json::object to_object(const replay_result& x) {
  return {{"entries", x.entries},
          {"accepted", x.accepted},
          {"chain", x.chain.hex()},
          {"state_hash", x.state.hex()},
          {"seconds", x.seconds},
          {"entries_per_second", rate_of(x)},
          {"stored_state", state_of(x.stored)},
          {"head_file", state_of(x.head)},
          {"agrees", x.disagreement.empty()}};
}

void print(std::ostream& out, const replay_result& x) {
  out << "entries       " << x.entries << " (" << x.accepted
      << " accepted)\nH             " << x.chain.hex() << "\nstate hash    "
      << x.state.hex() << "\nstored state  " << state_of(x.stored)
      << "\nhead file     " << state_of(x.head) << "\nspeed         "
      << static_cast<std::uint64_t>(rate_of(x)) << " entries/s\n";
}

} // namespace

exit_code run_replay(const invocation& x) {
  command_options options{
      "replay", "",
      "Folds the log from nothing, without writing, and compares the hashes "
      "with the\nstored state and the head file. Exit code 1 if they "
      "disagree."};
  options.add()("data", po::value<std::string>()->required(),
                "directory of the ledger")("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto done = check_replay(options.text("data"), [&](auto folded, auto all) {
    x.err << "\rfolded " << folded << " of " << all << std::flush;
  });
  if (!done)
    return report(x, with_advice(done.error(), options.text("data"),
                                 damage_met_by::replay));
  if (done->entries > 16 * 1024)
    x.err << '\n';
  if (options.has("json"))
    x.out << to_canonical(to_object(*done)) << '\n';
  else
    print(x.out, *done);
  if (done->disagreement.empty())
    return exit_code::ok;
  return report(x, {errc::log_corrupt,
                    done->disagreement +
                        ": if the log is right, a start without the stored "
                        "state folds it anew; if not, restore the log from a "
                        "backup"});
}

} // namespace signalbox
