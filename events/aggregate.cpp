#include "events/aggregate.hpp"

#include <initializer_list>

namespace signalbox {

namespace {

std::string join(std::initializer_list<std::string_view> pieces) {
  std::size_t size = 0;
  for (auto piece : pieces)
    size += piece.size() + 1;
  std::string out;
  out.reserve(size);
  for (auto piece : pieces) {
    if (!out.empty())
      out += '/';
    out += piece;
  }
  return out;
}

struct namer {
  std::string operator()(const event::ledger_created&) const {
    return ledger_aggregate();
  }
  std::string operator()(const event::fold_activated&) const {
    return ledger_aggregate();
  }
  std::string operator()(const event::keyset_put&) const {
    return keyset_aggregate();
  }
  std::string operator()(const event::principal_put& x) const {
    return principal_aggregate(x.principal);
  }
  std::string operator()(const event::token_issued& x) const {
    return token_aggregate(x.token);
  }
  std::string operator()(const event::token_revoked& x) const {
    return token_aggregate(x.token);
  }
  std::string operator()(const event::family_put& x) const {
    return family_aggregate(x.client_id);
  }
  std::string operator()(const event::profile_put& x) const {
    return profile_aggregate(x.client_id, x.profile);
  }
  std::string operator()(const event::policy_set_put& x) const {
    return policy_set_aggregate(x.policy_set_id, x.version);
  }
  std::string operator()(const event::policy_bound& x) const {
    return binding_aggregate(x.client_id, x.profile);
  }
  std::string operator()(const event::artifact_published& x) const {
    return channel_aggregate(x.client_id, x.profile, x.major);
  }
  std::string operator()(const event::artifact_resealed& x) const {
    return seal_aggregate(x.artifact);
  }
  std::string operator()(const event::channel_reverted& x) const {
    return channel_aggregate(x.client_id, x.profile, x.major);
  }
  std::string operator()(const event::command_closed& x) const {
    return command_aggregate(x.command);
  }
  std::string operator()(const event::ledger_moved&) const {
    return ledger_aggregate();
  }
  std::string operator()(const event::ledger_restored&) const {
    return ledger_aggregate();
  }
  std::string operator()(const event::tick&) const { return {}; }
};

} // namespace

std::string ledger_aggregate() {
  return "ledger";
}

std::string keyset_aggregate() {
  return "keyset";
}

std::string principal_aggregate(const principal_id& x) {
  return join({"principal", x.hex()});
}

std::string token_aggregate(const token_id& x) {
  return join({"token", x.hex()});
}

std::string family_aggregate(std::string_view client_id) {
  return join({"family", client_id});
}

std::string profile_aggregate(std::string_view client_id,
                              std::string_view profile) {
  return join({"profile", client_id, profile});
}

std::string policy_set_aggregate(std::string_view policy_set_id,
                                 std::string_view version) {
  return join({"policy_set", policy_set_id, version});
}

std::string binding_aggregate(std::string_view client_id,
                              std::string_view profile) {
  return join({"binding", client_id, profile});
}

std::string channel_aggregate(std::string_view client_id,
                              std::string_view profile, std::uint32_t major) {
  return join({"channel", client_id, profile, std::to_string(major)});
}

std::string seal_aggregate(const digest& artifact) {
  return join({"seal", artifact.hex()});
}

std::string command_aggregate(const event_id& x) {
  return join({"command", x.hex()});
}

std::string channel_key(std::string_view client_id, std::string_view profile,
                        std::uint32_t major) {
  return join({client_id, profile, std::to_string(major)});
}

std::string aggregate_of(const event::body& x) {
  return std::visit(namer{}, x);
}

} // namespace signalbox
