#include <atomic>
#include <future>

#include "tests/system/engines.hpp"
#include "tests/system/two_nodes.hpp"

// Two builds of one ledger: `former` knows one fold version less.

namespace signalbox::test {

namespace {

const std::filesystem::path former =
    std::filesystem::path{SIGNALBOX_BINARY_DIR} / "tests" / "signalbox-former";

const std::string template_path = "clients/claude-code/templates/remote";

/// What only the newer fold version takes.
answer put_template(const node_process& at, const std::string& token) {
  const json::object body{
      {"version", "1.0.0"},
      {"description", "One remote server"},
      {"payload",
       {{"mcpServers",
         {{"docs",
           {{"type", "http"}, {"url", "https://${param:host}/mcp"}}}}}}},
      {"parameters",
       {{"host", {{"type", "string"}, {"default", "docs.example"}}}}}};
  return at.ask("PUT", template_path, token, json::serialize(body));
}

json::value codex_draft(const std::string& word) {
  return {{"mcp_servers",
           {{"docs", {{"command", "docs-mcp"}, {"args", {"--set", word}}}}}}};
}

/// Entries, H and state hash of the node's log, folded from nothing.
std::string folded(const test_ledger& x) {
  const auto done =
      run({{program.string(), "replay", "--json", "--data", x.data()}});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  const auto said = json::parse(done.out).as_object();
  return json::serialize(
      json::array{said.at("entries"), said.at("chain"), said.at("state_hash")});
}

/// Publishes at a node, one after the other, until it is told to end.
class busy_writer {
 public:
  busy_writer(const node_process& at, const std::string& token,
              std::string word)
      : work_{std::async(std::launch::async, [this, &at, token, word] {
          for (int i = 0; !is_over_; ++i) {
            answers_.push_back(at.publish("codex", "default",
                                          codex_draft(word + std::to_string(i)),
                                          {}, {}, token));
            // All of it is to fit on one page of the audit.
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
          }
        })} {}

  /// The artifacts that it made; each of its writes was taken.
  std::vector<std::string> end() {
    is_over_ = true;
    work_.get();
    std::vector<std::string> out;
    for (auto& x : answers_) {
      BOOST_REQUIRE_EQUAL(x.status, 201U);
      out.push_back(x.text("/artifact_id"));
    }
    BOOST_TEST(!out.empty());
    return out;
  }

 private:
  std::atomic<bool> is_over_{false};
  std::vector<answer> answers_; // of `work_` until it has ended
  std::future<void> work_;
};

/// Two nodes of the former build.
struct former_nodes : two_nodes {
  former_nodes() : two_nodes{former} {}

  /// Puts a build in a node's place while the other takes writes.
  void change(node_process& which, const node_process& other,
              const std::filesystem::path& build) {
    busy_writer writer{other, ledger.admin, "m" + std::to_string(++changes_)};
    BOOST_TEST(which.stop() == 0);
    which.set_build(build);
    which.restart();
    why_not_ready(which, "ready to write");
    const auto more = writer.end();
    made_.insert(made_.end(), more.begin(), more.end());
    const auto own = publish(which, "own-" + std::to_string(changes_));
    BOOST_REQUIRE_EQUAL(own.status, 201U);
    made_.push_back(own.text("/artifact_id"));
  }

  void activate(const node_process& at) {
    BOOST_TEST(say(at, {"ledger", "activate"}).find("fold version 2 of 2") !=
               std::string::npos);
  }

  void check_refused(const node_process& at) {
    const auto refused = put_template(at, ledger.admin);
    BOOST_TEST(refused.status == 409U);
    BOOST_TEST(refused.text("/detail").find("signalbox ledger activate") !=
                   std::string::npos,
               refused.body);
  }

  /// What the last change left as the current artifact, once this node has
  /// read so far.
  std::string current_at(const node_process& at) {
    await([&] { return at.get(config_path(draft_client)); },
          [&](auto& x) { return x.body.find(made_.back()) != x.body.npos; });
    return made_.back();
  }

  /// Every acknowledged write is there, and both folded the same.
  void check_end() {
    check_agreement(draft_client);
    check_agreement("codex");
    const auto all = audit(one).body;
    for (auto& x : made_)
      BOOST_TEST(all.find(x) != std::string::npos, x);
    BOOST_TEST(one.stop() == 0);
    BOOST_TEST(two->stop() == 0);
    BOOST_TEST(folded(ledger) == folded(joined));
  }

 private:
  int changes_ = 0;
  std::vector<std::string> made_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(upgrade, *of_one_engine())

BOOST_FIXTURE_TEST_CASE(nodes_are_upgraded_one_by_one_while_writes_go_on,
                        former_nodes) {
  BOOST_TEST(say(one, {"nodes", "list"}).find(joined.node()) !=
             std::string::npos);
  change(one, *two, program);
  check_refused(one); // the other would have to stop
  // The way back is open until the fold version is activated.
  change(one, *two, former);
  change(one, *two, program);
  change(*two, one, program);
  check_agreement(draft_client);
  check_refused(one);
  check_refused(*two);
  activate(*two);
  const auto made = put_template(one, ledger.admin);
  BOOST_REQUIRE_MESSAGE(made.status == 201U, made.body);
  await([&] { return two->get(template_path); },
        [](auto& x) { return x.status == 200U; });
  check_end();
}

BOOST_FIXTURE_TEST_CASE(a_forgotten_node_stops_and_says_what_to_do,
                        former_nodes) {
  change(one, *two, program);
  const auto before = current_at(*two);
  activate(one);
  const auto activated = std::chrono::steady_clock::now();
  const auto why = why_not_ready(*two, "install a newer version of signalbox");
  BOOST_TEST(why.find("does not know") != std::string::npos, why);
  BOOST_TEST(two->log().find("install a newer version") != std::string::npos);
  // The others go on, with what is new too.
  BOOST_TEST(put_template(one, ledger.admin).status == 201U);
  BOOST_TEST(publish(one, "after").status == 201U);
  // The forgotten one serves what it had, and says that it is old.
  const auto refused = publish(*two, "refused");
  BOOST_TEST(refused.status == 503U);
  BOOST_TEST(refused.body.find("install a newer") != std::string::npos,
             refused.body);
  const auto stale = await([&] { return two->get(config_path(draft_client)); },
                           [](auto& x) { return !x.header("Age").empty(); });
  BOOST_TEST(stale.status == 200U);
  BOOST_TEST(stale.text("/artifact_id") == before);
  // So it does when it is started again.
  BOOST_TEST(two->stop() == 0);
  two->restart();
  why_not_ready(*two, "install a newer version of signalbox");
  const auto old = await([&] { return two->get(config_path(draft_client)); },
                         [](auto& x) { return !x.header("Age").empty(); });
  BOOST_TEST(old.text("/artifact_id") == before);
  // It is as old as what it does not know, not as its own start.
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::steady_clock::now() - activated);
  BOOST_TEST(std::stol(old.header("Age")) >= since.count() - 1);
  change(*two, one, program);
  BOOST_TEST(two->get(config_path(draft_client)).header("Age").empty());
  BOOST_TEST(two->get(template_path).status == 200U);
  check_end();
}

BOOST_AUTO_TEST_CASE(a_ledger_of_one_machine_goes_back_until_it_is_raised) {
  const test_ledger ledger{"ed25519", {}, "", 1, former};
  node_process node{ledger, {}, {}, former};
  const auto publish = [&](const std::string& word) {
    return node.publish(draft_client, "default", small_draft(word)).status;
  };
  const auto change = [&](const std::filesystem::path& build) {
    BOOST_TEST(node.stop() == 0);
    node.set_build(build);
    node.restart();
  };
  BOOST_TEST(publish("former") == 201U);
  change(program);
  BOOST_TEST(publish("newer") == 201U);
  change(former);
  BOOST_TEST(publish("former again") == 201U);
  const auto served = node.get(config_path(draft_client));
  change(program);
  BOOST_TEST(node.get(config_path(draft_client)).text("/artifact_id") ==
             served.text("/artifact_id"));
  BOOST_TEST(node.ask("POST", "fold", ledger.admin, "{}").status == 200U);
  BOOST_TEST(put_template(node, ledger.admin).status == 201U);
  // From here on the former build reads, and writes nothing.
  change(former);
  why_not_ready(node, "install a newer version of signalbox");
  BOOST_TEST(publish("refused") == 503U);
  BOOST_TEST(node.get(config_path(draft_client)).text("/artifact_id") ==
             served.text("/artifact_id"));
  change(program);
  BOOST_TEST(publish("newest") == 201U);
  BOOST_TEST(node.stop() == 0);
  folded(ledger);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
