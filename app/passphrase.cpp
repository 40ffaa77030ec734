#include "app/passphrase.hpp"

#include "storage/key_file.hpp"

namespace signalbox {

result<std::string> read_passphrase(const std::optional<std::string>& file) {
  if (file)
    return read_secret_line(*file);
  auto out = read_passphrase_variable(passphrase_variable);
  if (!out)
    return failure{errc::bad_request,
                   "the passphrase is missing: name its file with "
                   "--passphrase-file, or set SIGNALBOX_PASSPHRASE"};
  return out;
}

} // namespace signalbox
