#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "events/errors.hpp"
#include "storage/file_descriptor.hpp"

namespace signalbox {

/// A large file that has a name of its own beside its place,
/// PLACE.unfinished-*, until it is whole; removed if it does not come to that.
/// Mode 0600.
class growing_file {
 public:
  explicit growing_file(std::filesystem::path place)
      : place_{std::move(place)} {}
  growing_file(const growing_file&) = delete;
  growing_file& operator=(const growing_file&) = delete;
  ~growing_file();

  /// Its name until it is finished.
  const std::filesystem::path& own() const { return own_; }

  /// Errors: `conflict` (there is a file at its place), `io`.
  result<void> open();

  /// Keeps a megabyte at most in memory. Errors: `io`.
  result<void> write(std::string_view text);

  /// Returns once all that was written is on the disk. Errors: `io`.
  result<void> sync();

  /// Gives it its name, never over another file's.
  /// Errors: `conflict`, `io`.
  result<void> finish();

 private:
  result<void> flush();
  failure exists() const;

  std::filesystem::path place_, own_;
  file_descriptor file_;
  std::string waiting_;
};

} // namespace signalbox
