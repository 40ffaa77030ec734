#include "app/served_certificate.hpp"

#include <boost/json/object.hpp>

#include "events/ids.hpp"

namespace signalbox {

namespace {

std::string time_text(std::time_t x) {
  return to_rfc3339(timestamp{std::int64_t{x} * 1000});
}

} // namespace

result<std::shared_ptr<served_certificate>>
served_certificate::open(const std::optional<tls_files>& files) {
  auto out = std::make_shared<served_certificate>();
  if (!files)
    return out;
  auto keeper = tls_keeper::open(*files);
  if (!keeper)
    return keeper.error();
  out->keeper_ = std::move(*keeper);
  return out;
}

void served_certificate::look_after(upkeep_cause why, const json_log& log) {
  if (!keeper_)
    return;
  const auto done = why == upkeep_cause::signal ? keeper_->renew()
                                                : keeper_->renew_if_changed();
  if (!done) {
    ++failures_;
    log.write(log_level::warning, "TLS certificate not taken",
              {{"reason", done.error().message}});
  } else if (*done == tls_keeper::outcome::renewed) {
    log.write(log_level::info, "TLS certificate taken",
              {{"expires_at", time_text(keeper_->current()->expires_at())}});
  }
}

void served_certificate::add_to(outside_counts& counts) const {
  counts.tls_renewal_failures = failures_;
  if (keeper_)
    counts.tls_expires_at = keeper_->current()->expires_at();
}

} // namespace signalbox
