#pragma once

#include <filesystem>

#include "events/errors.hpp"
#include "storage/file_descriptor.hpp"

namespace signalbox {

/// The directory that holds all of one node, and the only place that knows its
/// layout. Holding the object holds the directory: no second process gets it.
///
///     DIR/lock   held with flock while a process uses the directory
///     DIR/db/    the database: log and state
///     DIR/head   how far the log went (head_file)
///     DIR/keys/  encrypted private keys
class data_dir {
 public:
  /// Makes the directory and its folders, mode 0700, unless they exist.
  /// Errors: `unavailable` (in use), `io`.
  static result<data_dir> create(std::filesystem::path root);

  /// Errors: `not_found`, `unavailable` (in use), `io`.
  static result<data_dir> open(std::filesystem::path root);

  std::filesystem::path database() const { return root_ / "db"; }
  std::filesystem::path head() const { return root_ / "head"; }
  std::filesystem::path keys() const { return root_ / "keys"; }

 private:
  data_dir(std::filesystem::path root, file_descriptor lock);

  std::filesystem::path root_;
  file_descriptor lock_;
};

} // namespace signalbox
