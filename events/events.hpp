#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "events/bytes.hpp"
#include "events/ids.hpp"

/// The events of the decisions stream, as the fold reads them and writers make
/// them. Text and bytes are views: into the decoded envelope when read, into
/// the writer's own memory when written. Their numbers and layout are frozen in
/// `schemas/events/signalbox.fbs`.
namespace signalbox::event {

struct public_key_view {
  byte_view spki; ///< DER SubjectPublicKeyInfo
};

struct signature_view {
  digest key;
  byte_view value;
};

struct schema_version {
  std::string_view schema_ref;    ///< <client_id>/<semver>
  std::string_view version_range; ///< versions of the client application
  digest document;                ///< SHA-256 of the schema's text
};

struct ledger_created {
  ledger_id ledger;
  std::uint64_t incarnation = 0; ///< Unix seconds
  std::vector<public_key_view> roots;
  std::uint32_t threshold = 0;
  principal_id administrator;
  principal_id node;
};

struct fold_activated {
  std::uint32_t fold_version = 0;
};

struct keyset_put {
  byte_view payload; ///< RFC 8785 bytes that the roots signed under DSSE
  std::vector<signature_view> signatures;
};

struct principal_put {
  principal_id principal;
  std::uint32_t roles = 0; ///< bit mask, see policy/access.hpp
  bool active = true;
};

struct token_issued {
  token_id token;
  principal_id principal;
  digest secret;          ///< SHA-256 of the token's secret half
  timestamp expires_at{}; ///< on the log's clock; 0: never
};

struct token_revoked {
  token_id token;
};

struct family_put {
  std::string_view client_id;
  std::uint32_t default_major = 1;
  std::vector<schema_version> schemas;
  digest document;
};

struct profile_put {
  std::string_view client_id;
  std::string_view profile;
  std::uint32_t default_major = 0;
  std::vector<std::string_view> environment;
};

struct policy_set_put {
  std::string_view policy_set_id;
  std::string_view version;
  digest document;
};

struct policy_bound {
  std::string_view client_id;
  std::string_view profile;
  std::string_view policy_set_id;
  std::string_view version;
};

struct artifact_published {
  std::string_view client_id;
  std::string_view profile;
  std::uint32_t major = 0;
  digest artifact;
  std::string_view schema_ref;
  std::string_view version;
  std::string_view policy_set_id;
  std::string_view policy_version;
  digest key; ///< id of the sealing key
};

struct artifact_resealed {
  std::string_view client_id;
  std::string_view profile;
  std::uint32_t major = 0;
  digest artifact;
  digest key;
};

struct channel_reverted {
  std::string_view client_id;
  std::string_view profile;
  std::uint32_t major = 0;
  digest artifact;
  bool forced = false;
};

struct command_closed {
  event_id command;
};

struct ledger_moved {};

struct ledger_restored {
  std::uint64_t incarnation = 0;
};

struct tick {};

/// Since fold version 2.
struct template_put {
  std::string_view client_id;
  std::string_view template_id;
  std::string_view version;
  digest document;
};

using body =
    std::variant<ledger_created, fold_activated, keyset_put, principal_put,
                 token_issued, token_revoked, family_put, profile_put,
                 policy_set_put, policy_bound, artifact_published,
                 artifact_resealed, channel_reverted, command_closed,
                 ledger_moved, ledger_restored, tick, template_put>;

/// The number of a body's type: its place in the union of the schema, from 1.
constexpr std::uint16_t type_number(const body& x) {
  return static_cast<std::uint16_t>(x.index() + 1);
}

/// The fold version that turns an event type on; a lower one voids it.
constexpr std::uint32_t fold_version_of(std::uint16_t type) {
  constexpr std::uint16_t first_of_version_2 = 18;
  static_assert(
      std::is_same_v<std::variant_alternative_t<first_of_version_2 - 1, body>,
                     template_put>);
  return type >= first_of_version_2 ? 2 : 1;
}

/// `artifact_published` and so on; "unknown" for a number out of range.
std::string_view type_name(std::uint16_t number);

} // namespace signalbox::event
