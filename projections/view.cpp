#include "projections/view.hpp"

#include "events/aggregate.hpp"
#include "events/envelope.hpp"
#include "projections/chain.hpp"
#include "projections/rule_keys.hpp"

#include <algorithm>
#include <set>

namespace signalbox {

namespace {

std::size_t shard_of(std::string_view channel) {
  return hash_key(channel) % view::shard_count;
}

template <class Shard>
auto place_in(Shard& shard, std::string_view key) {
  return std::lower_bound(
      shard.begin(), shard.end(), key,
      [](auto& x, std::string_view wanted) { return x->key < wanted; });
}

void put(channel_shard& to, const std::string& key, const channel_row& row) {
  auto made = std::make_shared<const channel_view>(key, row);
  auto i = place_in(to, key);
  if (i != to.end() && (*i)->key == key)
    *i = std::move(made);
  else
    to.insert(i, std::move(made));
}

template <class Event>
constexpr std::uint16_t number_of() {
  return event::type_number(event::body{Event{}});
}

std::shared_ptr<const access_table> build_access(const ledger_state& state) {
  auto out = std::make_shared<access_table>();
  state.tokens.for_each([&](const std::string& key, const token_row& row) {
    auto id = token_id::from_hex(key).value();
    out->tokens[id] = {row, state.version_of(token_aggregate(id))};
  });
  state.principals.for_each([&](const std::string& key, auto& row) {
    out->principals[principal_id::from_hex(key).value()] = row;
  });
  return out;
}

void build_keys(const ledger_state& state, view& out) {
  auto keys = std::make_shared<std::map<std::string, key_row>>();
  state.keys.for_each([&](auto& key, auto& row) { (*keys)[key] = row; });
  out.keys = std::move(keys);
  auto sets = std::make_shared<std::vector<log_index>>(state.keysets.size());
  state.keysets.for_each([&](const std::string& version, auto& row) {
    (*sets)[std::stoull(version) - 1] = row.index;
  });
  out.keysets = std::move(sets);
}

} // namespace

consistency_token view::token() const {
  return {ledger.incarnation, log_index{size - 1}, chain_prefix(chain)};
}

consistency_token view::token_at(log_index index) const {
  return {ledger.incarnation, index, past->marks[to_integer(index)].chain};
}

std::shared_ptr<const channel_view>
view::find_channel(std::string_view client_id, std::string_view profile,
                   std::uint32_t major) const {
  return find_channel(channel_key(client_id, profile, major));
}

std::shared_ptr<const channel_view>
view::find_channel(std::string_view key) const {
  auto& shard = shards[shard_of(key)];
  if (shard == nullptr)
    return nullptr;
  auto i = place_in(*shard, key);
  return i == shard->end() || (*i)->key != key ? nullptr : *i;
}

const key_row* view::find_key(key_role role, const digest& id) const {
  auto i = keys->find(key_row_key(role, id));
  return i == keys->end() ? nullptr : &i->second;
}

result<void> view::judge(const consistency_token& token) const {
  failure other{errc::history_changed,
                "the token belongs to another history of this ledger: read "
                "again without it"};
  if (token.incarnation != ledger.incarnation)
    return other;
  if (to_integer(token.index) >= size)
    return failure{errc::not_yet, "this node has not reached the token yet"};
  if (past->marks[to_integer(token.index)].chain != token.chain)
    return other;
  return {};
}

log_index view::index_at(timestamp time) const {
  std::uint64_t low = 0;
  std::uint64_t high = size; // first index after the time
  while (low < high) {
    auto middle = (low + high) / 2;
    if (past->marks[middle].log_time <= to_integer(time))
      low = middle + 1;
    else
      high = middle;
  }
  return log_index{low == 0 ? 0 : low - 1};
}

const channel_change* view::change_at(const channel_view& channel,
                                      log_index index) const {
  return past->changes.back_from(
      channel.row.last_change,
      [&](const channel_change& x) { return x.index > to_integer(index); });
}

const channel_change* view::find_release(const channel_view& channel,
                                         const digest& artifact) const {
  auto found =
      past->changes.find_release(artifact, [&](const channel_change& x) {
        return x.artifact == artifact;
      });
  if (!found || *found >= changes)
    return nullptr;
  auto& release = past->changes[*found];
  return release.channel == channel.row.number ? &release : nullptr;
}

view_builder::view_builder(part_source parts)
    : parts_{std::move(parts)}, past_{std::make_shared<ledger_past>()} {}

void view_builder::touched_names::note(const event::body& x) {
  if (auto* put = std::get_if<event::profile_put>(&x))
    profiles.insert(pair_key(put->client_id, put->profile));
  else if (auto* bound = std::get_if<event::policy_bound>(&x))
    profiles.insert(pair_key(bound->client_id, bound->profile));
  else if (auto* family = std::get_if<event::family_put>(&x))
    families.insert(std::string{family->client_id});
  else if (auto* seal = std::get_if<event::artifact_resealed>(&x))
    resealed.insert(channel_key(seal->client_id, seal->profile, seal->major));
}

void view_builder::note(const event::body* x) {
  if (x == nullptr)
    return;
  if (last_ != nullptr)
    touched_.note(*x);
  const auto type = event::type_number(*x);
  if (type == number_of<event::family_put>() ||
      type == number_of<event::profile_put>() ||
      type == number_of<event::policy_set_put>() ||
      type == number_of<event::policy_bound>() ||
      type == number_of<event::template_put>())
    documents_changed_ = true;
  else if (type == number_of<event::principal_put>() ||
           type == number_of<event::token_issued>() ||
           type == number_of<event::token_revoked>() ||
           type == number_of<event::ledger_created>())
    access_changed_ = true;
  else if (type == number_of<event::keyset_put>())
    keys_changed_ = true;
}

void view_builder::extend_past(const ledger_state& state) {
  for (auto i = past_->marks.size(); i < state.judgements.size(); ++i) {
    auto& x = state.judgements[i];
    past_->marks.push_back(index_mark{x.chain, x.log_time});
    past_->outcomes.push_back(static_cast<outcome>(x.result));
  }
  for (auto i = past_->changes.size(); i < state.changes.size(); ++i)
    past_->changes.append(state.changes[i]);
  for (auto i = past_->channel_keys.size(); i < state.channel_keys.size(); ++i)
    past_->channel_keys.push_back(state.channel_keys[i]);
}

void view_builder::rebuild_shards(const ledger_state& state, view& out) {
  std::array<std::shared_ptr<channel_shard>, view::shard_count> shards;
  state.channels.for_each([&](const std::string& key, const channel_row& row) {
    auto& shard = shards[shard_of(key)];
    if (shard == nullptr)
      shard = std::make_shared<channel_shard>();
    put(*shard, key, row);
  });
  std::copy(shards.begin(), shards.end(), out.shards.begin());
}

/// By number, those whose rows or answers are not those of the last view.
std::set<std::uint32_t>
view_builder::touched_channels(const ledger_state& state) const {
  std::set<std::uint32_t> out;
  for (auto i = last_->changes; i < state.changes.size(); ++i)
    out.insert(state.changes[i].channel);
  for (auto& key : touched_.resealed)
    if (auto* row = state.channels.find(key))
      out.insert(row->number);
  if (touched_.families.empty())
    return out;
  // What is prepared from a channel shows what its family says of the schema.
  for (std::uint32_t i = 0; i < state.channel_keys.size(); ++i) {
    auto& key = state.channel_keys[i];
    if (touched_.families.contains(key.substr(0, key.find('/'))))
      out.insert(out.end(), i);
  }
  return out;
}

void view_builder::update_shards(const ledger_state& state, view& out) {
  out.shards = last_->shards;
  std::map<std::size_t, std::shared_ptr<channel_shard>> copies;
  for (auto number : touched_channels(state)) {
    auto& key = state.channel_keys[number];
    auto& copy = copies[shard_of(key)];
    if (copy == nullptr) {
      auto& old = out.shards[shard_of(key)];
      copy = old ? std::make_shared<channel_shard>(*old)
                 : std::make_shared<channel_shard>();
    }
    put(*copy, key, *state.channels.find(key));
  }
  for (auto& [shard, copy] : copies)
    out.shards[shard] = std::move(copy);
}

std::shared_ptr<const view> view_builder::build(const ledger_state& state) {
  auto out = std::make_shared<view>();
  extend_past(state);
  out->ledger = *state.ledger;
  out->size = state.size;
  out->log_time = state.log_time;
  out->chain = state.chain;
  out->hash = state.hash;
  out->past = past_;
  out->changes = state.changes.size();
  out->channel_count = state.channels.size();
  if (last_ != nullptr)
    update_shards(state, *out);
  else
    rebuild_shards(state, *out);
  out->documents = build_documents(state);
  out->access = access_changed_ ? build_access(state) : last_->access;
  if (keys_changed_) {
    build_keys(state, *out);
  } else {
    out->keys = last_->keys;
    out->keysets = last_->keysets;
  }
  documents_changed_ = access_changed_ = keys_changed_ = false;
  touched_ = {};
  last_ = out;
  return out;
}

/// What could not be read is tried again with every view, but the operator is
/// told once.
std::shared_ptr<const catalog>
view_builder::build_documents(const ledger_state& state) {
  auto* before = last_ ? last_->documents.get() : nullptr;
  if (!documents_changed_ && before->is_complete())
    return last_->documents;
  std::vector<std::string> found;
  auto out = build_catalog(state, before, parts_, found, &touched_.profiles);
  for (auto& x : found)
    if (std::find(told_.begin(), told_.end(), x) == told_.end())
      warnings_.push_back(x);
  told_ = std::move(found);
  return out;
}

std::vector<std::string> view_builder::take_warnings() {
  return std::exchange(warnings_, {});
}

} // namespace signalbox
