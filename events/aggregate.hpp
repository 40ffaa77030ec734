#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/events.hpp"

namespace signalbox {

/// Names of the aggregates whose versions commands expect and are checked
/// under. One event changes one aggregate; its version counts those changes.
std::string ledger_aggregate();
std::string keyset_aggregate();
std::string principal_aggregate(const principal_id& x);
std::string token_aggregate(const token_id& x);
std::string family_aggregate(std::string_view client_id);
std::string profile_aggregate(std::string_view client_id,
                              std::string_view profile);
std::string policy_set_aggregate(std::string_view policy_set_id,
                                 std::string_view version);
std::string binding_aggregate(std::string_view client_id,
                              std::string_view profile);
std::string channel_aggregate(std::string_view client_id,
                              std::string_view profile, std::uint32_t major);
std::string seal_aggregate(const digest& artifact);
std::string command_aggregate(const event_id& x);
std::string template_aggregate(std::string_view client_id,
                               std::string_view template_id,
                               std::string_view version);

/// `client/profile/major`: the channel's key, as `updates` uses it.
std::string channel_key(std::string_view client_id, std::string_view profile,
                        std::uint32_t major);

/// The aggregate that an event changes; empty for a tick, which changes none.
std::string aggregate_of(const event::body& x);

/// Whether aggregate_of(x) is this name, without making it.
bool is_aggregate_of(const event::body& x, std::string_view name);

} // namespace signalbox
