#include "api/signing.hpp"

#include "actors/command.hpp"
#include "api/defaults.hpp"

namespace signalbox {

namespace {

std::optional<failure> problem_of(const view& seen, key_role role,
                                  const private_key& key) {
  auto* row = seen.find_key(role, key.public_part().key_id());
  if (row != nullptr && row->status == key_status::active)
    return std::nullopt;
  return failure{errc::unavailable,
                 "this node holds no key with the role " +
                     std::string{to_string(role)} +
                     " that is active in the keyset: run `signalbox keys "
                     "rotate --online --data DIR`, or put the key file back; "
                     "the node takes it without a restart"};
}

bool same_keys(const node_keys& x, const node_keys& y) {
  auto id = [](const private_key& z) { return z.public_part().key_id(); };
  return id(x.seal) == id(y.seal) && id(x.head) == id(y.head);
}

} // namespace

std::optional<failure> membership_problem(const view& seen,
                                          const principal_id& node) {
  auto i = seen.access->principals.find(node);
  if (i != seen.access->principals.end() && i->second.active &&
      permits(i->second.roles, role::node))
    return std::nullopt;
  return failure{errc::unavailable,
                 "this node is not in the ledger: an administrator adds it "
                 "with `signalbox nodes add " +
                     node.hex() + '`'};
}

std::optional<failure> writing_problem(const operation_world& world,
                                       const view& seen) {
  if (world.node.is_replica())
    return refusal_of_replica();
  return membership_problem(seen, world.keys->node);
}

std::optional<failure> seal_problem(const view& seen, const node_keys& keys) {
  return problem_of(seen, key_role::seal, keys.seal);
}

std::optional<failure> head_problem(const view& seen, const node_keys& keys) {
  return problem_of(seen, key_role::head, keys.head);
}

std::optional<failure> signing::problem(const view& seen) const {
  if (auto x = writing_problem(world, seen))
    return x;
  if (auto x = seal_problem(seen, *world.keys))
    return x;
  return head_problem(seen, *world.keys);
}

node_keys node_keys_of(const principal_id& node, const held_keys& x) {
  auto or_nobodys = [](const std::optional<private_key>& key) {
    return key ? *key : private_key::generate(key_algorithm::ed25519);
  };
  return {node, or_nobodys(x.seal), or_nobodys(x.head)};
}

signing_history::signing_history(std::uint64_t keyset_version, node_keys first,
                                 key_loader load, maker make, warner warn)
    : load_{std::move(load)}, make_{std::move(make)}, warn_{std::move(warn)} {
  use(keyset_version, std::move(first));
}

bool signing_history::fits(const signing& x, const view& seen) const {
  if (x.keyset_version != seen.ledger.keyset_version)
    return x.keyset_version > seen.ledger.keyset_version; // an earlier call's
  const bool has_keys =
      !seal_problem(seen, *x.world.keys) && !head_problem(seen, *x.world.keys);
  return has_keys || clock::now() < next_try_.load();
}

const signing* signing_history::ready(const view& seen) const {
  auto* x = current_.load();
  return fits(*x, seen) ? x : nullptr;
}

const signing& signing_history::find(const view& seen) {
  std::lock_guard lock{loading_};
  if (ready(seen) == nullptr)
    reload(seen);
  return *current_.load();
}

void signing_history::reload(const view& seen) {
  auto& before = *current_.load();
  auto keys = load(seen, *before.world.keys);
  next_try_ = clock::now() + key_retry_interval;
  if (before.keyset_version != seen.ledger.keyset_version ||
      !same_keys(keys, *before.world.keys))
    use(seen.ledger.keyset_version, std::move(keys));
}

/// A key that is not found stays as it was: no longer active, so not used.
node_keys signing_history::load(const view& seen,
                                const node_keys& before) const {
  auto out = before;
  auto found = load_(seen);
  if (!found) {
    warn_("the node's keys cannot be read: " + found.error().message);
    return out;
  }
  if (found->unreadable)
    warn_("a key of this node cannot be read: " + found->unreadable->message);
  if (found->seal)
    out.seal = *found->seal;
  if (found->head)
    out.head = *found->head;
  return out;
}

void signing_history::use(std::uint64_t keyset_version, node_keys keys) {
  all_.push_back(make_(keyset_version, std::move(keys)));
  current_ = all_.back().get();
}

} // namespace signalbox
