#include "api/stream_counts.hpp"

namespace signalbox {

report_metrics metrics_of(const client_reports* x) {
  if (x == nullptr)
    return {};
  const auto counts = x->counts();
  auto& writer = counts.writer;
  return {{writer.written, writer.dropped + writer.failed + counts.limited,
           x->stream_entries(), x->stream_bytes()},
          counts.repeated,
          counts.left_out,
          // Everybody may read it: it must not tell what the counts hide.
          round_to_floor(counts.clients, x->floor()),
          counts.bytes};
}

stream_metrics metrics_of(const activity_log* x) {
  if (x == nullptr)
    return {};
  const auto counts = x->counts();
  auto& entries = x->entries();
  return {counts.writer.written,
          counts.writer.dropped + counts.writer.failed + counts.limited,
          entries.size(), entries.bytes()};
}

} // namespace signalbox
