#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.hpp"
#include "events/keyset.hpp"
#include "events/outcome.hpp"
#include "policy/access.hpp"
#include "projections/decoded_entry.hpp"
#include "projections/hex_text.hpp"
#include "projections/journal.hpp"
#include "projections/number_index.hpp"
#include "projections/row_table.hpp"

namespace signalbox {

static_assert(std::endian::native == std::endian::little,
              "journals are stored as they lie in memory");

/// The highest fold version that this build knows.
inline constexpr std::uint32_t newest_fold_version = 2;

/// How long a void command's id is remembered, in milliseconds of log time.
inline constexpr std::int64_t void_memory = 24 * 3'600'000;

/// How an entry was judged; the journal holds one for each index.
struct judgement {
  event_id id;
  digest request;
  std::uint64_t chain;   ///< first 8 bytes of H, big endian: judges tokens
  std::int64_t log_time; ///< milliseconds
  std::uint32_t attempt;
  std::uint16_t result; ///< outcome
  std::uint16_t type;   ///< event type number; 0: none
};

/// One change of a channel: a release or a revert.
struct channel_change {
  digest artifact;
  digest key;             ///< that sealed the artifact when it came
  std::uint64_t index;    ///< entry that decided
  std::uint64_t version;  ///< channel_version
  std::uint64_t previous; ///< change before it in the channel + 1; 0: none
  std::uint32_t channel;  ///< number of the channel
  std::uint32_t reverted; ///< 1: an earlier artifact came back
};

struct ledger_row {
  ledger_id id;
  std::uint64_t incarnation = 0;
  std::vector<std::string> roots; ///< DER, of the keyset in force
  std::uint32_t threshold = 0;
  std::uint32_t fold_version = 1;
  bool moved = false;
  std::uint64_t keyset_version = 0;
  log_index keyset_index{};
};
template <class Archive>
void fields(Archive& ar, ledger_row& x) {
  ar(x.id, x.incarnation, x.roots, x.threshold, x.fold_version, x.moved,
     x.keyset_version, x.keyset_index);
}

struct version_row {
  std::uint64_t version = 0;
};
template <class Archive>
void fields(Archive& ar, version_row& x) {
  ar(x.version);
}

struct key_row {
  std::string spki;
  key_role role = key_role::seal;
  key_status status = key_status::active;
  principal_id node;
};
template <class Archive>
void fields(Archive& ar, key_row& x) {
  ar(x.spki, x.role, x.status, x.node);
}

struct principal_row {
  role_mask roles = 0;
  bool active = true;
  log_index index{};
};
template <class Archive>
void fields(Archive& ar, principal_row& x) {
  ar(x.roles, x.active, x.index);
}

struct token_row {
  principal_id principal;
  digest secret;
  timestamp expires_at{};
  bool revoked = false;
  log_index index{};
};
template <class Archive>
void fields(Archive& ar, token_row& x) {
  ar(x.principal, x.secret, x.expires_at, x.revoked, x.index);
}

struct schema_row {
  std::string schema_ref;
  std::string version_range;
  digest document;
};
template <class Archive>
void fields(Archive& ar, schema_row& x) {
  ar(x.schema_ref, x.version_range, x.document);
}

struct family_row {
  std::uint32_t default_major = 1;
  std::vector<schema_row> schemas; ///< as the last family_put lists them
  digest document;
  log_index index{};
};
template <class Archive>
void fields(Archive& ar, family_row& x) {
  ar(x.default_major, x.schemas, x.document, x.index);
}

struct profile_row {
  std::uint32_t default_major = 1;
  std::vector<std::string> environment;
  log_index index{};
};
template <class Archive>
void fields(Archive& ar, profile_row& x) {
  ar(x.default_major, x.environment, x.index);
}

/// Where a document of fixed content was put.
struct document_row {
  digest document;
  log_index index{};
};
template <class Archive>
void fields(Archive& ar, document_row& x) {
  ar(x.document, x.index);
}

struct binding_row {
  std::string policy_set_id;
  std::string version;
};
template <class Archive>
void fields(Archive& ar, binding_row& x) {
  ar(x.policy_set_id, x.version);
}

struct channel_row {
  std::string client_id;
  std::string profile;
  std::uint32_t major = 0;
  std::uint32_t number = 0;      ///< dense, by first release
  std::uint64_t version = 0;     ///< channel_version, from 1
  digest artifact;               ///< current
  digest key;                    ///< of the current artifact's seal
  log_index artifact_index{};    ///< entry whose parts hold the core
  log_index seal_index{};        ///< entry whose parts hold the signature
  log_index change_index{};      ///< entry that made it current
  timestamp changed_at{};        ///< its log time
  std::string highest_version;   ///< highest semantic version released
  std::uint64_t last_change = 0; ///< its place in the changes + 1
};
template <class Archive>
void fields(Archive& ar, channel_row& x) {
  ar(x.client_id, x.profile, x.major, x.number, x.version, x.artifact, x.key,
     x.artifact_index, x.seal_index, x.change_index, x.changed_at,
     x.highest_version, x.last_change);
}

/// A later signature over a stored core.
struct reseal_row {
  digest key;
  log_index index{};
};
template <class Archive>
void fields(Archive& ar, reseal_row& x) {
  ar(x.key, x.index);
}

/// An entry that decided something under a number: keysets by version, closed
/// commands by id.
struct entry_row {
  log_index index{};
};
template <class Archive>
void fields(Archive& ar, entry_row& x) {
  ar(x.index);
}

/// All that the fold knows, and nothing else: two nodes that folded the same
/// entries hold equal states and show it by `hash`. Changed only by `step`.
class ledger_state {
 public:
  // -- position
  std::uint64_t size = 0; ///< entries folded; the next index
  timestamp log_time{};   ///< of the last entry
  digest chain;           ///< H of the last entry
  digest chain_before;    ///< H of the one before it: shows what was folded
  state_hash hash;        ///< of all rows

  // -- rows
  std::optional<ledger_row> ledger;
  row_table<version_row> versions{'v'};     ///< aggregate -> version
  row_table<key_row> keys{'k'};             ///< role '/' key id
  row_table<principal_row> principals{'p'}; ///< id in hex
  row_table<token_row> tokens{'t'};         ///< id in hex
  row_table<family_row> families{'f'};      ///< client_id
  row_table<document_row> schemas{'s'};     ///< schema_ref, for ever
  row_table<profile_row> profiles{'r'};     ///< client_id/profile
  row_table<document_row> policy_sets{'y'}; ///< id/version, for ever
  row_table<binding_row> bindings{'b'};     ///< client_id/profile
  row_table<channel_row> channels{'c'};     ///< client_id/profile/major
  row_table<reseal_row> reseals{'e'};       ///< artifact in hex
  row_table<entry_row> keysets{'n'};        ///< keyset version
  row_table<entry_row> closed{'x'};         ///< command in hex
  row_table<document_row> templates{'m'};   ///< client_id/id/version, for ever
  journal<judgement> judgements{'j'};       ///< by index
  journal<channel_change> changes{'h'};     ///< by order

  // -- look-up tables over the journals, made again from them
  /// Command -> index of the last entry that judged it.
  number_index commands;
  /// Artifact -> its first change. An artifact's id covers its channel.
  number_index releases;
  /// Keys of `channels` by the channels' numbers.
  std::vector<std::string> channel_keys;

  /// Version of an aggregate; 0: it does not exist.
  std::uint64_t version_of(std::string_view aggregate) const;

  const key_row* find_key(key_role role, const digest& id) const;
  const principal_row* find_principal(const principal_id& id) const;
  const token_row* find_token(const token_id& id) const;

  /// The last entry that judged the command and binds its id.
  std::optional<log_index> find_command(const event_id& id) const;

  /// How the command was judged, if that still stands at this time; nullptr
  /// also for a void judgement that is forgotten.
  const judgement* find_judgement(const event_id& command, timestamp now) const;

  /// Whether this is the entry that was folded last. True of an empty state.
  bool ends_with(byte_view envelope) const;

  /// Starts to load what the fold of this entry will look up.
  void prefetch(const decoded_entry& next) const;

  /// Where the artifact's core and signature lie; nullptr if never released.
  const channel_change* find_release(const digest& artifact) const;

  /// Replaces the ledger's row.
  void put_ledger(ledger_row row);

  /// Takes the ledger's stored row back; false if it does not decode.
  bool restore_ledger(std::string_view bytes);

  /// Notes that the entry `index` of `judgements` binds its command's id.
  void index_command(log_index index);

  /// Notes that the change `number` of `changes` releases its artifact.
  void index_release(std::uint64_t number);

  /// Makes the look-up tables again, after the journals were restored.
  void index_journals();
};

/// Whether a judgement binds its command's id: void entries that say nothing
/// about the command itself do not.
bool binds_command(outcome x);

/// Key of `keys`: one key may hold several roles.
std::string key_row_key(key_role role, const digest& id);

} // namespace signalbox
