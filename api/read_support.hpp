#pragma once

#include <utility>

#include "api/pool_answer.hpp"

/// What the reading operations share.
namespace signalbox::read_operations {

inline failure no_such_client() {
  return {errc::not_found,
          "there is no client family of this client_id; ListClients names "
          "them"};
}

inline failure no_such_profile() {
  return {errc::not_found,
          "this client has no profile of this name; ListProfiles names them"};
}

/// A family as ListClients shows it (FR-1, FR-2).
json::object family_json(const catalog& documents, const catalog_family& x);

json::array profile_names(const catalog& documents, std::string_view client_id);

/// The channel of a profile in which an artifact was released; null if none.
std::shared_ptr<const channel_view> channel_of(const view& seen,
                                               std::string_view client_id,
                                               std::string_view profile,
                                               const digest& artifact);

/// Answers from the pool that reads.
template <class F>
void on_disk(const operation_world& world, const operation_reply& reply,
             F work) {
  answer_on(world.disk, reply, std::move(work));
}

} // namespace signalbox::read_operations
