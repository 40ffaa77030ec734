#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace signalbox {

enum class log_level : std::uint8_t { debug, info, warning, error };

std::string_view to_string(log_level x);
std::optional<log_level> log_level_from_string(std::string_view text);

/// The structured log: one JSON object a line, on stderr, with `ts` (RFC 3339),
/// `level`, `msg` and the fields of the event. Any thread. Never give it a
/// secret.
class json_log {
 public:
  /// Lines below `least` are dropped.
  explicit json_log(log_level least);
  ~json_log();

  void write(log_level level, std::string_view message,
             boost::json::object fields = {}) const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace signalbox
