#pragma once

#include <filesystem>

#include "storage/data_dir.hpp"
#include "storage/rocksdb_database.hpp"

namespace signalbox {

/// A node's directory, held, with its database open.
struct node_database {
  data_dir directory;
  rocksdb_database::pointer database;
};

/// What the database is to the node. A copy that was taken away is made again,
/// empty: the topic fills it.
enum class database_use { log, copy };

/// `config.directory` and `config.known_entry` are set here.
/// Errors: as data_dir::open() and rocksdb_database::open().
result<node_database> open_node_database(const std::filesystem::path& data,
                                         database_use use,
                                         rocksdb_config config = {});

} // namespace signalbox
