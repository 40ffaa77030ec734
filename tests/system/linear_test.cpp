#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/system/linear_reads.hpp"
#include "tests/system/metric.hpp"

// consistency=linear on a node of its own; tests/system/kafka_linear_test.cpp
// has several.

using namespace signalbox;
using namespace signalbox::test;
using namespace std::string_literals;

namespace {

struct linear_fixture : node_fixture {
  answer read(const std::string& token, const std::string& more = {},
              const std::string& headers = {}) const {
    return node.get(linear_path("codex") + more, token, headers);
  }

  std::uint64_t entries() const {
    return metric(node, "signalbox_log_entries");
  }

  void publish() const {
    BOOST_REQUIRE_EQUAL(
        node.publish("codex", "default", sample("codex", "no-servers")).status,
        201U);
  }

  static bool points_at_consistency(const answer& x) {
    return x.status == 400 && x.code() == "bad_request" &&
           x.text("/pointer") == "/consistency";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(linear_reads, linear_fixture)

BOOST_AUTO_TEST_CASE(a_linear_read_answers_as_a_fast_one_for_one_entry) {
  publish();
  const auto before = entries();
  const auto fast = node.get(config_path("codex") + "?consistency=fast");
  BOOST_TEST(entries() == before);
  const auto linear = read(ledger.admin);
  BOOST_REQUIRE_EQUAL(linear.status, 200U);
  BOOST_TEST(entries() == before + 1);
  BOOST_TEST(linear.body == fast.body);
  for (const auto* name : {"ETag", "Signalbox-Token"})
    BOOST_TEST(linear.header(name) == fast.header(name), name);
  BOOST_TEST(
      node.get("audit/" + std::to_string(before), ledger.admin).text("/kind") ==
      "tick");
  const auto same = read(ledger.admin, {},
                         "If-None-Match: " + linear.header("ETag") + "\r\n");
  BOOST_TEST(same.status == 304U);
  BOOST_TEST(entries() == before + 2);
  BOOST_TEST(metric(node, "signalbox_linear_ticks_total") == 2U);
  BOOST_TEST(metric(node, "signalbox_linear_reads_waiting") == 0U);
}

BOOST_AUTO_TEST_CASE(both_surfaces_and_both_reads_of_configuration_take_it) {
  publish();
  const auto held = read(ledger.admin).text("/artifact_id");
  const auto before = entries();
  const json::object place{{"client_id", "codex"},
                           {"profile", "default"},
                           {"consistency", "linear"}};
  const auto config = node.rpc("GetConfig", place, ledger.admin);
  BOOST_TEST(config.text("/result/artifact_id") == held);
  const auto diff =
      node.get(diff_path("codex", held) + "&consistency=linear", ledger.admin);
  BOOST_TEST(diff.text("/status") == "up-to-date");
  auto with_current = place;
  with_current["current_artifact_id"] = held;
  BOOST_TEST(node.rpc("DiffConfig", with_current, ledger.admin)
                 .text("/result/status") == "up-to-date");
  BOOST_TEST(entries() == before + 3);
}

BOOST_AUTO_TEST_CASE(readers_and_strangers_cannot_make_a_node_write_nfr7) {
  publish();
  const auto reader = node.issue({"reader"});
  const auto before = entries();
  BOOST_TEST(read({}).status == 401U);
  const auto refused = read(reader);
  BOOST_TEST(refused.status == 403U);
  BOOST_TEST(refused.text("/pointer") == "/consistency");
  BOOST_TEST(refused.text("/detail").find("publisher") != std::string::npos);
  const json::object place{{"client_id", "codex"},
                           {"profile", "default"},
                           {"consistency", "linear"}};
  BOOST_TEST(node.rpc("GetConfig", place, reader).text("/error/data/code") ==
             "forbidden");
  BOOST_TEST(read("sbx_none_none").status == 401U);
  BOOST_TEST(entries() == before);
  for (const auto* role : {"publisher", "operator", "auditor"})
    BOOST_TEST(read(node.issue({role})).status == 200U, role);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_and_writes_nothing) {
  publish();
  const auto before = entries();
  const auto config = config_path("codex");
  const auto at = "&at=2026-01-01T00:00:00Z";
  for (auto& path :
       {config + "?consistency=exact",
        config + "?consistency=", linear_path("codex") + at,
        "changes?consistency=linear&wait=1"s, "clients?consistency=linear"s})
    BOOST_TEST(points_at_consistency(node.get(path, ledger.admin)), path);
  const json::object odd{
      {"client_id", "codex"}, {"profile", "default"}, {"consistency", true}};
  BOOST_TEST(
      node.rpc("GetConfig", odd, ledger.admin).text("/error/data/pointer") ==
      "/consistency");
  BOOST_TEST(entries() == before);
  // The past is the same however it is asked for.
  BOOST_TEST(node.get(config + "?consistency=fast&at=" +
                          node.get(config).header("Signalbox-Token"),
                      ledger.admin)
                 .status == 200U);
}

BOOST_AUTO_TEST_CASE(a_token_and_linear_both_hold) {
  publish();
  const auto token = read(ledger.admin).header("Signalbox-Token");
  BOOST_TEST(read(ledger.admin, "&token=" + token).status == 200U);
  // Of another history.
  auto other = token;
  other[2] = other[2] == 'A' ? 'B' : 'A';
  BOOST_TEST(read(ledger.admin, "&token=" + other).status == 409U);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_newest_too) {
  const auto before = entries();
  BOOST_TEST(read(ledger.admin).status == 404U); // nothing is released yet
  BOOST_TEST(node.get(linear_path("nobody"), ledger.admin).status == 404U);
  BOOST_TEST(entries() == before + 2);
}

BOOST_AUTO_TEST_CASE(a_crowd_of_readers_costs_fifty_entries_a_second) {
  publish();
  using clock = std::chrono::steady_clock;
  const auto before = entries();
  const auto began = clock::now();
  std::atomic<std::uint64_t> answered{0}, refused{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 8; ++i)
    crowd.emplace_back([&] {
      while (clock::now() - began < std::chrono::seconds{2})
        ++(read(ledger.admin).status == 200U ? answered : refused);
    });
  for (auto& x : crowd)
    x.join();
  const auto took = std::chrono::duration<double>(clock::now() - began).count();
  const auto written = entries() - before;
  BOOST_TEST(refused.load() == 0U);
  BOOST_TEST(static_cast<double>(written) <= took * 50 + 2);
  BOOST_TEST(written >= 2U);
  BOOST_TEST(answered.load() > written); // they shared
  BOOST_TEST_MESSAGE(answered.load() << " reads, " << written << " entries in "
                                     << took << " s");
}

BOOST_AUTO_TEST_CASE(the_command_line_asks_for_it) {
  publish();
  const auto before = entries();
  const auto say = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--url", node.url, "--token-file",
                               ledger.data() / "admin.token"});
    return ledger.signalbox(words);
  };
  const auto got = say({"get", "codex", "default", "--linear", "--json"});
  BOOST_REQUIRE_MESSAGE(got.status == 0, got.err);
  const std::string id{
      std::string_view{json::parse(got.out).at("artifact_id").as_string()}};
  BOOST_TEST(entries() == before + 1);
  const auto compared =
      say({"diff", "codex", "default", "--current", id, "--linear"});
  BOOST_TEST(compared.out.find("up-to-date") == 0U, compared.err);
  BOOST_TEST(entries() == before + 2);
  const auto wrong = say(
      {"get", "codex", "default", "--linear", "--at", "2026-01-01T00:00:00Z"});
  BOOST_TEST(wrong.status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
