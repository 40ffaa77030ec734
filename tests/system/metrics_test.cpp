#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// The names in the table of docs/operating.md.
std::set<std::string> documented() {
  std::istringstream lines{read_text(
      std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "docs" / "operating.md")};
  std::set<std::string> out;
  const std::string mark = "| `signalbox_";
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(mark))
      out.insert(line.substr(3, line.find_first_of("`{", 3) - 3));
  return out;
}

/// The names that a node shows.
std::set<std::string> exposed(const answer& metrics) {
  std::istringstream lines{metrics.body};
  std::set<std::string> out;
  const std::string mark = "# TYPE ";
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(mark))
      out.insert(
          line.substr(mark.size(), line.find(' ', mark.size()) - mark.size()));
  return out;
}

/// The value of one line; -1 if there is none.
double value_of(const answer& metrics, const std::string& series) {
  const auto at = metrics.body.find('\n' + series + ' ');
  return at == std::string::npos
             ? -1
             : std::stod(metrics.body.substr(at + series.size() + 2));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_of_a_node, node_fixture)

BOOST_AUTO_TEST_CASE(
    every_metric_is_documented_and_every_documented_one_shown) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  node.publish("codex", "default", json::object{{"servers", 1}});
  node.get(config_path("codex"));
  const auto shown = exposed(node.get("/metrics"));
  BOOST_TEST(shown == documented(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(fetches_are_counted_by_client_family_and_status) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  node.publish("claude-code", "default", small_draft("a"));
  const auto etag = node.get(config_path("codex")).header("ETag");
  for (int i = 0; i < 4; ++i)
    node.get(config_path("codex"));
  const auto match = "If-None-Match: " + etag + "\r\n";
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(node.get(config_path("codex"), {}, match).status == 304u);
  node.get(config_path("codex") + "?inputs=X");
  node.rpc("GetConfig", json::array{"claude-code", "default"});
  node.get(config_path("nobody"));
  const auto said = node.get("/metrics");
  const auto fetches = [&](const std::string& client, const char* status) {
    return value_of(said, "signalbox_config_fetches_total{client_id=\"" +
                              client + "\",status=\"" + status + "\"}");
  };
  BOOST_TEST(fetches("codex", "200") == 6);
  BOOST_TEST(fetches("codex", "304") == 3);
  BOOST_TEST(fetches("claude-code", "200") == 1);
  BOOST_TEST(fetches("nobody", "404") == -1);
  BOOST_TEST(fetches("nobody", "200") == -1);
}

BOOST_AUTO_TEST_CASE(failures_are_counted_by_operation_and_code) {
  node.get("clients/nobody");
  node.rpc("GetClient", json::array{"nobody"});
  node.get("tokens");
  const auto said = node.get("/metrics");
  const auto failures = [&](const std::string& operation, const char* code) {
    return value_of(said, "signalbox_failures_total{code=\"" +
                              std::string{code} + "\",operation=\"" +
                              operation + "\"}");
  };
  BOOST_TEST(failures("GetClient", "not_found") == 2);
  BOOST_TEST(failures("ListTokens", "unauthenticated") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
