#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "events/json.hpp"

namespace signalbox {

/// What PutFamily takes, {descriptor, schemas, samples}, of a folder shaped
/// like those of schemas/families: `family.json`, the schemas that it names,
/// `samples/valid`, `samples/invalid`, and the same below `samples/<version>`
/// for a schema that is not the newest.
/// Errors: `not_found`, `io`, `too_large`, and those of JSON, naming the file.
result<json::object> read_family_folder(const std::filesystem::path& folder);

/// The same of a family that the program brings along.
/// Errors: `bug` (the build is wrong).
result<json::object> seed_family(std::string_view client_id);

/// Writes the descriptor and the schemas, by file name, into a folder.
/// Errors: `io`.
result<void> write_family_folder(const std::filesystem::path& folder,
                                 const json::value& descriptor,
                                 const json::object& schemas);

} // namespace signalbox
