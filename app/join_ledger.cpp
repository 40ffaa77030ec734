#include "app/join_ledger.hpp"

#include "app/building_site.hpp"
#include "app/founding_roots.hpp"
#include "app/kafka_file.hpp"
#include "app/node_key_files.hpp"
#include "app/offline_ledger.hpp"
#include "app/pseudonym_key.hpp"
#include "events/hash.hpp"
#include "policy/names.hpp"
#include "storage/kafka_decisions.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

result<void> check_roots(const offline_ledger& ledger,
                         const join_options& options) {
  auto found = founding_fingerprint(ledger.log());
  if (!found)
    return found.error();
  if (*found == options.root_fingerprint)
    return {};
  return failure{
      errc::bad_signature,
      "the ledger in topic " + kafka_topic(options.kafka, decisions_stream) +
          " was made with other roots, of the fingerprint " + found->hex() +
          ": either this is not the ledger that is meant, or its roots were "
          "changed since; the fingerprint to name is the one in ledger.json "
          "of a node that is known to be right"};
}

/// Reads and folds the topic into the site, and saves what came of it.
result<joined_ledger> copy_ledger(const fs::path& site,
                                  const join_options& options) {
  joined_ledger out;
  out.file.node = random_id<principal_id>();
  auto copied = offline_ledger::copy(site,
                                     {.kafka = options.kafka,
                                      .warn = options.warn,
                                      .progress = options.progress},
                                     out.file.node);
  if (!copied)
    return copied.error();
  auto& ledger = **copied;
  if (auto checked = check_roots(ledger, options); !checked)
    return checked.error();
  out.file.ledger = ledger.state().ledger->id;
  out.file.name = options.name;
  out.file.root_fingerprint = options.root_fingerprint;
  out.entries = ledger.state().size;
  out.keyset_version = ledger.state().ledger->keyset_version;
  if (auto saved = ledger.save(); !saved)
    return saved.error();
  return out;
}

result<void> make_keys(const fs::path& folder, const principal_id& node,
                       const join_options& options) {
  auto made =
      make_node_keys(folder, node, options.algorithm, options.passphrase);
  if (!made)
    return made.error();
  if (options.pseudonym_key.empty())
    return {};
  return bring_pseudonym_key(options.pseudonym_key, folder);
}

} // namespace

result<joined_ledger> join_ledger(const join_options& options) {
  if (!is_name(options.name))
    return failure{errc::bad_request, bad_ledger_name};
  building_site site{options.data};
  if (auto opened = site.open(); !opened)
    return opened.error();
  auto out = copy_ledger(site.path(), options);
  if (!out)
    return out;
  if (auto made = make_keys(site.path() / "keys", out->file.node, options);
      !made)
    return made.error();
  if (auto done = write_kafka_file(site.path(), options.kafka); !done)
    return done.error();
  if (auto done = write_ledger_file(site.path(), out->file); !done)
    return done.error();
  if (auto done = site.finish(); !done)
    return done.error();
  return out;
}

} // namespace signalbox
