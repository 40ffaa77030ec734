#pragma once

#include <filesystem>
#include <string>

#include "events/errors.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// What is said of a ledger's name that is none.
inline constexpr const char* bad_ledger_name =
    "the name must be of a-z, 0-9 and hyphen, and begin with a letter or a "
    "digit";

/// What DIR/ledger.json pins: which ledger this directory holds and who its
/// node is. Written last when a ledger is made, so a directory with it is
/// whole.
struct ledger_file {
  ledger_id ledger;
  std::string name; ///< in paths: /v1/ledgers/{name}
  digest root_fingerprint;
  principal_id node;
};

std::filesystem::path ledger_file_path(const std::filesystem::path& data);

/// Errors: `io`.
result<void> write_ledger_file(const std::filesystem::path& data,
                               const ledger_file& x);

/// Errors: `not_found` (no ledger was made here), `io`, `bad_json`.
result<ledger_file> read_ledger_file(const std::filesystem::path& data);

} // namespace signalbox
