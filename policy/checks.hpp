#pragma once

#include <string>
#include <vector>

#include "policy/family.hpp"
#include "policy/json_nodes.hpp"

namespace signalbox {

/// A place that a check objects to. The detail is a word for people, never a
/// value of the payload.
struct hit {
  std::string pointer;
  std::string detail = {};
};

/// The checks that rules name; each is pure and reports in any order.

/// Secrets in any string or key (NFR-5); the detail is the kind.
std::vector<hit> find_literal_secrets(const family& client,
                                      const json_nodes& payload);

/// Control, direction, zero-width and tag characters in any string or key.
std::vector<hit> find_hidden_unicode(const json_nodes& payload);

/// Keys that change JavaScript objects: __proto__, constructor, prototype.
std::vector<hit> find_reserved_keys(const json_nodes& payload);

/// Variables, set in an environment or in a command line, that switch off the
/// check of TLS certificates.
std::vector<hit> find_tls_verification_off(const family& client,
                                           const json_nodes& payload);

/// Variables that make a process load foreign code.
std::vector<hit> find_code_injection(const family& client,
                                     const json_nodes& payload);

/// A download that is run: `curl ... | sh` and its kin.
std::vector<hit> find_pipe_to_shell(const family& client,
                                    const json_nodes& payload);

/// Packages that npx, bunx, pnpm dlx, yarn dlx, uvx and pipx run would fetch
/// in whatever version is newest.
std::vector<hit> find_unpinned_packages(const family& client,
                                        const json_nodes& payload);

/// http:// and ws:// to other machines, in URLs and arguments.
std::vector<hit> find_plain_http(const family& client,
                                 const json_nodes& payload);

/// Names of servers beyond ^[a-zA-Z0-9-]{1,64}$.
std::vector<hit> find_bad_server_names(const family& client,
                                       const json_nodes& payload);

} // namespace signalbox
