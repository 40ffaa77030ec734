#include "app/passphrase.hpp"

#include <filesystem>

#include "storage/key_file.hpp"

namespace signalbox {

result<std::string>
read_passphrase(const std::optional<std::string>& file,
                const std::optional<std::string>& directory) {
  if (file)
    return read_secret_line(*file);
  auto out = read_passphrase_variable(passphrase_variable);
  std::error_code ignored;
  if (!out && directory)
    if (const auto kept = std::filesystem::path{*directory} / "passphrase";
        std::filesystem::exists(kept, ignored))
      return read_secret_line(kept.string());
  if (!out)
    return failure{errc::bad_request,
                   "the passphrase is missing: name its file with "
                   "--passphrase-file, or set SIGNALBOX_PASSPHRASE"};
  return out;
}

} // namespace signalbox
