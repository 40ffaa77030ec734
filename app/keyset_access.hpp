#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/api_client.hpp"
#include "events/dsse.hpp"
#include "events/keyset.hpp"

namespace signalbox {

/// Where a ledger's keyset is read and replaced: in a directory that no server
/// uses, or through a server.
class keyset_access {
 public:
  virtual ~keyset_access() = default;

  /// Errors: `not_found` (there is none yet), and those of the place.
  virtual result<keyset> current() = 0;

  /// The ledger's, which the next keyset must have: after a restore it is
  /// greater than that of the present one. Nullopt where it cannot be told.
  virtual std::optional<std::uint64_t> incarnation() const = 0;

  /// Errors: `bad_signature` (too few roots signed), `conflict` (it is not the
  /// next one), and those of the place.
  virtual result<void> put(const dsse_envelope& signed_keyset) = 0;

  /// The channels, as CLIENT/PROFILE/MAJOR, whose current artifact is sealed
  /// with this key. Errors: those of the place.
  virtual result<std::vector<std::string>> sealed_with(const digest& key) = 0;
};

/// Errors: as offline_ledger::open.
result<std::unique_ptr<keyset_access>>
open_keyset_access(const std::filesystem::path& data);

std::unique_ptr<keyset_access> make_keyset_access(api_client client);

} // namespace signalbox
