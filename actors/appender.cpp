#include "actors/appender.hpp"

#include <caf/all.hpp>

namespace signalbox {

bool append_group::add(
    const std::vector<std::shared_ptr<const proposal>>& records) {
  const bool is_first = group_.empty();
  group_.insert(group_.end(), records.begin(), records.end());
  return is_first;
}

void append_group::write(const failed& on_failure) {
  auto group = std::exchange(group_, {});
  std::vector<byte_view> records;
  records.reserve(group.size());
  for (auto& x : group)
    records.emplace_back(x->record);
  auto written = log_.append(records, now_());
  auto health = log_.health();
  status_.set_log_problem(
      health.state == log_health::mode::writable ? "" : health.reason);
  status_.log_end = to_integer(log_.end());
  if (written)
    return;
  ++status_.append_failures;
  auto why = std::make_shared<const failure>(written.error());
  for (auto& x : group)
    on_failure({x, why});
}

appender_actor::behavior_type appender(appender_actor::pointer self,
                                       appender_config config,
                                       ledger_actor follower) {
  auto group = std::make_shared<append_group>(config.log, config.status,
                                              std::move(config.now));
  auto* log = &config.log;
  auto* writer = &config.writer;
  return {
      [self, group](const append& x) {
        // Everything already in the mailbox joins the group before the flush.
        if (group->add(x.what))
          self->send(self, flush{});
      },
      [self, group, log, writer, follower](flush) {
        {
          std::lock_guard alone{*writer};
          group->write(
              [&](append_failed x) { self->send(follower, std::move(x)); });
        }
        self->send(follower, advanced{log->end()});
      },
  };
}

} // namespace signalbox
