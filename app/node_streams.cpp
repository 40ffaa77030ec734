#include "app/node_streams.hpp"

#include "app/pseudonym_key.hpp"
#include "app/wall_clock.hpp"

namespace signalbox {

namespace {

// Tags of the streams in the database: for ever.
constexpr char reports_tag = 'r';
constexpr char activity_tag = 'a';

std::unique_ptr<rocksdb_stream>
open_stream(const rocksdb_database::pointer& database, char tag,
            std::string_view name,
            const std::function<void(std::string)>& warn) {
  auto out = rocksdb_stream::open(database, tag);
  if (out)
    return std::move(*out);
  warn("the stream " + std::string{name} + " is off: " + out.error().message);
  return nullptr;
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

node_streams::node_streams(const rocksdb_database::pointer& database,
                           const std::filesystem::path& keys,
                           const principal_id& node,
                           const stream_options& options,
                           const std::function<void(std::string)>& warn)
    : report_entries_{open_stream(database, reports_tag, "reports", warn)},
      activity_entries_{open_stream(database, activity_tag, "activity", warn)} {
  auto key = pseudonym_key(keys);
  if (!key)
    warn("no reports are taken: " + key.error().message);
  if (key && report_entries_)
    reports_ = std::make_unique<client_reports>(
        client_reports_config{.stream = *report_entries_,
                              .names = pseudonyms{*key},
                              .node = node,
                              .wall_clock = wall_clock,
                              .warn = warn,
                              .keep = options.reports_keep,
                              .window = options.report_window,
                              .floor = options.privacy_floor});
  if (activity_entries_)
    activity_ = std::make_unique<activity_log>(
        activity_log_config{.stream = *activity_entries_,
                            .node = node,
                            .wall_clock = wall_clock,
                            .warn = warn,
                            .keep = options.activity_keep});
  if (reports_)
    reports_->start();
  if (activity_)
    activity_->start();
}

void node_streams::stop() {
  if (reports_)
    reports_->stop();
  if (activity_)
    activity_->stop();
}

} // namespace signalbox
