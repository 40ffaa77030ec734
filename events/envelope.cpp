#include "events/envelope.hpp"
#include "events/hash.hpp"

namespace signalbox {

event_id make_event_id(const ledger_id& ledger, const principal_id& principal,
                       std::string_view idempotency_key) {
  auto hash =
      sha256({ledger.view(), principal.view(), as_bytes(idempotency_key)});
  return event_id::from(hash.view().first(event_id::size()));
}

namespace event {

std::string_view type_name(std::uint16_t number) {
  static constexpr std::string_view names[] = {"ledger_created",
                                               "fold_activated",
                                               "keyset_put",
                                               "principal_put",
                                               "token_issued",
                                               "token_revoked",
                                               "family_put",
                                               "profile_put",
                                               "policy_set_put",
                                               "policy_bound",
                                               "artifact_published",
                                               "artifact_resealed",
                                               "channel_reverted",
                                               "command_closed",
                                               "ledger_moved",
                                               "ledger_restored",
                                               "tick",
                                               "template_put"};
  static_assert(std::size(names) == std::variant_size_v<body>);
  if (number < 1 || number > std::size(names))
    return "unknown";
  return names[number - 1];
}

} // namespace event

} // namespace signalbox
