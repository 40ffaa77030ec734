#include <ostream>

#include <boost/json/object.hpp>

#include "app/copy_ledger.hpp"
#include "app/damage_advice.hpp"
#include "app/log_commands.hpp"
#include "app/log_options.hpp"
#include "app/topic_options.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

void print_json(std::ostream& out, const copied_ledger& x) {
  out << to_canonical(json::object{{"ledger_id", x.log.ledger.hex()},
                                   {"incarnation", x.log.incarnation},
                                   {"entries", x.log.entries},
                                   {"accepted", x.log.accepted},
                                   {"chain", x.log.chain.hex()},
                                   {"state_hash", x.log.state.hex()},
                                   {"records", x.log.records.hex()},
                                   {"moved_to", x.to},
                                   {"moved_at", to_integer(x.moved_at)}})
      << '\n';
}

void print(std::ostream& out, const copy_options& options,
           const copied_ledger& x) {
  out << "moved to    " << x.to << "\nentries     " << x.log.entries << " ("
      << x.log.accepted << " accepted), all of them equal\nH           "
      << x.log.chain.hex() << "\nstate hash  " << x.log.state.hex()
      << "\nsource      closed at entry " << to_integer(x.moved_at)
      << "\n\nNow "
      << "\n  signalbox serve --data " << options.to.string() << "\nWhat "
      << options.data.string()
      << " holds can be served for reading, and takes no decisions. The root "
         "and\ntokens that lie there were not copied.\n";
}

} // namespace

exit_code run_log_copy(const invocation& x) {
  command_options options{
      "log copy", "",
      "Moves a ledger from one engine to the other: its log from a directory "
      "to Kafka, or from Kafka\ninto a directory. Each record keeps its time; "
      "the copy is read back and must give the same H,\nstate hash and bytes. "
      "Then the source is closed for decisions, and says where the ledger "
      "went.\n"
      "What breaks off before that changes nothing, and goes on when it is "
      "repeated."};
  options.add()("data", po::value<std::string>()->required(),
                "directory of the node that has the ledger; its server must be "
                "stopped")("to", po::value<std::string>()->required(),
                           "the node's new directory; made if need be");
  add_topic_options(options, "the log moves to a topic that is made there; "
                             "without it, into the new directory");
  options.add()("same-engine", "also from a directory into another one")(
      "finish", "bring a copy to its end that broke off after the source was "
                "closed")("json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  copy_options wanted;
  wanted.data = options.text("data");
  wanted.to = options.text("to");
  wanted.finish = options.has("finish");
  wanted.same_engine = options.has("same-engine");
  auto topics = read_topic_plan(options);
  if (!topics)
    return report(x, topics.error());
  wanted.kafka = std::move(*topics);
  wanted.progress = tell_phases(x);
  auto done = copy_ledger(wanted);
  if (!done)
    return report(x, with_advice(done.error(), wanted.data));
  if (options.has("json"))
    print_json(x.out, *done);
  else
    print(x.out, wanted, *done);
  return exit_code::ok;
}

} // namespace signalbox
