#include "tests/system/history/history_run.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <iterator>
#include <thread>

#include "tests/kafka/stranger.hpp"
#include "tests/system/history/follower.hpp"
#include "tests/system/history/history_log.hpp"
#include "tests/system/history/nemesis.hpp"
#include "tests/system/history/session.hpp"
#include "tests/system/update_reader.hpp"

namespace signalbox::test {

namespace {

using std::chrono::milliseconds;

template <class T>
void move_into(std::vector<T>& out, std::vector<T> in) {
  out.insert(out.end(), std::make_move_iterator(in.begin()),
             std::make_move_iterator(in.end()));
}

class history_run {
 public:
  explicit history_run(const history_plan& plan)
      : plan_{plan}, all_{plan.fleet} {
    for (std::size_t i = 0; i < fleet::writers; ++i)
      sessions_.emplace_back(all_, i, plan.seed, plan.patience);
    for (std::size_t i = 0; i < fleet::size; ++i)
      followers_.emplace_back(all_, static_cast<int>(i), plan.seed,
                              plan.patience);
  }

  ~history_run() {
    if (last_ == 0)
      last_ = 1; // whoever listens ends
    for (auto& x : listeners_)
      if (x.joinable())
        x.join();
  }

  history_result run() {
    for (auto& x : followers_)
      listeners_.emplace_back([&] { x.run(last_); });
    heard_updates_ = std::async(std::launch::async, [this] {
      return read_updates(); // while all goes on
    });
    work();
    rest();
    gather();
    return std::move(out_);
  }

 private:
  /// Everything that goes on at once, until the time is over.
  void work() {
    nemesis nodes{all_, plan_.seed}, brokers{all_, plan_.seed + 1};
    std::vector<std::thread> busy;
    for (auto& x : sessions_)
      busy.emplace_back([&] { x.run(over_); });
    busy.emplace_back([this] { change_profiles(); });
    busy.emplace_back([this] { write_as_stranger(); });
    std::vector<const nemesis*> harmful;
    if (plan_.harm) {
      busy.emplace_back([&] { nodes.harm_nodes(over_); });
      harmful.push_back(&nodes);
    }
    if (plan_.harm && plan_.fleet.brokers == 3) {
      busy.emplace_back([&] { brokers.harm_brokers(over_); });
      harmful.push_back(&brokers);
    }
    std::this_thread::sleep_for(plan_.time);
    const auto at_last = std::chrono::steady_clock::now() + plan_.patience;
    for (auto* x : harmful)
      while (!x->has_tried_all() && std::chrono::steady_clock::now() < at_last)
        std::this_thread::sleep_for(milliseconds{100});
    over_ = true;
    for (auto& x : busy)
      x.join();
    for (auto* x : {&nodes, &brokers}) {
      move_into(out_.deeds, x->deeds());
      move_into(out_.seen.stuck, x->troubles());
    }
  }

  /// What publishes were checked under changes under their hands.
  void change_profiles() {
    for (std::size_t i = 0; !over_; ++i) {
      const json::object body{
          {"environment", json::array{"turn-" + std::to_string(i)}}};
      try {
        all_.node(i % fleet::size)
            .ask("PUT",
                 "clients/claude-code/profiles/" +
                     fleet::contested_profile(i % fleet::contested),
                 all_.token(), json::serialize(body));
      } catch (const std::exception&) { // the node is away
      }
      std::this_thread::sleep_for(milliseconds{100});
    }
  }

  /// Makes offsets sparse, and keeps a transaction open over others' records.
  void write_as_stranger() {
    try {
      stranger x{all_.brokers().bootstrap()};
      for (int i = 0; !over_; ++i) {
        x.begin(all_.decisions_topic(), "no decision");
        std::this_thread::sleep_for(milliseconds{1000});
        x.finish(i % 2 == 0 ? stranger::ending::abort
                            : stranger::ending::commit);
      }
    } catch (const std::exception&) { // its transaction broke with a broker
    }
  }

  /// Each node takes a write, subscribers have heard of the last one, and the
  /// final answers are still the same.
  void rest() {
    for (std::size_t i = 0; i < fleet::size; ++i)
      if (!sessions_[i].publish_at(i))
        out_.seen.stuck.push_back(
            "node " + std::to_string(i) +
            " takes no writes: " + why_not_ready(all_.node(i)));
    for (auto& x : sessions_) {
      move_into(out_.seen.writes, x.seen().writes);
      move_into(out_.seen.reads, x.seen().reads);
      move_into(out_.seen.finals, x.seen().finals);
      move_into(out_.seen.wrong, x.seen().wrong);
      move_into(out_.seen.stuck, x.seen().stuck);
    }
    std::uint64_t last = 1;
    for (auto& x : out_.seen.writes)
      if (x.told == written::fate::acknowledged)
        last = std::max(last, x.index);
    last_ = last;
    for (auto& x : listeners_)
      x.join();
    for (auto& x : followers_)
      out_.seen.subscribers.push_back(x.heard());
    out_.seen.updates.push_back(heard_updates_.get());
    out_.seen.updates.push_back(read_updates());
    for (auto& x : out_.seen.updates)
      if (x.empty() || x.back().index < last_)
        out_.seen.stuck.push_back("the topic of changes never told of " +
                                  std::to_string(last_));
    ask_finals_again(all_, out_.seen);
  }

  /// The topic of changes from its first message to the last change, once that
  /// is known.
  std::vector<told_change> read_updates() {
    update_reader reader{all_.brokers().bootstrap(), all_.updates_topic()};
    while (!reader.reads_until([this] { return last_ > 0; }))
      ;
    reader.reads_until(
        [&] {
          auto& seen = reader.all();
          return !seen.empty() && seen.back().index() >= last_;
        },
        plan_.patience);
    std::vector<told_change> out;
    for (auto& x : reader.all())
      out.push_back(to_told(x));
    return out;
  }

  static told_change to_told(const update_seen& x) {
    auto& data = x.event.at("data");
    return {x.id(),
            std::string{data.at("client_id").as_string()} + '/' +
                std::string{data.at("profile").as_string()},
            x.index(), data.at("channel_version").to_number<std::uint64_t>(),
            std::string{data.at("artifact_id").as_string()}};
  }

  static std::string why_not_ready(const node_process& x) {
    try {
      return x.get("/readyz/write").body;
    } catch (const std::exception& e) {
      return e.what();
    }
  }

  /// All copies must have come to the end of the topic before they are
  /// compared.
  void gather() {
    for (std::size_t i = 0; i < fleet::size; ++i) {
      if (const auto status = all_.node(i).stop(); status != 0)
        out_.seen.stuck.push_back("node " + std::to_string(i) + " ended with " +
                                  std::to_string(status));
      out_.seen.ends.push_back(replay(i));
    }
    out_.seen.log = read_history_log(all_.directory(0).data());
  }

  node_end replay(std::size_t i) const {
    auto& x = all_.directory(i);
    const auto done = x.signalbox({"replay", "--json", "--data", x.data()});
    if (done.status != 0)
      return {"node " + std::to_string(i), 0, "replay: " + done.err, ""};
    const auto said = json::parse(done.out);
    return {"node " + std::to_string(i),
            said.at("entries").to_number<std::uint64_t>(),
            std::string{said.at("chain").as_string()},
            std::string{said.at("state_hash").as_string()}};
  }

  history_plan plan_;
  fleet all_;
  std::vector<session> sessions_;
  std::vector<follower> followers_;
  std::vector<std::thread> listeners_;
  std::atomic<bool> over_{false};
  std::atomic<std::uint64_t> last_{0};
  std::future<std::vector<told_change>> heard_updates_;
  history_result out_;
};

} // namespace

history_result run_history(const history_plan& plan) {
  return history_run{plan}.run();
}

} // namespace signalbox::test
