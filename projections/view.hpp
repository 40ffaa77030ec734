#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "events/events.hpp"
#include "events/keyset.hpp"
#include "events/outcome.hpp"
#include "events/token.hpp"
#include "projections/catalog.hpp"
#include "projections/change_history.hpp"
#include "projections/grow_only.hpp"
#include "projections/ledger_state.hpp"

namespace signalbox {

/// An answer prepared from a channel: made at its first read and kept beside
/// it. What it holds is the reader's affair.
struct prepared_config;

/// One channel as readers see it.
struct channel_view {
  std::string key; ///< client_id/profile/major
  channel_row row;
  mutable std::atomic<std::shared_ptr<const prepared_config>> prepared;

  channel_view(std::string k, channel_row r)
      : key{std::move(k)}, row{std::move(r)} {}
};

/// Sorted by key. Copied when one of them changes, so no map: a copy must not
/// cost an allocation for each channel.
using channel_shard = std::vector<std::shared_ptr<const channel_view>>;

/// Who may do what, by token.
struct access_table {
  std::map<token_id, std::pair<token_row, std::uint64_t>> tokens;
  std::map<principal_id, principal_row> principals;
};

/// What is kept of every index for ever: judges tokens, finds times.
struct index_mark {
  std::uint64_t chain = 0;
  std::int64_t log_time = 0;
};

/// Past of the ledger; shared by all views, each sees it up to its own size.
struct ledger_past {
  grow_only<index_mark> marks; ///< by index
  change_history changes;
  grow_only<std::string> channel_keys; ///< by the channels' numbers
  grow_only<outcome> outcomes;         ///< by index; how the fold judged it
};

/// Everything that a query needs, immutable, published after each folded batch.
/// A batch copies this root and the shards that it touches.
struct view {
  static constexpr std::size_t shard_count = 1024;

  ledger_row ledger;
  std::uint64_t size = 0; ///< entries folded
  timestamp log_time{};
  digest chain;
  state_hash hash;
  std::uint64_t changes = 0; ///< changes of channels so far
  std::uint64_t channel_count = 0;
  std::array<std::shared_ptr<const channel_shard>, shard_count> shards;
  std::shared_ptr<const catalog> documents;
  std::shared_ptr<const access_table> access;
  std::shared_ptr<const std::map<std::string, key_row>> keys;
  std::shared_ptr<const std::vector<log_index>> keysets; ///< by version - 1
  std::shared_ptr<const ledger_past> past;

  consistency_token token() const;

  /// The place of an entry that this view covers.
  consistency_token token_at(log_index index) const;

  std::shared_ptr<const channel_view> find_channel(std::string_view client_id,
                                                   std::string_view profile,
                                                   std::uint32_t major) const;
  std::shared_ptr<const channel_view> find_channel(std::string_view key) const;

  const key_row* find_key(key_role role, const digest& id) const;

  /// Whether the token's place lies in this history and was reached.
  /// Errors: `history_changed`, `not_yet`.
  result<void> judge(const consistency_token& token) const;

  /// The last index whose log time is not after this; 0 at least.
  log_index index_at(timestamp time) const;

  /// The channel's change in force at an index; nullptr if there was none.
  /// O(log n) in the channel's changes.
  const channel_change* change_at(const channel_view& channel,
                                  log_index index) const;

  /// The change that released an artifact in the channel; nullptr if none did.
  const channel_change* find_release(const channel_view& channel,
                                     const digest& artifact) const;
};

/// Makes views from a state, each sharing with the one before what did not
/// change.
class view_builder {
 public:
  /// `parts` reads documents when the catalog changes.
  explicit view_builder(part_source parts);

  /// Notes what an accepted entry may have changed. Null: a void one.
  void note(const event::body* x);

  /// The view of the state as it is now.
  std::shared_ptr<const view> build(const ledger_state& state);

  /// What could not be read or compiled since the last call.
  std::vector<std::string> take_warnings();

 private:
  std::shared_ptr<const catalog> build_documents(const ledger_state& state);
  void extend_past(const ledger_state& state);
  void rebuild_shards(const ledger_state& state, view& out);
  void update_shards(const ledger_state& state, view& out);
  std::set<std::uint32_t> touched_channels(const ledger_state& state) const;

  part_source parts_;
  std::shared_ptr<ledger_past> past_;
  std::shared_ptr<const view> last_;
  std::vector<std::string> warnings_;
  std::vector<std::string> told_; ///< of documents that cannot be read
  /// Since the last view, and only kept while there is one.
  struct touched_names {
    std::set<std::string> profiles; ///< client_id/profile
    std::set<std::string> families; ///< client_id
    std::set<std::string> resealed; ///< channels' keys

    void note(const event::body& x);
  };
  touched_names touched_;
  bool documents_changed_ = true;
  bool access_changed_ = true;
  bool keys_changed_ = true;
};

} // namespace signalbox
