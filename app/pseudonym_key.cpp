#include "app/pseudonym_key.hpp"

#include "events/hash.hpp"
#include "events/pseudonym.hpp"
#include "storage/atomic_file.hpp"
#include "storage/key_file.hpp"

namespace signalbox {

result<byte_buffer> pseudonym_key(const std::filesystem::path& folder) {
  const auto path = folder / "pseudonym.key";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    byte_buffer made(pseudonyms::key_bytes);
    random_fill(made);
    if (auto written = write_atomic_file(path, to_hex(made) + '\n',
                                         {.mode = 0600, .replace = false});
        !written)
      return written.error();
    return made;
  }
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

} // namespace signalbox
