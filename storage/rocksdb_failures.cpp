#include "storage/rocksdb_failures.hpp"

#include <string_view>

#include "storage/log_failures.hpp"

namespace signalbox {

namespace {

bool says(const rocksdb::Status& status, std::string_view text) {
  return status.ToString().find(text) != std::string::npos;
}

std::string damaged(const rocksdb::Status& status, const std::string& directory,
                    const std::string& where = {}) {
  return directory + " is damaged" + where + " (" + status.ToString() + "). " +
         repair_advice();
}

} // namespace

std::string explain_write_failure(const rocksdb::Status& status,
                                  const std::string& directory) {
  if (status.IsCorruption())
    return damaged(status, directory);
  if (status.IsNoSpace() || says(status, "No space left"))
    return "the disk under " + directory +
           " is full: free some space; writing resumes by itself";
  if (says(status, "Read-only file system"))
    return "the file system under " + directory +
           " is read-only: remount it writable; writing resumes by itself";
  return directory + " cannot be written (" + status.ToString() + ")";
}

failure explain_open_failure(const rocksdb::Status& status,
                             const std::string& directory) {
  if (is_locked(status))
    return {errc::unavailable, "the database is in use: is another signalbox "
                               "running on " +
                                   directory + "?"};
  if (says(status, "create_if_missing is false"))
    return {errc::not_found, "there is no database in " + directory};
  if (says(status, "error_if_exists is true"))
    return {errc::conflict, "there is a database in " + directory + " already"};
  if (status.IsCorruption())
    return {errc::log_corrupt, damaged(status, directory)};
  return {errc::io,
          directory + " cannot be opened (" + status.ToString() + ")"};
}

failure explain_read_failure(const rocksdb::Status& status,
                             const std::string& directory,
                             const std::string& where) {
  if (status.IsCorruption())
    return {errc::log_corrupt, damaged(status, directory, where)};
  return {errc::io, directory + " cannot be read" + where + " (" +
                        status.ToString() + ")"};
}

bool is_locked(const rocksdb::Status& status) {
  return says(status, "lock hold by current process") ||
         (says(status, "While lock file") &&
          says(status, "temporarily unavailable"));
}

} // namespace signalbox
