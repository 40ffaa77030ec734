#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <boost/json/object.hpp>

#include "api/log_level.hpp"

namespace signalbox {

/// The structured log: one JSON object a line, on stderr, with `ts` (RFC 3339),
/// `level`, `msg` and the fields of the event. Never give it a secret.
///
/// Any thread, and none ever waits: lines go through a bounded queue to a
/// thread that writes them. While the reader of stderr stalls, the oldest lines
/// are dropped and counted.
class json_log {
 public:
  /// Lines that wait to be written, at most.
  static constexpr std::size_t max_waiting = 4096;

  /// Lines below `least` are left out. `out` is a file descriptor and stays
  /// open.
  explicit json_log(log_level least, int out = 2);

  /// Writes what waits, for two seconds at most.
  ~json_log();

  void write(log_level level, std::string_view message,
             boost::json::object fields = {}) const;

  /// Lines that were dropped.
  std::uint64_t dropped() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
