#include "app/kafka_file.hpp"

#include "app/files.hpp"

namespace signalbox {

std::filesystem::path kafka_file_path(const std::filesystem::path& data) {
  return data / "kafka.properties";
}

result<void> write_kafka_file(const std::filesystem::path& data,
                              const kafka_settings& x) {
  return write_file(kafka_file_path(data), to_text(x), file_mode::owner_only);
}

result<std::optional<kafka_settings>>
read_kafka_file(const std::filesystem::path& data) {
  const auto path = kafka_file_path(data);
  auto text = read_file(path);
  if (!text && text.error().code == errc::not_found)
    return std::optional<kafka_settings>{};
  if (!text)
    return text.error();
  auto out = parse_kafka_settings(*text);
  if (!out)
    return failure{out.error().code,
                   path.string() + ": " + out.error().message};
  return std::optional{std::move(*out)};
}

} // namespace signalbox
