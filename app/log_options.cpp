#include "app/log_options.hpp"

#include "app/damage_advice.hpp"
#include "app/kafka_file.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

/// Least time between two lines that say how far it is.
constexpr std::chrono::seconds progress_every{2};

} // namespace

void add_source_options(command_options& options) {
  options.add()("data", po::value<std::string>(),
                "directory of a node; its server may run")(
      "kafka", po::value<std::string>(),
      "in place of it: file of Kafka settings; the topic is read afresh")(
      "in", po::value<std::string>(),
      "in place of it: a file that `log backup` wrote");
}

result<log_source> open_source(const command_options& options,
                               const log_progress& progress) {
  const auto named = int{options.has("data")} + int{options.has("kafka")} +
                     int{options.has("in")};
  if (named != 1)
    return failure{errc::bad_request, "name one of --data, --kafka and --in"};
  if (options.has("in"))
    return log_source::in_backup(options.text("in"));
  if (options.has("data"))
    return log_source::in_directory(options.text("data"));
  auto settings = read_kafka_settings(options.text("kafka"));
  if (!settings)
    return settings.error();
  return log_source::on_kafka(*settings, progress);
}

failure with_source_advice(failure why, const command_options& options) {
  if (!options.has("data"))
    return why;
  return with_advice(std::move(why), options.text("data"),
                     damage_met_by::replay);
}

std::function<void(std::string_view, std::uint64_t, std::uint64_t)>
tell_phases(const invocation& x) {
  if (wants_json(x))
    return nullptr;
  return [&err = x.err, last = std::chrono::steady_clock::now()](
             std::string_view what, std::uint64_t done,
             std::uint64_t all) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < progress_every)
      return;
    last = now;
    err << (std::string{what} + ' ' + std::to_string(done) + " of " +
            std::to_string(all) + " entries\n");
  };
}

log_progress tell_progress(const invocation& x, const std::string& what) {
  auto tell = tell_phases(x);
  if (!tell)
    return nullptr;
  return [tell = std::move(tell), what](std::uint64_t done,
                                        std::uint64_t all) mutable {
    tell(what, done, all);
  };
}

} // namespace signalbox
