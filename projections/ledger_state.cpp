#include "projections/ledger_state.hpp"

#include "events/hash.hpp"
#include "projections/chain.hpp"

#include <algorithm>
#include <array>

namespace signalbox {

namespace {

constexpr char ledger_tag = 'l';
constexpr std::string_view ledger_key = "ledger";

template <class Id>
std::uint64_t hash_of(const Id& x) {
  return fixed_bytes_hash{}(x);
}

} // namespace

std::uint64_t ledger_state::version_of(std::string_view aggregate) const {
  auto* row = versions.find(aggregate);
  return row == nullptr ? 0 : row->version;
}

std::string key_row_key(key_role role, const digest& id) {
  return std::string{to_string(role)} + '/' + id.hex();
}

const key_row* ledger_state::find_key(key_role role, const digest& id) const {
  auto name = to_string(role);
  std::array<char, 16 + 2 * digest::size()> key;
  auto* end = std::copy(name.begin(), name.end(), key.data());
  *end++ = '/';
  const hex_text text{id};
  std::string_view hex = text;
  end = std::copy(hex.begin(), hex.end(), end);
  return keys.find({key.data(), static_cast<std::size_t>(end - key.data())});
}

const principal_row*
ledger_state::find_principal(const principal_id& id) const {
  return principals.find(hex_text{id});
}

const token_row* ledger_state::find_token(const token_id& id) const {
  return tokens.find(hex_text{id});
}

std::optional<log_index> ledger_state::find_command(const event_id& id) const {
  auto found = commands.find(
      hash_of(id), [&](std::uint64_t i) { return judgements[i].id == id; });
  if (!found)
    return std::nullopt;
  return log_index{*found};
}

const judgement* ledger_state::find_judgement(const event_id& command,
                                              timestamp now) const {
  auto index = find_command(command);
  if (!index)
    return nullptr;
  auto& before = judgements[to_integer(*index)];
  bool is_void = before.result != static_cast<std::uint16_t>(outcome::accepted);
  bool forgotten = to_integer(now) - before.log_time > void_memory;
  return is_void && forgotten ? nullptr : &before;
}

const channel_change* ledger_state::find_release(const digest& artifact) const {
  auto found = releases.find(hash_of(artifact), [&](std::uint64_t i) {
    return changes[i].artifact == artifact;
  });
  return found ? &changes[*found] : nullptr;
}

void ledger_state::index_command(log_index index) {
  auto& id = judgements[to_integer(index)].id;
  commands.put(hash_of(id), to_integer(index),
               [&](std::uint64_t i) { return judgements[i].id == id; });
}

void ledger_state::index_release(std::uint64_t number) {
  auto& artifact = changes[number].artifact;
  releases.put(hash_of(artifact), number, [&](std::uint64_t i) {
    return changes[i].artifact == artifact;
  });
}

bool ledger_state::ends_with(byte_view envelope) const {
  if (size == 0)
    return true;
  auto& last = judgements[size - 1];
  return chain == chain_next(chain_before, log_index{size - 1},
                             timestamp{last.log_time}, sha256(envelope),
                             static_cast<outcome>(last.result));
}

void ledger_state::prefetch(const decoded_entry& next) const {
  if (!next.command)
    return;
  commands.prefetch(hash_of(next.command->id));
  auto& body = next.command->body;
  if (auto* x = std::get_if<event::artifact_published>(&body))
    releases.prefetch(hash_of(x->artifact));
}

void ledger_state::put_ledger(ledger_row row) {
  if (ledger)
    hash -= hash_row(ledger_tag, ledger_key, encode_row(*ledger));
  hash += hash_row(ledger_tag, ledger_key, encode_row(row));
  ledger = std::move(row);
}

bool ledger_state::restore_ledger(std::string_view bytes) {
  ledger_row row;
  if (!decode_row(bytes, row))
    return false;
  put_ledger(std::move(row));
  return true;
}

void ledger_state::index_journals() {
  commands.clear();
  commands.reserve(judgements.size());
  for (std::uint64_t i = 0; i < judgements.size(); ++i)
    if (binds_command(static_cast<outcome>(judgements[i].result)))
      index_command(log_index{i});
  releases.clear();
  releases.reserve(changes.size());
  for (std::uint64_t i = 0; i < changes.size(); ++i)
    if (changes[i].reverted == 0)
      index_release(i);
  channel_keys.assign(channels.size(), {});
  channels.for_each([&](const std::string& key, const channel_row& row) {
    channel_keys[row.number] = key;
  });
}

bool binds_command(outcome x) {
  return x != outcome::malformed && x != outcome::too_large &&
         x != outcome::unknown_type && x != outcome::foreign_history &&
         x != outcome::duplicate && x != outcome::key_reused &&
         x != outcome::closed;
}

} // namespace signalbox
