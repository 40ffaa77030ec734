#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/rate_limit.hpp"
#include "actors/shared_deployments.hpp"
#include "actors/stream_writer.hpp"
#include "events/pseudonym.hpp"

namespace signalbox {

/// How reports are taken, kept and counted (FR-14, FR-15, NFR-8). Times in
/// milliseconds.
struct client_reports_config {
  event_stream& stream; ///< outlives the reports
  /// The stream, where other nodes write theirs to it too; else null. All of
  /// them count what all of them write.
  shared_stream* shared = nullptr;
  /// Without: others' reports are counted, and none is taken.
  std::optional<pseudonyms> names;
  principal_id node;
  std::function<timestamp()> wall_clock;
  std::function<void(std::string)> warn;
  std::int64_t keep = 0;   ///< reports are dropped after this
  std::int64_t window = 0; ///< clients heard from within it are counted
  std::uint64_t floor = 0; ///< counts below it are not shown
  std::size_t max_clients = 2'000'000; ///< that are counted, about
  double per_second = 2000;            ///< reports of all clients together
  /// The key of the names may be another than that of the reports which are
  /// there: it was changed on purpose, and this is the first node to use it.
  bool is_new_key = false;
};

/// A report as a client sends it, checked.
struct client_state {
  std::string fingerprint; ///< never leaves this struct
  std::string client_id;
  std::string profile;
  digest artifact;
  report_result result = report_result::other;
  timestamp applied_at{}; ///< 0: not said
  std::string detail;
  std::string correlation;
};

/// What became of a report.
struct report_receipt {
  timestamp received_at{};
  bool repeated = false; ///< nothing was written: the client said so just now
  bool counted = true;   ///< false: there are too many clients to count it
};

struct client_reports_counts {
  stream_writer_counts writer;
  std::uint64_t repeated = 0;
  std::uint64_t limited = 0; ///< refused, since too many came
  std::uint64_t left_out = 0;
  std::size_t clients = 0;
  std::size_t bytes = 0;
};

/// What keeps the reports of one client in order in a stream of several
/// partitions: its pseudonym. Empty if the record holds no report.
std::string report_key(byte_view record);

/// Takes reports of clients and counts them. The fingerprint becomes a
/// pseudonym before anything else happens to it. A receipt is given once the
/// report is safe in the stream. Any thread, after start.
///
/// On a shared stream the last word is the stream's: each of its reports is
/// counted when it is read, in the order in which they lie, whoever took it.
/// One taken here is counted at its receipt too, which is always before it is
/// read, so that nobody waits for the reading. Where the newest report was
/// named under another key than this node's, none is taken: every client would
/// count once for each key.
class client_reports {
 public:
  using reply = std::function<void(result<report_receipt>)>;

  explicit client_reports(client_reports_config config);
  ~client_reports();

  /// Counts what the stream holds, and starts to write. What cannot be read is
  /// told by `warn`, and the counts begin with what could be.
  void start();

  /// Answers who waits. Idempotent.
  void stop();

  /// Answers once, perhaps at once and on the caller's thread.
  /// Errors: `overloaded`, `unavailable` (there is no key, or another than the
  /// other nodes'), and those of the stream.
  void take(client_state x, reply answer);

  /// Counts of clients heard from within `window` milliseconds, as they may be
  /// shown. Looks at every client: for a pool's thread.
  std::vector<shown_count> count(std::int64_t window,
                                 const deployment_filter& filter) const;

  /// Whether there were more clients than are counted.
  bool is_complete() const;

  std::int64_t window() const { return config_.window; }
  std::int64_t keep() const { return config_.keep; }
  std::uint64_t floor() const { return config_.floor; }
  timestamp now() const { return config_.wall_clock(); }

  client_reports_counts counts() const;
  std::uint64_t stream_entries() const { return config_.stream.size(); }
  std::uint64_t stream_bytes() const { return config_.stream.bytes(); }

 private:
  struct waiting;

  void rebuild();
  result<void> replay(std::uint64_t& unreadable);
  bool fold(const stream_entry_view& x, timestamp first);
  void look_at_key(std::uint64_t mark, timestamp used_at);
  bool has_foreign_key() const;
  void conclude(const waiting& x, const result<void>& written);

  client_reports_config config_;
  rate_limit limit_;
  shared_deployments latest_;
  std::atomic<std::uint64_t> repeated_{0};
  std::atomic<std::uint64_t> limited_{0};
  std::atomic<std::uint64_t> newest_mark_{0}; // of a key; 0: not known
  timestamp newest_mark_at_{}; // the writer's thread's, after start
  stream_writer writer_;       // last: its thread uses the others
};

} // namespace signalbox
