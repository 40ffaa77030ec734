#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/api_client.hpp"

namespace signalbox {

/// What is current before a publish: what it will be compared with.
struct predecessor {
  std::string artifact_id, version, schema_ref;
};

/// Asks for it. `schema_ref`: the one to publish under; empty: the profile's
/// default. Errors: `not_found` (nothing is released), and those of the call,
/// none of which must keep anyone from publishing.
result<predecessor> find_predecessor(const api_client& server,
                                     const std::string& client_id,
                                     const std::string& profile,
                                     const std::string& schema_ref);

/// What a release says beyond the artifact, for who published it. All of it is
/// read after the fact, and what cannot be read is left out.
struct publish_report {
  json::object findings;            ///< {warnings, changes} of the check
  std::optional<predecessor> since; ///< that the release took the place of
  json::value patch;                ///< from that one's payload (RFC 6902)
  std::string missing;              ///< why there is no patch
};

/// The findings are those that the artifact was sealed with; their messages
/// come from a dry check of the same draft, `body`.
publish_report describe_release(const api_client& server,
                                const json::value& artifact,
                                const json::object& body,
                                const result<predecessor>& before);

/// The findings as `validate` prints them and the patch as `diff` does.
void print(std::ostream& out, const publish_report& x);

/// For `--json`, the member `report`: {warnings, changes}, and `diff`
/// {from_artifact_id, from_version, patch} where there is one.
json::object to_members(const publish_report& x);

} // namespace signalbox
