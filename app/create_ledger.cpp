#include "app/create_ledger.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "app/files.hpp"
#include "app/kafka_file.hpp"
#include "app/keyset_change.hpp"
#include "app/offline_ledger.hpp"
#include "app/seed_events.hpp"
#include "app/wall_clock.hpp"
#include "events/hash.hpp"
#include "events/token.hpp"
#include "policy/names.hpp"
#include "storage/atomic_file.hpp"
#include "storage/kafka_decisions.hpp"
#include "storage/key_file.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

/// What a whole ledger consists of. The database goes first: renaming it onto
/// another one fails, so two creations at once cannot mix. The pins go last: a
/// directory that has them has everything.
constexpr const char* pieces[] = {
    "db", "keys", "head", "admin.token", "kafka.properties", "ledger.json"};

failure refused(const fs::path& path) {
  return {errc::io, path.string() + ": " + std::strerror(errno)};
}

/// Where a ledger grows until it is whole: a folder inside its place, so that
/// the last step is a rename on one file system. Removed if that is not
/// reached, and the place too if it was made for it.
class building_site {
 public:
  explicit building_site(fs::path place) : place_{std::move(place)} {}
  building_site(const building_site&) = delete;
  building_site& operator=(const building_site&) = delete;

  ~building_site() {
    std::error_code ignored;
    if (!path_.empty())
      fs::remove_all(path_, ignored);
    if (made_place_ && !done_)
      fs::remove(place_, ignored);
  }

  const fs::path& path() const { return path_; }

  result<void> open() {
    std::error_code error;
    if (place_.has_parent_path())
      fs::create_directories(place_.parent_path(), error);
    made_place_ = ::mkdir(place_.c_str(), 0700) == 0;
    if (!made_place_ && errno != EEXIST)
      return refused(place_);
    for (auto* name : pieces)
      if (fs::exists(place_ / name, error))
        return failure{errc::conflict,
                       place_.string() +
                           " holds a ledger already, or what is "
                           "left of one: '" +
                           name + "'; choose another directory"};
    sweep();
    auto name = (place_ / ".making-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      return refused(place_);
    path_ = name;
    return {};
  }

  /// Moves the pieces to their place, or back, and makes that durable.
  result<void> finish() {
    for (auto* name : pieces)
      if (auto moved = move(name); !moved) {
        take_back(name);
        return moved;
      }
    done_ = true;
    if (auto synced = sync_directory(place_); !synced || !made_place_)
      return synced;
    return sync_directory(place_.parent_path());
  }

 private:
  result<void> move(std::string_view name) {
    std::error_code ignored;
    // Durable one after another: else a crash could leave the last alone.
    if (name == pieces[std::size(pieces) - 1])
      if (auto synced = sync_directory(place_); !synced)
        return synced;
    if (!fs::exists(path_ / name, ignored) ||
        ::rename((path_ / name).c_str(), (place_ / name).c_str()) == 0)
      return {};
    return refused(place_ / name);
  }

  void take_back(std::string_view failed) const {
    std::error_code ignored;
    for (auto* moved : pieces) {
      if (moved == failed)
        return;
      fs::remove_all(place_ / moved, ignored);
    }
  }

  /// Removes what a killed creation left; one that runs holds its lock.
  void sweep() const {
    std::error_code ignored;
    for (auto& x : fs::directory_iterator{place_, ignored})
      if (x.path().filename().string().starts_with(".making-") &&
          data_dir::open(x.path()))
        fs::remove_all(x.path(), ignored);
  }

  fs::path place_, path_;
  bool made_place_ = false;
  bool done_ = false;
};

/// The keys and ids of a ledger in the making.
struct founding {
  ledger_id ledger = random_id<ledger_id>();
  principal_id administrator = random_id<principal_id>();
  principal_id node = random_id<principal_id>();
  std::optional<private_key> root;
  private_key seal;
  private_key head;
  keyset first;
};

founding found(const create_options& options, timestamp now) {
  auto seal = private_key::generate(options.algorithm);
  auto head = private_key::generate(options.algorithm);
  founding out{.root = {}, .seal = seal, .head = head, .first = {}};
  auto& first = out.first;
  for (auto& root : options.roots)
    first.roots.push_back(to_buffer(root.der()));
  if (options.roots.empty()) {
    out.root = private_key::generate(options.algorithm);
    first.roots.push_back(to_buffer(out.root->public_part().der()));
  }
  first.ledger = out.ledger;
  first.incarnation = static_cast<std::uint64_t>(to_integer(now)) / 1000;
  first.expires_at = now + keyset_life;
  first.threshold = options.threshold;
  first.keys = {make_keyset_key(seal.public_part(), key_role::seal, out.node),
                make_keyset_key(head.public_part(), key_role::head, out.node)};
  return out;
}

event::ledger_created first_event(const founding& x) {
  event::ledger_created out;
  out.ledger = x.ledger;
  out.incarnation = x.first.incarnation;
  for (auto& root : x.first.roots)
    out.roots.push_back({root});
  out.threshold = x.first.threshold;
  out.administrator = x.administrator;
  out.node = x.node;
  return out;
}

result<void> write_keys(const fs::path& site, const founding& x,
                        const create_options& options) {
  const auto keys = site / "keys";
  if (x.root)
    if (auto done =
            write_key_file(keys / "root.pem", *x.root, options.root_passphrase);
        !done)
      return done;
  if (auto done =
          write_key_file(keys / "node-seal.pem", x.seal, options.passphrase);
      !done)
    return done;
  return write_key_file(keys / "node-head.pem", x.head, options.passphrase);
}

/// Where the root is elsewhere, the keyset is left as a request for it.
result<void> put_first_keyset(offline_ledger& ledger, const fs::path& site,
                              const founding& x) {
  const auto payload = to_payload(x.first);
  if (!x.root)
    return write_file(site / "keys" / "keyset-1.request", payload + '\n');
  auto envelope = sign_keyset(payload, *x.root);
  if (!envelope)
    return envelope.error();
  auto put = put_keyset(*envelope, 0);
  if (!put)
    return put.error();
  return ledger.say(std::move(*put));
}

result<void> issue_token(offline_ledger& ledger, const fs::path& site,
                         const founding& x) {
  auto token = make_bearer_token();
  proposal_draft out;
  out.body = event::token_issued{
      token.kept.id, x.administrator, token.kept.secret_digest, {}};
  out.expected = {expectation::kind::none, 0};
  out.add_part("made with the ledger");
  if (auto said = ledger.say(std::move(out)); !said)
    return said;
  return write_file(site / "admin.token", token.text + '\n',
                    file_mode::owner_only);
}

result<void> activate_folds(offline_ledger& ledger, std::uint32_t last) {
  while (ledger.state().ledger->fold_version < last) {
    proposal_draft out;
    out.body = event::fold_activated{ledger.state().ledger->fold_version + 1};
    if (auto said = ledger.say(std::move(out)); !said)
      return said;
  }
  return {};
}

result<void> plant_seeds(offline_ledger& ledger) {
  auto seeds = make_seed_events();
  if (!seeds)
    return seeds.error();
  for (auto& seed : *seeds)
    if (auto said = ledger.say(std::move(seed)); !said)
      return said;
  return {};
}

result<std::uint64_t> build(const fs::path& site, const founding& x,
                            const create_options& options) {
  auto made = offline_ledger::make(site, first_event(x), options.kafka);
  if (!made)
    return made.error();
  auto& ledger = **made;
  if (auto done = activate_folds(ledger, options.fold_version); !done)
    return done.error();
  if (auto done = write_keys(site, x, options); !done)
    return done.error();
  if (auto done = put_first_keyset(ledger, site, x); !done)
    return done.error();
  if (auto done = issue_token(ledger, site, x); !done)
    return done.error();
  if (auto done = plant_seeds(ledger); !done)
    return done.error();
  if (auto done = ledger.save(); !done)
    return done.error();
  return ledger.seen().size;
}

/// The topics of a ledger on Kafka, taken away again unless they are kept.
class new_topics {
 public:
  explicit new_topics(const create_options& options) : options_{options} {}
  new_topics(const new_topics&) = delete;
  new_topics& operator=(const new_topics&) = delete;
  ~new_topics() {
    if (made_ && !kept_)
      (void)kafka_topics{*options_.kafka}.remove(decisions());
  }

  result<void> make() {
    if (!options_.kafka)
      return {};
    auto done = kafka_topics{*options_.kafka}.create(
        decisions(), options_.layout, decisions_config(options_.layout));
    made_ = done.has_value();
    return done ? done : with_hint(done.error());
  }

  void keep() { kept_ = true; }

 private:
  std::string decisions() const {
    return kafka_topic(*options_.kafka, decisions_stream);
  }

  result<void> with_hint(failure x) const {
    if (x.code == errc::conflict)
      x.message += ". It holds a ledger, or what a creation left that was "
                   "killed: name another with signalbox.ledger in the Kafka "
                   "settings, or delete the topic if nobody needs it";
    else if (x.message.find("INVALID_REPLICATION_FACTOR") != x.message.npos)
      x.message += ". --kafka-replication and --kafka-min-in-sync must fit the "
                   "number of brokers";
    return x;
  }

  const create_options& options_;
  bool made_ = false, kept_ = false;
};

result<void> check(const create_options& x) {
  if (x.fold_version < 1 || x.fold_version > newest_fold_version)
    return failure{errc::bad_request, "--fold-version must be 1 to " +
                                          std::to_string(newest_fold_version)};
  if (!is_name(x.name))
    return failure{errc::bad_request,
                   "the name must be of a-z, 0-9 and hyphen, and begin with "
                   "a letter or a digit"};
  const auto roots = std::max<std::size_t>(x.roots.size(), 1);
  if (x.threshold < 1 || x.threshold > roots)
    return failure{errc::bad_request,
                   "the threshold must lie between 1 and the number of roots"};
  return {};
}

} // namespace

result<created_ledger> create_ledger(const create_options& options) {
  if (auto checked = check(options); !checked)
    return checked.error();
  building_site site{options.data};
  if (auto opened = site.open(); !opened)
    return opened.error();
  new_topics topics{options};
  if (auto made = topics.make(); !made)
    return made.error();
  const auto x = found(options, wall_clock());
  auto entries = build(site.path(), x, options);
  if (!entries)
    return entries.error();
  created_ledger out;
  out.file = {x.ledger, options.name,
              root_fingerprint(x.first.roots, x.first.threshold), x.node};
  out.entries = *entries;
  if (!x.root)
    out.keyset_request = options.data / "keys" / "keyset-1.request";
  if (options.kafka)
    if (auto done = write_kafka_file(site.path(), *options.kafka); !done)
      return done.error();
  if (auto done = write_ledger_file(site.path(), out.file); !done)
    return done.error();
  if (auto done = site.finish(); !done)
    return done.error();
  topics.keep();
  return out;
}

} // namespace signalbox
