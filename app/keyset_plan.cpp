#include "app/keyset_plan.hpp"

#include <algorithm>

#include "app/keyset_change.hpp"
#include "app/ledger_file.hpp"
#include "app/node_key_files.hpp"
#include "app/passphrase.hpp"
#include "app/wall_clock.hpp"

namespace signalbox {

namespace {

result<std::vector<digest>> key_ids(const std::vector<std::string>& texts) {
  std::vector<digest> out;
  for (auto& text : texts) {
    auto id = digest::from_hex(text);
    if (!id)
      return failure{errc::bad_request,
                     "'" + text +
                         "' is no key id: `signalbox keys list` "
                         "shows them, 64 hexadecimal digits each"};
    out.push_back(*id);
  }
  return out;
}

/// Whose keys are rotated.
struct rotated_node {
  std::filesystem::path keys; ///< folder of its key files
  principal_id id;
  std::string passphrase;
};

result<rotated_node> read_node(const command_options& options) {
  if (!options.has("data"))
    return failure{errc::bad_request,
                   "new keys need --data DIR: the node's key files lie there"};
  const std::filesystem::path data{options.text("data")};
  auto pinned = read_ledger_file(data);
  if (!pinned)
    return pinned.error();
  auto passphrase =
      read_passphrase(options.maybe("passphrase-file"), options.maybe("data"));
  if (!passphrase)
    return passphrase.error();
  return rotated_node{data / "keys", pinned->node, std::move(*passphrase)};
}

/// As the command says, else like the keys that the node signs with now.
result<key_algorithm> choose_algorithm(const command_options& options,
                                       const keyset& current,
                                       const principal_id& node) {
  if (const auto wanted = options.maybe("algorithm")) {
    auto out = key_algorithm_from_string(*wanted);
    if (!out)
      return failure{errc::bad_request,
                     "--algorithm must be ed25519 or ecdsa-p256-sha256"};
    return *out;
  }
  auto out = key_algorithm::ed25519;
  for (auto& key : current.keys)
    if (key.node == node && key.status == key_status::active)
      if (auto parsed = public_key::from_der(key.spki))
        out = parsed->algorithm();
  return out;
}

/// A node that no keyset knows yet was made with keys: these are its first.
/// Others are made, unless the command asks for another algorithm.
result<node_keys> next_keys(const command_options& options,
                            const keyset& current, const rotated_node& node) {
  const bool known =
      std::any_of(current.keys.begin(), current.keys.end(),
                  [&](auto& key) { return key.node == node.id; });
  if (!known && !options.has("algorithm")) {
    auto found = find_node_keys(node.keys, node.id, node.passphrase);
    if (!found)
      return found.error();
    if (*found)
      return std::move(**found);
  }
  auto algorithm = choose_algorithm(options, current, node.id);
  if (!algorithm)
    return algorithm.error();
  return make_node_keys(node.keys, node.id, *algorithm, node.passphrase);
}

/// Adds the node's next keys and retires those that it signs with now.
result<void> add_rotation(const command_options& options, const keyset& current,
                          keyset_change& change) {
  auto node = read_node(options);
  if (!node)
    return node.error();
  auto next = next_keys(options, current, *node);
  if (!next)
    return next.error();
  for (auto& key : current.keys)
    if (key.node == node->id && key.status == key_status::active)
      change.retire.push_back(key.id);
  change.add = {
      make_keyset_key(next->seal.public_part(), key_role::seal, node->id),
      make_keyset_key(next->head.public_part(), key_role::head, node->id)};
  return {};
}

/// What these keys sealed is served no more once they are revoked.
result<void> check_unused(const std::vector<digest>& revoke,
                          keyset_access& place) {
  for (auto& id : revoke) {
    auto channels = place.sealed_with(id);
    if (!channels)
      return failure{channels.error().code,
                     "what the key sealed cannot be told (" +
                         channels.error().message +
                         "); --force revokes it without asking"};
    if (channels->empty())
      continue;
    std::string names;
    for (auto& x : *channels)
      names += (names.empty() ? "" : ", ") + x;
    return failure{
        errc::conflict,
        "key " + id.hex() + " sealed what is current of " + names +
            ": run `signalbox reseal CLIENT --all` for each "
            "family, with another key active (`keys rotate`); or use "
            "--force, and they are refused until they are resealed"};
  }
  return {};
}

} // namespace

result<keyset> plan_keyset(const command_options& options,
                           const wanted_change& wanted, keyset_access& place) {
  auto current = place.current();
  if (!current)
    return current.error();
  keyset_change change;
  change.expires_at = wall_clock() + keyset_life;
  change.incarnation = place.incarnation();
  auto retire = key_ids(wanted.retire);
  if (!retire)
    return retire.error();
  auto revoke = key_ids(wanted.revoke);
  if (!revoke)
    return revoke.error();
  if (!options.has("force"))
    if (auto unused = check_unused(*revoke, place); !unused)
      return unused.error();
  change.retire = std::move(*retire);
  change.revoke = std::move(*revoke);
  if (wanted.rotate)
    if (auto added = add_rotation(options, *current, change); !added)
      return added.error();
  return next_keyset(*current, change);
}

} // namespace signalbox
