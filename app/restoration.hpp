#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "app/offline_ledger.hpp"
#include "app/options.hpp"
#include "events/dsse.hpp"
#include "events/keyset.hpp"

namespace signalbox {

/// What a ledger that came back says, made and checked before anything is
/// written: one whose incarnation is not its keyset's serves nothing that
/// clients take.
struct restoration {
  std::uint64_t incarnation = 0;
  keyset next;
  std::optional<dsse_envelope> envelope; ///< none: the root is elsewhere
};

/// --root and its passphrases, or --out where the root is elsewhere.
void add_restoration_options(command_options& options);

/// The root's key, unless it is to sign elsewhere. `keys`: where it is looked
/// for without --root. Errors: `not_found`, `bad_key`, `io`.
result<std::optional<private_key>> find_root(const command_options& options,
                                             const std::filesystem::path& keys);

/// Errors: `not_found` (no keyset yet), `bad_request` (one root cannot sign
/// alone), `bad_key` (it is no root of the ledger).
result<restoration> prepare_restoration(const offline_ledger& ledger,
                                        const std::optional<private_key>& root);

/// Writes the unsigned keyset to --out, if that is named. Errors: `io`.
result<void> write_request(const restoration& x,
                           const command_options& options);

/// Raises the incarnation and, signed by the root, puts its keyset; saves.
/// Errors: those of offline_ledger::say.
result<void> write_restoration(offline_ledger& ledger, const restoration& x);

/// What is to be done where the root has not signed yet.
std::string advice_on_signing(const std::filesystem::path& data,
                              const std::string& request);

} // namespace signalbox
