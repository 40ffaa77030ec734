#include "app/create_ledger.hpp"

#include <algorithm>
#include <optional>

#include "app/building_site.hpp"
#include "app/files.hpp"
#include "app/kafka_file.hpp"
#include "app/keyset_change.hpp"
#include "app/offline_ledger.hpp"
#include "app/pseudonym_key.hpp"
#include "app/seed_events.hpp"
#include "app/wall_clock.hpp"
#include "events/hash.hpp"
#include "events/token.hpp"
#include "policy/names.hpp"
#include "storage/key_file.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

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

std::optional<kafka_settings> kafka_of(const create_options& x) {
  if (!x.topics)
    return std::nullopt;
  return x.topics->kafka;
}

result<std::uint64_t> build(const fs::path& site, const founding& x,
                            const create_options& options) {
  auto made = offline_ledger::make(site, first_event(x), kafka_of(options));
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

result<void> check(const create_options& x) {
  if (x.fold_version < 1 || x.fold_version > newest_fold_version)
    return failure{errc::bad_request, "--fold-version must be 1 to " +
                                          std::to_string(newest_fold_version)};
  if (!is_name(x.name))
    return failure{errc::bad_request, bad_ledger_name};
  if (x.topics)
    if (auto checked = check(*x.topics); !checked)
      return checked;
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
  ledger_topics topics{options.topics.value_or(topic_plan{})};
  if (options.topics)
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
  if (options.topics) {
    if (auto done = write_kafka_file(site.path(), options.topics->kafka); !done)
      return done.error();
    if (auto made = pseudonym_key(site.path() / "keys"); !made)
      return made.error();
  }
  if (auto done = write_ledger_file(site.path(), out.file); !done)
    return done.error();
  if (auto done = site.finish(); !done)
    return done.error();
  topics.keep();
  return out;
}

} // namespace signalbox
