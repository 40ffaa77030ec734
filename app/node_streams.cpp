#include "app/node_streams.hpp"

#include "app/pseudonym_key.hpp"
#include "app/wall_clock.hpp"
#include "storage/kafka_stream_topic.hpp"
#include "storage/rocksdb_stream.hpp"

namespace signalbox {

namespace {

// Tags of the streams in the database, and of copies of topics: for ever.
constexpr const char* reports_tag = "r";
constexpr const char* activity_tag = "a";
constexpr char reports_copy_tag = 'R';
constexpr char activity_copy_tag = 'A';

std::optional<pseudonyms>
open_names(const std::filesystem::path& keys, missing_key missing,
           const std::function<void(std::string)>& warn) {
  auto key = pseudonym_key(keys, missing);
  if (key)
    return pseudonyms{*key};
  warn("no reports are taken: " + key.error().message);
  return std::nullopt;
}

} // namespace

result<void> validate(const stream_options& x) {
  if (x.reports_keep < 1000 || x.activity_keep < 1000 || x.report_window < 1000)
    return failure{errc::bad_request,
                   "--reports-keep, --activity-keep and --report-window must "
                   "be at least 1s"};
  if (x.report_window > x.reports_keep)
    return failure{errc::bad_request,
                   "--report-window must not be above --reports-keep"};
  return {};
}

node_streams::opened
node_streams::open_own(const rocksdb_database::pointer& database,
                       const char* tag, std::string_view name,
                       const std::function<void(std::string)>& warn) {
  auto out = rocksdb_stream::open(database, tag);
  if (out)
    return {std::move(*out)};
  warn("the stream " + std::string{name} + " is off: " + out.error().message);
  return {};
}

node_streams::opened node_streams::open_shared(kafka_stream_config config) {
  const auto name = config.stream;
  const auto warn = config.warn;
  auto out = kafka_stream::open(std::move(config));
  if (!out) {
    warn("the stream " + name + " is off: " + out.error().message);
    return {};
  }
  if (auto read = (*out)->catch_up(); !read)
    warn("the stream " + name +
         " shows what was copied before: " + read.error().message);
  auto* shared = out->get();
  return {std::move(*out), shared};
}

void node_streams::open(const rocksdb_database::pointer& database,
                        const std::optional<kafka_settings>& kafka,
                        const stream_options& options,
                        const std::function<void(std::string)>& warn) {
  if (!kafka) {
    report_entries_ = open_own(database, reports_tag, reports_stream, warn);
    activity_entries_ = open_own(database, activity_tag, activity_stream, warn);
    return;
  }
  report_entries_ = open_shared({.settings = *kafka,
                                 .stream = reports_stream,
                                 .database = database,
                                 .tag = reports_copy_tag,
                                 .keep = options.reports_keep,
                                 .key_of = report_key,
                                 .writes = options.writes,
                                 .warn = warn});
  activity_entries_ = open_shared({.settings = *kafka,
                                   .stream = activity_stream,
                                   .database = database,
                                   .tag = activity_copy_tag,
                                   .keep = options.activity_keep,
                                   .writes = options.writes,
                                   .warn = warn});
}

node_streams::node_streams(const rocksdb_database::pointer& database,
                           const std::optional<kafka_settings>& kafka,
                           const std::filesystem::path& keys,
                           const principal_id& node,
                           const stream_options& options,
                           state_exchange* states,
                           const std::function<void(std::string)>& warn)
    : states_{states} {
  open(database, kafka, options, warn);
  std::optional<pseudonyms> names;
  if (options.writes)
    names =
        open_names(keys, kafka ? missing_key::refuse : missing_key::make, warn);
  if (report_entries_.entries)
    reports_ = std::make_unique<client_reports>(
        client_reports_config{.stream = *report_entries_.entries,
                              .shared = report_entries_.shared,
                              .names = std::move(names),
                              .node = node,
                              .wall_clock = wall_clock,
                              .warn = warn,
                              .keep = options.reports_keep,
                              .window = options.report_window,
                              .floor = options.privacy_floor,
                              .is_new_key = options.new_pseudonym_key});
  if (activity_entries_.entries)
    activity_ = std::make_unique<activity_log>(
        activity_log_config{.stream = *activity_entries_.entries,
                            .node = node,
                            .wall_clock = wall_clock,
                            .warn = warn,
                            .keep = options.activity_keep,
                            .shared = activity_entries_.shared,
                            .on_state = [states](const state_word& x) {
                              if (states != nullptr)
                                states->offer(x);
                            }});
  if (reports_)
    reports_->start();
  if (activity_)
    activity_->start();
  // A replica adds nothing to the topic: it compares.
  if (states_ != nullptr && activity_ && options.writes)
    states_->listen([to = activity_.get()](auto& x) { to->announce(x); });
}

node_streams::~node_streams() {
  stop();
}

void node_streams::stop() {
  if (states_ != nullptr)
    states_->listen(nullptr);
  if (reports_)
    reports_->stop();
  if (activity_)
    activity_->stop();
}

} // namespace signalbox
