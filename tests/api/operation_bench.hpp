#pragma once

#include <atomic>
#include <future>
#include <limits>
#include <memory>
#include <set>
#include <string>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "api/change_hub.hpp"
#include "api/operation.hpp"
#include "storage/memory_state_store.hpp"
#include "tests/actors/faulty_log.hpp"
#include "tests/projections/ledger_fixture.hpp"

namespace signalbox {

inline std::ostream& operator<<(std::ostream& out, errc x) {
  return out << to_string(x);
}

namespace test {

/// Operations as the ledger's administrator calls them, without HTTP, over real
/// actors and a log that fails on demand.
class operation_bench {
 public:
  operation_bench() {
    for (auto& x : facts.log) {
      byte_view record = x.envelope;
      log.append({&record, 1}, x.append_time).value();
    }
    log.in_append = [this] {
      log.on_append = log.groups().size() < accepted_groups_
                          ? faulty_log::fault::none
                          : faulty_log::fault::refuse;
    };
    const auto started = node.start();
    BOOST_REQUIRE_MESSAGE(started, started.error().message);
  }
  ~operation_bench() {
    changes.stop();
    checks.stop();
    disk.stop();
    node.stop();
  }

  /// Calls an operation of this name and waits for its answer.
  operation_answer call(std::string_view name, json::object params) {
    auto call = std::make_shared<operation_call>();
    call->params = std::move(params);
    call->who.principal = facts.administrator;
    call->who.roles = static_cast<role_mask>(role::administrator);
    call->request_id = "a-test";
    call->seen = node.view().load()->data;
    auto told = std::make_shared<std::promise<operation_answer>>();
    auto answer = told->get_future();
    find_operation(name)->run(
        world, std::move(call),
        [told](operation_answer x) { told->set_value(std::move(x)); });
    if (answer.wait_for(std::chrono::seconds{60}) != std::future_status::ready)
      throw std::runtime_error{std::string{name} + " was not answered"};
    return answer.get();
  }

  /// After so many more groups of records the log refuses all.
  void refuse_after(std::size_t groups) {
    accepted_groups_ = log.groups().size() + groups;
  }

  void refuse_nothing() {
    accepted_groups_ = no_limit;
    log.on_append = faulty_log::fault::none;
  }

  const view& seen() {
    kept_ = node.view().load();
    return *kept_->data;
  }

  ready_ledger facts;
  faulty_log log;
  memory_state_store store;
  runtime node{{.log = log,
                .store = store,
                .node = facts.node,
                .wall_clock = [this] { return facts.now + 1000; },
                .warn = [](std::string) {}}};
  std::shared_ptr<const node_keys> keys = std::make_shared<const node_keys>(
      node_keys{facts.node, facts.keys.first, facts.keys.first});
  config_answers answers{log, keys, default_head_life};
  disk_pool disk{1, 64};
  disk_pool checks{1, 64};
  metrics counters{1};
  update_events events{log, default_head_life,
                       [](auto&, auto&) { return std::string{}; }};
  change_hub changes{{1, {8, 4}, std::chrono::seconds{15}}, node, events, disk};
  operation_world world{
      node,     answers, disk,   checks,
      counters, keys,    "main", [this] { return facts.now + 1000; },
      changes};

 private:
  static constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

  std::atomic<std::size_t> accepted_groups_{no_limit};
  std::shared_ptr<const published> kept_;
};

} // namespace test
} // namespace signalbox
