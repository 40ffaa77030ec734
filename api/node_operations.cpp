#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include <algorithm>

#include "events/hash.hpp"

// The nodes of a ledger: principals of the role node, and the keys that the
// keyset in force gives them.

namespace signalbox::write_operations {

namespace {

constexpr auto node_role = static_cast<role_mask>(role::node);

json::array keys_json(const principal_id& node, const view& seen) {
  json::array out;
  for (auto& [name, row] : *seen.keys)
    if (row.node == node)
      out.push_back({{"key_id", sha256(as_bytes(row.spki)).hex()},
                     {"role", to_string(row.role)},
                     {"status", to_string(row.status)}});
  return out;
}

/// What PutNode was asked for.
struct node_request {
  principal_id id;
  bool active = true;
};

bool can_seal(const principal_id& node, const view& seen) {
  return std::any_of(seen.keys->begin(), seen.keys->end(), [&](auto& x) {
    return x.second.node == node && x.second.role == key_role::seal &&
           x.second.status == key_status::active;
  });
}

/// Whether another node is left that can write: without one nobody renews heads
/// or closes commands, and the ledger could not be written through any.
bool leaves_a_node(const view& seen, const principal_id& gone) {
  auto& all = seen.access->principals;
  return std::any_of(all.begin(), all.end(), [&](auto& x) {
    return x.first != gone && x.second.active && x.second.roles == node_role &&
           can_seal(x.first, seen);
  });
}

result<preparation> prepare(const node_request& x, const view& seen,
                            const operation_call& call) {
  auto known = seen.access->principals.find(x.id);
  const bool is_new = known == seen.access->principals.end();
  if (is_new && !x.active)
    return failure{errc::not_found, "the ledger has no node of this id"};
  if (!is_new && known->second.roles != node_role)
    return failure{errc::conflict,
                   "node_id: this is a person's principal; a node's id is the "
                   "one in its ledger.json",
                   "/node_id"};
  if (!is_new && known->second.active == x.active)
    return preparation{nothing_to_do{}};
  if (!x.active && !leaves_a_node(seen, x.id))
    return failure{errc::conflict,
                   "this is the ledger's only node with keys: add another one "
                   "first, and give it keys with `signalbox keys rotate`"};
  proposal_draft out;
  out.body = event::principal_put{x.id, node_role, x.active};
  out.expected = {is_new ? expectation::kind::none : expectation::kind::exists,
                  0};
  require_token(out, seen, call);
  return preparation{std::move(out)};
}

} // namespace

void list_nodes(const operation_world&, std::shared_ptr<operation_call> call,
                operation_reply reply) {
  json::array out;
  for (auto& [id, row] : call->seen->access->principals)
    if (row.roles == node_role)
      out.push_back({{"node_id", id.hex()},
                     {"active", row.active},
                     {"keys", keys_json(id, *call->seen)}});
  reply(answer_json(out));
}

void put_node(const operation_world& world,
              std::shared_ptr<operation_call> call, operation_reply reply) {
  parameter_reader in{call->params};
  auto id = principal_id::from_hex(in.text("node_id"));
  if (!id || id->is_zero())
    in.fail("node_id", "must be 32 hexadecimal digits, not all zero: the "
                       "`node` of the node's ledger.json");
  auto* given = in.any("active");
  const bool active = given == nullptr || given->is_null() || in.flag("active");
  if (in.error())
    return reply(answer_failure(*in.error()));
  submit(
      world, call, std::move(reply),
      [request = node_request{*id, active}, call](const view& seen) {
        return prepare(request, seen, *call);
      },
      json::object{{"node_id", id->hex()}, {"active", active}});
}

} // namespace signalbox::write_operations
