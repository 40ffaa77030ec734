#include <future>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/storage/mounted_disk.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_AUTO_TEST_SUITE(operation)

BOOST_AUTO_TEST_CASE(a_stop_loses_no_acknowledged_publish_and_tells_everyone) {
  node_fixture x;
  // Each writer has its own connection and goes on until it is told to stop.
  std::atomic<int> sent{0};
  std::vector<std::future<std::vector<std::string>>> writers;
  for (int i = 0; i < 50; ++i)
    writers.push_back(std::async(std::launch::async, [&, i] {
      std::vector<std::string> released;
      const auto body = json::serialize(
          json::object{{"draft_payload", small_draft(std::to_string(i))},
                       {"changelog", "A change"}});
      http_client client{x.node.port};
      const std::string profile = i % 2 == 0 ? "default" : "prod";
      client.send("POST " + x.node.base + "clients/claude-code/profiles/" +
                  profile +
                  "/publish HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                  std::to_string(body.size()) +
                  "\r\nExpect: 100-continue\r\nAuthorization: Bearer " +
                  x.ledger.admin + "\r\n\r\n");
      client.read_head(); // the node has begun with the request
      ++sent;
      client.send(body);
      const auto said = read_answer(client.read());
      BOOST_TEST((said.status == 201 || said.status == 202 ||
                  said.status == 409 || said.status == 503),
                 said.body);
      if (said.status == 201)
        released.push_back(profile + ' ' + said.text("/artifact_id"));
      return released;
    }));
  while (sent < 50)
    std::this_thread::yield();
  // The stop falls between the first outcomes and the last.
  while (x.node.get(config_path("claude-code")).status != 200)
    ;
  x.node.send_stop();
  std::vector<std::string> released;
  for (auto& writer : writers)
    for (auto& y : writer.get())
      released.push_back(y);
  BOOST_TEST(x.node.wait() == 0);
  BOOST_TEST(!released.empty());
  x.node.restart();
  for (auto& y : released) {
    const auto cut = y.find(' ');
    const auto diff =
        x.node.get("clients/claude-code/profiles/" + y.substr(0, cut) +
                   "/diff?current_artifact_id=" + y.substr(cut + 1));
    BOOST_TEST(diff.text("/status") != "unknown");
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_writes_serves_reads_and_recovers,
                     *of_one_engine()) {
  mounted_disk disk{"48m"};
  const test_ledger ledger{"ed25519", disk.path() / "data"};
  node_process node{ledger};
  int number = 0;
  const auto publish = [&] {
    auto draft = small_draft(std::to_string(++number));
    auto& args = draft.at_pointer("/mcpServers/docs/args").as_array();
    for (int i = 0; i < 10; ++i)
      args.emplace_back(std::string(2000, 'a'));
    return node.publish("claude-code", "default", draft);
  };
  BOOST_REQUIRE_EQUAL(publish().status, 201u);
  const auto publish_until_refused = [&] {
    disk.fill();
    auto out = publish();
    for (int i = 0; i < 5000 && out.status == 201; ++i)
      out = publish();
    return out;
  };
  const auto said = publish_until_refused();
  BOOST_TEST((said.status == 503u || said.status == 202u), said.status);
  // The append that hit the wall may be in doubt; after it the word is clear.
  // RocksDB may still drop an old file, and rightly write into that room.
  int refusals = 0;
  for (int i = 0; i < 20 && refusals < 3; ++i) {
    const auto refused = publish();
    ++refusals;
    if (refused.status == 201) {
      publish_until_refused();
      refusals = 0;
      continue;
    }
    BOOST_TEST(refused.status == 503u, refused.status);
    BOOST_TEST(refused.code() == "read_only");
    BOOST_TEST(refused.text("/detail").find("full") != std::string::npos);
  }
  BOOST_TEST(refusals == 3);
  const auto ready = node.get("/readyz/write");
  BOOST_TEST(ready.status == 503u);
  BOOST_TEST(ready.body.find("full") != std::string::npos, ready.body);
  BOOST_TEST(node.get("/readyz/read").status == 200u);
  BOOST_TEST(node.get("/healthz").status == 200u);
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(node.get(config_path("claude-code")).status == 200u);
  BOOST_TEST(node.get("clients").status == 200u);
  BOOST_TEST(node.get("keysets/1").status == 200u);
  BOOST_TEST(node.get("/metrics").body.find("signalbox_ready_write 0") !=
             std::string::npos);
  disk.free();
  // The first write after that finds the room.
  answer again;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{20};
  do
    again = publish();
  while (again.status != 201 && std::chrono::steady_clock::now() < deadline);
  BOOST_TEST(again.status == 201u, again.body);
  BOOST_TEST(node.get("/readyz/write").status == 200u);
  BOOST_TEST(node.stop() == 0);
  node.restart();
  BOOST_TEST(node.get(config_path("claude-code")).text("/artifact_id") ==
             again.text("/artifact_id"));
  BOOST_TEST(node.stop() == 0);
  BOOST_TEST(ledger.signalbox({"replay", "--data", ledger.data()}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
