#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/log_check.hpp"
#include "app/log_commands.hpp"
#include "app/log_options.hpp"
#include "events/json.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// What the files of the directory know, and what the caller does.
result<log_demands> gather(const command_options& given,
                           const log_source& source) {
  log_demands out;
  if (source.pins()) {
    out.ledger = source.pins()->ledger;
    out.root_fingerprint = source.pins()->root_fingerprint;
  }
  out.mark = source.mark();
  if (given.has("root-fingerprint")) {
    out.root_fingerprint = digest::from_hex(given.text("root-fingerprint"));
    if (!out.root_fingerprint)
      return failure{errc::bad_request, bad_fingerprint};
  }
  if (given.has("token")) {
    auto token = parse_consistency_token(given.text("token"));
    if (!token)
      return failure{errc::bad_request, "--token: " + token.error().message};
    out.token = *token;
  }
  return out;
}

json::object to_object(const checked_log& x) {
  json::array problems;
  for (auto& y : x.problems)
    problems.emplace_back(json::object{{"index", y.index}, {"what", y.what}});
  return {{"ledger_id", x.ledger.hex()},
          {"incarnation", x.incarnation},
          {"root_fingerprint", x.root_fingerprint.hex()},
          {"entries", x.entries},
          {"accepted", x.accepted},
          {"chain", x.chain.hex()},
          {"state_hash", x.state.hex()},
          {"moved", x.moved},
          {"parts", x.parts},
          {"redacted", x.redacted},
          {"artifacts", x.artifacts},
          {"reseals", x.reseals},
          {"keysets", x.keysets},
          {"documents", x.documents},
          {"problem_count", x.problem_count},
          {"problems", std::move(problems)},
          {"sound", x.problem_count == 0}};
}

void print(std::ostream& out, const checked_log& x) {
  out << "ledger        " << x.ledger.hex() << ", incarnation " << x.incarnation
      << (x.moved ? ", moved" : "") << "\nroots         "
      << x.root_fingerprint.hex() << "\nentries       " << x.entries << " ("
      << x.accepted << " accepted)\nH             " << x.chain.hex()
      << "\nstate hash    " << x.state.hex() << "\nparts         " << x.parts
      << " match their names, " << x.redacted << " are redacted\nsignatures    "
      << x.artifacts << " artifacts, " << x.reseals << " reseals, " << x.keysets
      << " keysets\ndocuments     " << x.documents << '\n';
  for (auto& y : x.problems)
    out << "problem       entry " << y.index << ": " << y.what << '\n';
  if (x.problem_count > x.problems.size())
    out << "problem       " << x.problem_count - x.problems.size()
        << " more are not shown\n";
}

failure refused(const checked_log& x, const log_source& source) {
  auto& first = x.problems.front();
  const auto* advice =
      x.is_another
          ? ". Compare --root-fingerprint, or that in DIR/ledger.json, with "
            "what the ledger's administrators say; if it is right, this is "
            "the log of another ledger"
          : ". Keep a copy as it is; then bring the log back from a backup, "
            "or, where the ledger is on Kafka and its topic is sound, read it "
            "anew with `signalbox ledger join`";
  return {errc::bad_signature,
          source.name() +
              " is not what it should be: " + std::to_string(x.problem_count) +
              (x.problem_count == 1 ? " problem" : " problems") +
              ", the first at entry " + std::to_string(first.index) + ": " +
              first.what + advice};
}

} // namespace

exit_code run_log_verify(const invocation& x) {
  command_options options{
      "log verify", "",
      "Verifies a whole log, without writing: folds it, which recomputes H and "
      "checks the keysets\nagainst the roots, compares each content with its "
      "name, and verifies every artifact's\nsignature. Exit code 4 if anything "
      "is not as it must be, 1 if an entry cannot be read."};
  add_source_options(options);
  options.add()("root-fingerprint", po::value<std::string>(),
                "of the roots that the ledger was made with; else the one in "
                "DIR/ledger.json")(
      "token", po::value<std::string>(),
      "a consistency token that some node gave: its place must be there")(
      "json", "output for programs");
  if (auto done = options.parse(x))
    return *done;
  auto source = open_source(options, tell_progress(x, "read"));
  if (!source)
    return report(x, with_source_advice(source.error(), options));
  auto demands = gather(options, *source);
  if (!demands)
    return report(x, demands.error());
  auto done = check_log(source->log(), *demands, tell_progress(x, "verified"));
  if (!done)
    return report(x, with_source_advice(done.error(), options));
  if (options.has("json"))
    x.out << to_canonical(to_object(*done)) << '\n';
  else
    print(x.out, *done);
  if (done->problem_count > 0)
    return report(x, refused(*done, *source));
  return exit_code::ok;
}

} // namespace signalbox
