#include "api/fold_gate.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

// ActivateFold: turns on the event types of a newer fold version.

namespace signalbox::write_operations {

namespace {

result<preparation> prepare(std::optional<std::uint64_t> wanted,
                            const view& seen, const operation_call& call) {
  const auto active = seen.ledger.fold_version;
  const auto next = wanted.value_or(std::min(active + 1, newest_fold_version));
  if (next == active)
    return preparation{nothing_to_do{}};
  if (next != active + 1)
    return failure{errc::bad_request,
                   "fold_version: must be the next one, and this ledger has " +
                       std::to_string(active),
                   "/fold_version"};
  proposal_draft out;
  out.body = event::fold_activated{static_cast<std::uint32_t>(next)};
  require_token(out, seen, call);
  return preparation{std::move(out)};
}

} // namespace

std::optional<failure> check_fold(const view& seen, std::uint32_t needed,
                                  std::string_view what) {
  if (seen.ledger.fold_version >= needed)
    return std::nullopt;
  return failure{errc::conflict,
                 std::string{what} + " need fold version " +
                     std::to_string(needed) + ", and this ledger has " +
                     std::to_string(seen.ledger.fold_version) +
                     ": once every node runs this release, an administrator "
                     "turns it on with `signalbox ledger activate`"};
}

void activate_fold(const operation_world& world,
                   std::shared_ptr<operation_call> call,
                   operation_reply reply) {
  parameter_reader in{call->params};
  // Beyond what this build knows no node of it could go on.
  const auto wanted = in.optional_number("fold_version", newest_fold_version);
  if (in.error())
    return reply(answer_failure(*in.error()));
  submit_then(
      world, call, reply,
      [wanted, call](const view& seen) { return prepare(wanted, seen, *call); },
      [reply](const command_answer& x) {
        auto answer = answer_json(
            json::object{{"fold_version", x.seen->ledger.fold_version},
                         {"newest", newest_fold_version}});
        answer.token = to_string(x.token);
        reply(std::move(answer));
      });
}

} // namespace signalbox::write_operations
