#include "app/node_directory.hpp"

#include "app/files.hpp"
#include "app/kafka_file.hpp"
#include "app/ledger_file.hpp"
#include "app/pseudonym_key.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

bool is_of_node(const std::string& name) {
  return (name.starts_with("node-") && name.ends_with(".pem")) ||
         name == "pseudonym.key";
}

} // namespace

result<void> bring_node_keys(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (auto& x : fs::directory_iterator{from, error}) {
    const auto name = x.path().filename().string();
    if (!is_of_node(name))
      continue;
    auto text = read_file(x.path(), 64 * 1024);
    if (!text)
      return text.error();
    if (auto done = write_file(to / name, *text, file_mode::owner_only); !done)
      return done;
  }
  if (error)
    return failure{errc::io, from.string() + ": " + error.message()};
  return {};
}

result<void> write_node_files(const fs::path& data, const ledger_file& pins,
                              const kafka_settings* kafka) {
  if (auto done = write_ledger_file(data, pins); !done)
    return done;
  if (kafka == nullptr)
    return {};
  // Other nodes will need the same.
  if (auto made = pseudonym_key(data / "keys"); !made)
    return made.error();
  return write_kafka_file(data, *kafka);
}

result<void> bring_node(const fs::path& from, const fs::path& to,
                        const kafka_settings* kafka) {
  auto pins = read_ledger_file(from);
  if (!pins)
    return pins.error();
  if (auto done = bring_node_keys(from / "keys", to / "keys"); !done)
    return done;
  return write_node_files(to, *pins, kafka);
}

} // namespace signalbox
