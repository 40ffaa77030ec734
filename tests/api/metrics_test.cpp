#include "api/metrics.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/node_status.hpp"

namespace signalbox {

namespace {

using namespace std::chrono_literals;

/// The value on the line of this name and labels; -1 if there is none.
double value_of(const std::string& text, const std::string& name) {
  const auto at = ("\n" + text).find("\n" + name + " ");
  return at == std::string::npos ? -1
                                 : std::stod(text.substr(at + name.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_metrics)

BOOST_AUTO_TEST_CASE(
    hot_reads_of_all_workers_are_summed_with_the_others_nfr11) {
  constexpr int rounds = 10000;
  metrics x{3};
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < 3; ++i)
    workers.emplace_back([&x, i] {
      for (int j = 0; j < rounds; ++j)
        x.observe_hot(i, j % 2 == 0, 50us);
    });
  for (auto& y : workers)
    y.join();
  x.observe_hot(0, false, 51us);
  x.observe_hot(0, false, 7s);
  x.observe("GetConfig", 200, 2ms);
  x.observe("GetConfig", 404, 1ms);
  const auto text = x.expose(node_status{}, nullptr, {});
  const std::string total = "signalbox_requests_total{operation=\"GetConfig\",";
  BOOST_TEST(value_of(text, total + "status=\"200\"}") == 3 * rounds / 2 + 3);
  BOOST_TEST(value_of(text, total + "status=\"304\"}") == 3 * rounds / 2);
  BOOST_TEST(value_of(text, total + "status=\"404\"}") == 1);
  const auto bucket = [&](const std::string& le) {
    return value_of(text, "signalbox_request_seconds_bucket{operation="
                          "\"GetConfig\",le=\"" +
                              le + "\"}");
  };
  BOOST_TEST(bucket("5e-05") == 3 * rounds);
  BOOST_TEST(bucket("0.0001") == 3 * rounds + 1);
  BOOST_TEST(bucket("0.001") == 3 * rounds + 2);
  BOOST_TEST(bucket("5") == 3 * rounds + 3);
  BOOST_TEST(bucket("+Inf") == 3 * rounds + 4);
  const std::string of_all = "{operation=\"GetConfig\"}";
  BOOST_TEST(value_of(text, "signalbox_request_seconds_count" + of_all) ==
             3 * rounds + 4);
  BOOST_TEST(value_of(text, "signalbox_request_seconds_sum" + of_all) ==
                 3 * rounds * 50e-6 + 51e-6 + 7.003,
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(what_only_grows_is_a_counter_nfr11) {
  outside_counts outside;
  outside.http = {.accepted = 1,
                  .open = 2,
                  .bytes = 3,
                  .timeouts = 4,
                  .refused = 5,
                  .malformed = 6,
                  .failures = 7};
  outside.dropped_log_lines = 8;
  outside.pool_overloads = 9;
  outside.pool_failures = 10;
  node_status status;
  status.accepted = 11;
  status.overloads = 12;
  const auto text = metrics{1}.expose(status, nullptr, outside);
  for (const auto& [name, value] : std::vector<std::pair<std::string, double>>{
           {"connections_accepted", 1},
           {"http_sent_bytes", 3},
           {"http_timeouts", 4},
           {"connections_refused", 5},
           {"http_malformed", 6},
           {"http_failures", 7},
           {"log_lines_dropped", 8},
           {"pool_overloads", 9},
           {"pool_failures", 10},
           {"entries_accepted", 11},
           {"commands_overloaded", 12}}) {
    const auto full = "signalbox_" + name + "_total";
    BOOST_TEST(value_of(text, full) == value, full);
    BOOST_TEST(text.find("# TYPE " + full + " counter") != std::string::npos,
               full);
  }
  BOOST_TEST(value_of(text, "signalbox_open_connections") == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
