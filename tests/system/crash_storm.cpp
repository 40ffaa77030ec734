#include "tests/system/crash_storm.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "events/envelope.hpp"

namespace signalbox::test {

namespace {

/// What the writers share.
class storm {
 public:
  storm(const crash_node& node, const test_ledger& ledger, const ledger_id& id,
        const storm_plan& plan)
      : node_{node}, ledger_{ledger}, id_{id}, plan_{plan} {}

  const storm_plan& plan() const { return plan_; }
  std::uint16_t port() const { return node_.port; }
  const std::string& token() const { return ledger_.admin; }
  bool over() const { return over_; }

  void sent() { count(sent_, storm_plan::moment::sent); }

  acknowledged_publish on_created(const publish_call& x, const answer& y) {
    auto out = acknowledge(x, y, id_, plan_.round);
    {
      const std::lock_guard guard{mutex_};
      log_.acknowledged.push_back(out);
      log_.calls.push_back(x);
    }
    count(created_, storm_plan::moment::acknowledged);
    return out;
  }

  void on_unanswered(const publish_call& x) {
    const std::lock_guard guard{mutex_};
    log_.unanswered.push_back(x);
  }

  void on_retried(later_answer x) {
    const std::lock_guard guard{mutex_};
    log_.retries.push_back(std::move(x));
  }

  void on_conflict() {
    const std::lock_guard guard{mutex_};
    ++log_.conflicts;
  }

  void on_wrong(std::string what) {
    const std::lock_guard guard{mutex_};
    log_.wrong.push_back({plan_.round, std::move(what)});
  }

  /// Ends it, if no writer did.
  storm_log finish() {
    if (!over_.exchange(true))
      node_.kill();
    return std::move(log_);
  }

 private:
  void count(std::atomic<unsigned>& x, storm_plan::moment when) {
    if (++x == plan_.after && plan_.when == when && !over_.exchange(true))
      node_.kill();
  }

  const crash_node& node_;
  const test_ledger& ledger_;
  const ledger_id& id_;
  const storm_plan plan_;
  std::atomic<bool> over_{false};
  std::atomic<unsigned> sent_{0};
  std::atomic<unsigned> created_{0};
  std::mutex mutex_;
  storm_log log_;
};

/// One client with its connection.
class writer {
 public:
  writer(storm& all, unsigned number)
      : all_{all}, number_{number}, random_{all.plan().seed + number},
        client_{all.port()} {}

  void run() {
    while (!all_.over())
      if (last_ && roll(10) == 0)
        retry();
      else
        publish();
  }

 private:
  unsigned roll(unsigned sides) {
    return static_cast<unsigned>(random_() % sides);
  }

  bool is_alone() const { return number_ < lone_writers; }

  publish_call make_call() {
    const auto channel =
        is_alone() ? number_
                   : lone_writers + roll(crash_channels.size() - lone_writers);
    auto [client, profile] = crash_channels[channel];
    publish_call out{"round-" + std::to_string(all_.plan().round) + "-writer-" +
                         std::to_string(number_) + "-call-" +
                         std::to_string(++calls_),
                     client, profile};
    const auto known = versions_.find(out.channel());
    if (known == versions_.end() || roll(2) == 0)
      return out;
    // Right where nobody else writes, elsewhere mostly late.
    out.expected = known->second;
    return out;
  }

  void publish() {
    const auto call = make_call();
    std::optional<answer> told;
    try {
      client_.send(to_request(call, all_.token()));
      all_.sent();
      told = read_answer(client_.read());
    } catch (const std::exception&) {
      all_.on_unanswered(call);
      throw;
    }
    judge(call, *told);
  }

  void judge(const publish_call& call, const answer& told) {
    const auto text = call.key + " was answered with " +
                      std::to_string(told.status) + ": " + told.body;
    if (told.status == 202)
      return all_.on_unanswered(call);
    if (told.status == 409 && !is_alone())
      return all_.on_conflict();
    if (told.status != 201)
      return all_.on_wrong(text);
    if (read_artifact(told).word != call.key)
      return all_.on_wrong("another draft: " + text);
    versions_[call.channel()] = all_.on_created(call, told).channel_version;
    last_ = call;
  }

  void retry() {
    client_.send(to_request(*last_, all_.token()));
    all_.on_retried(tell_again(later_answer::source::retry, last_->key,
                               read_answer(client_.read()), all_.plan().round));
  }

  storm& all_;
  unsigned number_;
  std::mt19937 random_;
  http_client client_;
  unsigned calls_ = 0;
  std::map<std::string, std::uint64_t> versions_; ///< of the last own release
  std::optional<publish_call> last_;
};

/// A connection that breaks before the kill is nothing that may happen.
void run_writer(storm& all, unsigned number) {
  try {
    writer{all, number}.run();
  } catch (const std::exception& e) {
    if (!all.over())
      all.on_wrong("writer " + std::to_string(number) + ": " + e.what());
  }
}

} // namespace

acknowledged_publish acknowledge(const publish_call& x, const answer& y,
                                 const ledger_id& id, int round) {
  const auto told = read_artifact(y);
  const auto publisher = principal_id::from_hex(told.publisher);
  if (!publisher)
    throw std::runtime_error{"no publisher in " + y.body};
  return {round,
          x.key,
          make_event_id(id, *publisher, x.key).hex(),
          x.channel(),
          told.artifact,
          told.channel_version,
          told.index,
          y.header("Signalbox-Token")};
}

later_answer tell_again(later_answer::source asked, const std::string& key,
                        const answer& y, int round) {
  later_answer out{asked, round, key, y.status, y.code(), "", 0};
  if (y.status != 200 && y.status != 201)
    return out;
  const auto told = read_artifact(y);
  out.artifact = told.artifact;
  out.channel_version = told.channel_version;
  return out;
}

storm_log run_storm(const crash_node& node, const test_ledger& ledger,
                    const ledger_id& id, const storm_plan& plan) {
  storm all{node, ledger, id, plan};
  std::vector<std::thread> writers;
  for (unsigned i = 0; i < crash_writers; ++i)
    writers.emplace_back([&all, i] { run_writer(all, i); });
  for (auto& x : writers)
    x.join();
  return all.finish();
}

} // namespace signalbox::test
