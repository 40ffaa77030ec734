#include "app/pseudonym_key.hpp"

#include "events/hash.hpp"
#include "events/pseudonym.hpp"
#include "storage/atomic_file.hpp"
#include "storage/key_file.hpp"

namespace signalbox {

namespace {

constexpr auto* file_name = "pseudonym.key";

result<byte_buffer> read_key(const std::filesystem::path& path) {
  auto line = read_secret_line(path);
  if (!line)
    return line.error();
  auto key = from_hex(*line);
  if (!key || key->size() != pseudonyms::key_bytes)
    return failure{errc::bad_key, path.string() +
                                      " is damaged: put it back, or remove it; "
                                      "counts of clients then begin anew"};
  return *key;
}

result<void> write_key(const std::filesystem::path& path, byte_view key) {
  return write_atomic_file(path, to_hex(key) + '\n',
                           {.mode = 0600, .replace = false});
}

} // namespace

result<byte_buffer> pseudonym_key(const std::filesystem::path& folder,
                                  missing_key missing) {
  const auto path = folder / file_name;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (missing == missing_key::refuse)
      return failure{errc::not_found,
                     path.string() +
                         " is not there: copy it from another node of the "
                         "ledger, for its owner alone (mode 0600)"};
    byte_buffer made(pseudonyms::key_bytes);
    random_fill(made);
    if (auto written = write_key(path, made); !written)
      return written.error();
    return made;
  }
  return read_key(path);
}

result<void> bring_pseudonym_key(const std::filesystem::path& from,
                                 const std::filesystem::path& folder) {
  auto key = read_key(from);
  if (!key)
    return key.error();
  return write_key(folder / file_name, *key);
}

} // namespace signalbox
