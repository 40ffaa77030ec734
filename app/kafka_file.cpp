#include "app/kafka_file.hpp"

#include "app/files.hpp"

namespace signalbox {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_kafka_file = 256 * 1024;

constexpr const char* secrets[] = {"sasl.password", "ssl.key.password",
                                   "ssl.key.pem", "ssl.keystore.password",
                                   "sasl.oauthbearer.client.secret"};

/// As a key file: a secret that others may read is none.
result<void> check_private(const fs::path& file, const kafka_settings& x) {
  constexpr auto others = fs::perms::group_all | fs::perms::others_all;
  std::error_code error;
  const auto mode = fs::status(file, error).permissions();
  if (error || (mode & others) == fs::perms::none)
    return {};
  for (auto* name : secrets)
    if (x.client.contains(name))
      return failure{errc::bad_key, file.string() + ": holds " + name +
                                        " and others may use it; run: chmod "
                                        "600 " +
                                        file.string()};
  return {};
}

/// The settings are copied to where the node runs: a file that they name by a
/// relative path is meant to lie beside them. `folder` is absolute.
void anchor_paths(const fs::path& folder, kafka_settings& x) {
  for (auto& [name, value] : x.client)
    if (name.starts_with("ssl.") && name.ends_with(".location") &&
        !value.empty() && value != "probe" && fs::path{value}.is_relative())
      value = (folder / value).lexically_normal().string();
}

} // namespace

std::filesystem::path kafka_file_path(const std::filesystem::path& data) {
  return data / "kafka.properties";
}

result<kafka_settings> read_kafka_settings(const std::filesystem::path& file) {
  auto text = read_file(file, largest_kafka_file);
  if (!text)
    return text.error();
  auto out = parse_kafka_settings(*text);
  if (!out)
    return failure{out.error().code,
                   file.string() + ": " + out.error().message};
  if (auto checked = check_private(file, *out); !checked)
    return checked.error();
  anchor_paths(fs::absolute(file).parent_path(), *out);
  return out;
}

result<void> write_kafka_file(const std::filesystem::path& data,
                              const kafka_settings& x) {
  return write_file(kafka_file_path(data), to_text(x), file_mode::owner_only);
}

result<std::optional<kafka_settings>>
read_kafka_file(const std::filesystem::path& data) {
  auto out = read_kafka_settings(kafka_file_path(data));
  if (!out && out.error().code == errc::not_found)
    return std::optional<kafka_settings>{};
  if (!out)
    return out.error();
  return std::optional{std::move(*out)};
}

} // namespace signalbox
