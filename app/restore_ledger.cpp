#include "app/restore_ledger.hpp"

#include "app/building_site.hpp"
#include "app/copy_target.hpp"
#include "app/node_directory.hpp"
#include "storage/rocksdb_log.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

result<rocksdb_database::pointer> make_database(const fs::path& path) {
  rocksdb_config config;
  config.directory = path;
  return rocksdb_database::create(std::move(config));
}

class restorer {
 public:
  restorer(const restore_options& options, const backup_file& backup,
           const fs::path& site)
      : options_{options}, backup_{backup}, site_{site} {}

  result<restored_ledger> restore() {
    if (!options_.kafka)
      return restore_in(site_);
    // On the way to a topic all of it lies in a directory first. The lock
    // shows meanwhile that somebody builds here.
    auto lock = data_dir::create(site_);
    if (!lock)
      return lock.error();
    const auto first = site_ / "before";
    auto out = restore_in(first);
    if (!out)
      return out;
    auto log = publish(first, out->log.entries);
    if (!log)
      return log.error();
    return out;
  }

 private:
  result<restored_ledger> restore_in(const fs::path& data) {
    if (auto filled = fill(data); !filled)
      return filled.error();
    auto entries = say_restored(data);
    if (!entries)
      return entries.error();
    auto log = fold_directory(data, *entries);
    if (!log)
      return log.error();
    return restored_ledger{backup_.pins(), backup_.sums(), *log};
  }

  /// The directory of a node with what the backup holds.
  result<void> fill(const fs::path& data) {
    auto directory = data_dir::create(data);
    if (!directory)
      return directory.error();
    auto database = make_database(directory->database());
    if (!database)
      return database.error();
    auto target = copy_to_database(*database);
    if (!target)
      return target.error();
    auto log = copy(backup_, backup_.sums().entries, **target);
    if (!log)
      return log.error();
    if (auto right = check(*log); !right)
      return right.error();
    return write_ledger_file(data, backup_.pins());
  }

  /// Whether the backup is what it says of itself, and what is asked for.
  result<void> check(const folded_log& log) const {
    const log_sums& sums = log;
    if (sums != backup_.sums())
      return failure{errc::log_corrupt,
                     "the backup folds to other hashes than it says"};
    if (options_.root_fingerprint &&
        *options_.root_fingerprint != log.root_fingerprint)
      return failure{errc::bad_signature,
                     "the ledger of the backup was made with other roots, of "
                     "the fingerprint " +
                         log.root_fingerprint.hex()};
    return check_pins(backup_.pins(), log);
  }

  /// Copies, folds both and compares.
  result<folded_log> copy(const event_log& from, std::uint64_t until,
                          copy_target& to) {
    auto added = to.add(from, until, watch("copied"));
    if (!added)
      return added.error();
    auto wanted = fold_until(from, until, watch("verified"));
    if (!wanted)
      return wanted;
    auto got = fold_until(to.log(), until, watch("verified"));
    if (!got)
      return got;
    if (*got != *wanted)
      return failure{errc::log_corrupt,
                     "what was restored differs from what it was made of"};
    return got;
  }

  /// Returns how many entries there are then.
  result<std::uint64_t> say_restored(const fs::path& data) {
    auto ledger = offline_ledger::open(data);
    if (!ledger)
      return ledger.error();
    if (auto said = options_.say_restored(**ledger); !said)
      return said.error();
    return (*ledger)->state().size;
  }

  result<folded_log> fold_directory(const fs::path& data,
                                    std::uint64_t entries) {
    auto source = log_source::in_directory(data);
    if (!source)
      return source.error();
    return fold_until(source->log(), entries, watch("verified"));
  }

  /// Fills the topic, and makes the node's directory with the copy of it.
  result<folded_log> publish(const fs::path& from, std::uint64_t entries) {
    auto source = log_source::in_directory(from);
    if (!source)
      return source.error();
    auto database = make_database(site_ / "db");
    if (!database)
      return database.error();
    auto target =
        copy_to_kafka(*database, *options_.kafka, earlier_copy::resume);
    if (!target)
      return target.error();
    auto out = copy(source->log(), entries, **target);
    if (!out)
      return out;
    if (auto opened = (*target)->open_for_decisions(); !opened)
      return opened.error();
    return out;
  }

  log_progress watch(std::string_view what) const {
    if (!options_.progress)
      return nullptr;
    return [this, what](std::uint64_t done, std::uint64_t all) {
      options_.progress(what, done, all);
    };
  }

  const restore_options& options_;
  const backup_file& backup_;
  fs::path site_;
};

} // namespace

result<restored_ledger> restore_ledger(const restore_options& options) {
  auto backup = backup_file::open(options.file);
  if (!backup)
    return backup.error();
  building_site site{options.data};
  if (auto opened = site.open(); !opened)
    return opened.error();
  const auto keys = site.path() / "keys";
  std::error_code error;
  if (!fs::create_directory(keys, error))
    return failure{errc::io, keys.string() + ": " + error.message()};
  fs::permissions(keys, fs::perms::owner_all, error);
  const auto* kafka = options.kafka ? &options.kafka->kafka : nullptr;
  if (!options.keys.empty())
    if (auto done = bring_node_keys(options.keys, keys); !done)
      return done.error();
  if (auto done = write_node_files(site.path(), (*backup)->pins(), kafka);
      !done)
    return done.error();
  auto out = restorer{options, **backup, site.path()}.restore();
  if (!out)
    return out;
  if (auto done = site.finish(); !done)
    return done.error();
  return out;
}

} // namespace signalbox
