#include "app/node_database.hpp"

#include "storage/head_file.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

/// Whether there is no database at all: what is left of one is not overwritten.
bool is_gone(const fs::path& database) {
  std::error_code error;
  const auto found = fs::status(database, error);
  return found.type() == fs::file_type::not_found ||
         (fs::is_directory(found) && fs::is_empty(database, error) && !error);
}

} // namespace

result<node_database> open_node_database(const fs::path& data, database_use use,
                                         rocksdb_config config) {
  const bool is_new = use == database_use::copy && is_gone(data / "db");
  auto directory = is_new ? data_dir::create(data) : data_dir::open(data);
  if (!directory)
    return directory.error();
  auto mark = head_file{directory->head()}.read();
  if (!mark)
    return mark.error();
  config.directory = directory->database();
  if (*mark)
    config.known_entry = (*mark)->index;
  auto database = is_new ? rocksdb_database::create(std::move(config))
                         : rocksdb_database::open(std::move(config));
  if (!database)
    return database.error();
  return node_database{std::move(*directory), std::move(*database)};
}

} // namespace signalbox
