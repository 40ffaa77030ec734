#include "app/copy_ledger.hpp"

#include "actors/moved_ledger.hpp"
#include "api/signing.hpp"
#include "app/building_site.hpp"
#include "app/copy_target.hpp"
#include "app/kafka_file.hpp"
#include "app/node_directory.hpp"
#include "app/offline_ledger.hpp"
#include "storage/data_dir.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

/// What the source says of where the ledger went: no setting that may be
/// secret.
std::string describe_target(const copy_options& x) {
  if (x.kafka)
    return "topic " + kafka_topic(x.kafka->kafka, decisions_stream) +
           " on Kafka";
  std::error_code ignored;
  return "directory " + fs::absolute(x.to, ignored).lexically_normal().string();
}

std::string number(log_index x) {
  return std::to_string(to_integer(x));
}

/// Who forgot to name the brokers is not to find the ledger closed.
result<void> check_engines(const copy_options& options) {
  auto from = read_kafka_file(options.data);
  if (!from)
    return from.error();
  if (*from || options.kafka || options.same_engine)
    return {};
  return failure{errc::bad_request,
                 options.data.string() +
                     " holds the log in a directory already: name the file of "
                     "Kafka settings with --kafka, or say --same-engine to "
                     "move into another directory"};
}

/// Whether this copy may begin, or go on, given what the source says.
result<void> check_source(const std::optional<ledger_move>& move,
                          const copy_options& options,
                          const std::string& target) {
  if (!move && options.finish)
    return failure{errc::bad_request,
                   "the ledger has not moved, so there is nothing to finish: "
                   "leave --finish out"};
  if (!move)
    return {};
  if (!options.finish)
    return failure{errc::conflict,
                   "the ledger was moved to " + move->to + " at entry " +
                       number(move->index) +
                       ". If that copy did not come to its end, repeat it with "
                       "--finish; never to have two of it, do so only then"};
  if (move->to != target)
    return failure{errc::conflict, "the ledger was moved to " + move->to +
                                       ", not to " + target +
                                       ": finish that copy"};
  return {};
}

failure differs(const folded_log& from, const folded_log& to) {
  const auto* what = from.chain != to.chain   ? "another H"
                     : from.state != to.state ? "another state hash"
                                              : "other contents or times";
  return {errc::log_corrupt, std::string{"the copy has "} + what +
                                 " than the source: it is not used"};
}

/// Step by step what copy_ledger() says.
class mover {
 public:
  mover(const copy_options& options, offline_ledger& source,
        copy_target& target, std::string where)
      : options_{options}, source_{source}, target_{target}, where_{std::move(
                                                                 where)} {}

  result<copied_ledger> move() {
    auto at = find_move(source_.state(), source_.log());
    if (!at) {
      if (auto done = copy_until(source_.state().size); !done)
        return done.error();
      if (auto closed = close(); !closed)
        return closed.error();
      at = find_move(source_.state(), source_.log());
    }
    tell("closed", to_integer(at->index), to_integer(at->index));
    auto done = finish(at->index);
    if (!done)
      return failure{done.error().code,
                     done.error().message + ". The source is closed at entry " +
                         number(at->index) +
                         ": mend this, then repeat with --finish"};
    return done;
  }

 private:
  /// Entries of the source that were shown to be in the target.
  result<void> copy_until(std::uint64_t until) {
    if (until == same_)
      return {};
    auto added = target_.add(source_.log(), until, [&](auto done, auto all) {
      tell("copied", done, all);
    });
    if (!added)
      return added;
    const auto watch = [&](auto done, auto all) {
      tell("verified", done, all);
    };
    auto from = fold_until(source_.log(), until, watch);
    if (!from)
      return from.error();
    auto to = fold_until(target_.log(), until, watch);
    if (!to)
      return to.error();
    if (*from != *to)
      return differs(*from, *to);
    same_ = until;
    proven_ = *to;
    tell("verified", until, until);
    return {};
  }

  result<void> close() {
    proposal_draft out;
    out.body = event::ledger_moved{};
    out.add_part(where_);
    auto said = source_.say(std::move(out));
    if (said)
      (void)source_.save(); // only spares the next start the fold
    return said;
  }

  result<copied_ledger> finish(log_index moved_at) {
    if (auto done = copy_until(to_integer(moved_at)); !done)
      return done.error();
    if (auto opened = target_.open_for_decisions(); !opened)
      return opened.error();
    return copied_ledger{proven_, where_, moved_at, options_.kafka.has_value()};
  }

  void tell(std::string_view what, std::uint64_t done, std::uint64_t all) {
    if (options_.progress)
      options_.progress(what, done, all);
  }

  const copy_options& options_;
  offline_ledger& source_;
  copy_target& target_;
  std::string where_;
  std::uint64_t same_ = 0;
  folded_log proven_;
};

result<std::unique_ptr<copy_target>> make_target(const data_dir& directory,
                                                 const copy_options& options) {
  rocksdb_config config;
  config.directory = directory.database();
  auto database = rocksdb_database::create(std::move(config));
  if (!database)
    return database.error();
  if (!options.kafka)
    return copy_to_database(*database);
  return copy_to_kafka(*database, *options.kafka,
                       options.finish ? earlier_copy::finish
                                      : earlier_copy::resume);
}

/// Copies into the site; its database is closed afterwards.
result<copied_ledger> fill(const fs::path& site, const copy_options& options,
                           offline_ledger& source, const std::string& where) {
  auto directory = data_dir::create(site);
  if (!directory)
    return directory.error();
  auto target = make_target(*directory, options);
  if (!target)
    return target.error();
  const auto* kafka = options.kafka ? &options.kafka->kafka : nullptr;
  // Before the source is closed: nothing of this may be missing then.
  if (auto done = bring_node(options.data, site, kafka); !done)
    return done.error();
  auto moved = mover{options, source, **target, where}.move();
  if (!moved || options.kafka)
    return moved;
  auto marked = head_file{directory->head()}.write(
      {log_index{moved->log.entries - 1}, moved->log.chain});
  if (!marked)
    return marked.error();
  return moved;
}

} // namespace

result<copied_ledger> copy_ledger(const copy_options& options) {
  auto source = offline_ledger::open(options.data);
  if (!source)
    return source.error();
  if (auto checked = check_engines(options); !checked)
    return checked.error();
  const auto where = describe_target(options);
  auto move = find_move((*source)->state(), (*source)->log());
  if (auto checked = check_source(move, options, where); !checked)
    return checked.error();
  if (auto problem = membership_problem((*source)->seen(), (*source)->node()))
    return failure{problem->code, problem->message +
                                      ". The ledger moves with a node that "
                                      "takes writes: copy from another's "
                                      "directory"};
  building_site site{options.to};
  if (auto opened = site.open(); !opened)
    return opened.error();
  auto out = fill(site.path(), options, **source, where);
  if (!out)
    return out;
  if (auto done = site.finish(); !done)
    return failure{done.error().code, done.error().message +
                                          ". The source is closed: mend this, "
                                          "then repeat with --finish"};
  return out;
}

} // namespace signalbox
