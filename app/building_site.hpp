#pragma once

#include <filesystem>
#include <string_view>

#include "events/errors.hpp"

namespace signalbox {

/// Where a node's directory grows until it is whole: a folder inside its place,
/// so that the last step is a rename on one file system. Removed if that is not
/// reached, and the place too if it was made for it. One that a killed process
/// left is removed by the next that builds there.
class building_site {
 public:
  explicit building_site(std::filesystem::path place)
      : place_{std::move(place)} {}
  building_site(const building_site&) = delete;
  building_site& operator=(const building_site&) = delete;
  ~building_site();

  /// The folder to build in; empty before open().
  const std::filesystem::path& path() const { return path_; }

  /// Errors: `conflict` (the place holds a ledger, or what is left of one),
  /// `io`.
  result<void> open();

  /// Moves the pieces to their place, or back, and makes that durable.
  /// Errors: `io`.
  result<void> finish();

 private:
  result<void> move(std::string_view name);
  void take_back(std::string_view failed) const;
  void sweep() const;

  std::filesystem::path place_, path_;
  bool made_place_ = false;
  bool done_ = false;
};

} // namespace signalbox
