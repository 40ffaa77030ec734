#include "app/json_log.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "app/offline_ledger.hpp"
#include "events/ids.hpp"

namespace signalbox {

namespace {

spdlog::level::level_enum to_spdlog(log_level x) {
  switch (x) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::info;
}

} // namespace

std::string_view to_string(log_level x) {
  switch (x) {
  case log_level::debug:
    return "debug";
  case log_level::info:
    return "info";
  case log_level::warning:
    return "warning";
  case log_level::error:
    return "error";
  }
  return "unknown";
}

std::optional<log_level> log_level_from_string(std::string_view text) {
  for (auto x : {log_level::debug, log_level::info, log_level::warning,
                 log_level::error})
    if (to_string(x) == text)
      return x;
  return std::nullopt;
}

struct json_log::impl {
  spdlog::logger logger{"signalbox",
                        std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

json_log::json_log(log_level least) : impl_{std::make_unique<impl>()} {
  impl_->logger.set_pattern("%v"); // the line is whole already
  impl_->logger.set_level(to_spdlog(least));
}

json_log::~json_log() = default;

void json_log::write(log_level level, std::string_view message,
                     boost::json::object fields) const {
  if (!impl_->logger.should_log(to_spdlog(level)))
    return;
  boost::json::object line{{"ts", to_rfc3339(wall_clock())},
                           {"level", to_string(level)},
                           {"msg", message}};
  for (auto& [name, value] : fields)
    line[name] = std::move(value);
  impl_->logger.log(to_spdlog(level), "{}", boost::json::serialize(line));
}

} // namespace signalbox
