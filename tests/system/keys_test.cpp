#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

namespace fs = std::filesystem;

const std::string unknown_artifact = "sha256:" + std::string(64, 'a');

/// A running node whose keys change under it.
struct keys_bench : node_fixture {
  finished keys(std::vector<std::string> words) const {
    words.insert(words.begin(), "keys");
    words.insert(words.end(), {"--online", "--url", node.url, "--token-file",
                               (ledger.data() / "admin.token").string(),
                               "--data", ledger.data().string()});
    return ledger.signalbox(words);
  }

  /// The id of the active key of a role; empty if there is none.
  std::string active(const char* role) const {
    const auto listed = json::parse(keys({"list", "--json"}).out);
    for (auto& x : listed.at("keys").as_array())
      if (x.at("role") == role && x.at("status") == "active")
        return std::string{std::string_view{x.at("key_id").as_string()}};
    return {};
  }

  std::string sealed_with(const answer& config) const {
    return config.text("/signature/key_id");
  }

  void hide_files(const fs::path& to) const {
    fs::create_directory(to);
    for (auto& x : fs::directory_iterator{ledger.data() / "keys"})
      if (x.path().filename().string().starts_with("node-"))
        files_.push_back(x.path());
    for (auto& x : files_)
      fs::rename(x, to / x.filename());
  }

  void bring_files_back(const fs::path& from) const {
    for (auto& x : files_)
      fs::rename(from / x.filename(), x);
  }

  /// Asks until the node is ready to write; it looks for keys once a second.
  answer wait_until_ready() const {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds{20};
    answer out;
    do
      out = node.get("/readyz/write");
    while (out.status != 200 && std::chrono::steady_clock::now() < deadline);
    return out;
  }

  mutable std::vector<fs::path> files_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keys, keys_bench)

BOOST_AUTO_TEST_CASE(a_rotation_is_taken_without_a_restart_c5) {
  const auto first = node.publish("claude-code", "default", small_draft("1"));
  BOOST_REQUIRE_EQUAL(first.status, 201u);
  const auto old_seal = active("seal");
  BOOST_TEST(sealed_with(first) == old_seal);
  const auto rotated = keys({"rotate"});
  BOOST_REQUIRE_MESSAGE(rotated.status == 0, rotated.err);
  BOOST_TEST(rotated.err.find("restart") == std::string::npos);
  BOOST_TEST(active("seal") != old_seal);
  BOOST_TEST(node.get("/readyz/write").status == 200u);
  const auto second = node.publish("claude-code", "default", small_draft("2"));
  BOOST_REQUIRE_MESSAGE(second.status == 201, second.body);
  BOOST_TEST(sealed_with(second) == active("seal"));
  // The head too, of an artifact that the old key sealed.
  BOOST_TEST(second.body.find(active("head")) != std::string::npos);
  BOOST_TEST(node.stop() == 0);
  node.restart();
  BOOST_TEST(node.get(config_path("claude-code")).text("/artifact_id") ==
             second.text("/artifact_id"));
}

BOOST_AUTO_TEST_CASE(publishers_notice_nothing_of_rotations_one_after_another) {
  for (int i = 0; i < 3; ++i) {
    BOOST_REQUIRE_EQUAL(keys({"rotate"}).status, 0);
    const auto x = node.publish("claude-code", "default",
                                small_draft("x" + std::to_string(i)));
    BOOST_REQUIRE_MESSAGE(x.status == 201, x.body);
    BOOST_TEST(sealed_with(x) == active("seal"));
  }
}

BOOST_AUTO_TEST_CASE(a_rotation_may_change_the_algorithm_nfr10) {
  const auto algorithm_of_next = [&](const char* key) {
    return node.publish("claude-code", "default", small_draft(key))
        .text("/signature/alg");
  };
  const auto first = algorithm_of_next("1");
  BOOST_REQUIRE_EQUAL(
      keys({"rotate", "--algorithm", "ecdsa-p256-sha256"}).status, 0);
  const auto second = algorithm_of_next("2");
  BOOST_TEST(second != first);
  // Without the option the next keys are of the kind that is in force.
  BOOST_REQUIRE_EQUAL(keys({"rotate"}).status, 0);
  BOOST_TEST(algorithm_of_next("3") == second);
  const auto odd = keys({"rotate", "--algorithm", "rot13"});
  BOOST_TEST(odd.status == 2);
  BOOST_TEST(odd.err.find("ecdsa-p256-sha256") != std::string::npos, odd.err);
}

BOOST_AUTO_TEST_CASE(a_node_without_active_keys_starts_and_says_what_to_do) {
  const auto first = node.publish("claude-code", "default", small_draft("1"));
  BOOST_REQUIRE_EQUAL(first.status, 201u);
  BOOST_REQUIRE_EQUAL(keys({"retire", active("seal"), active("head")}).status,
                      0);
  for (const bool restarted : {false, true}) {
    BOOST_TEST_CONTEXT("restarted: " << restarted) {
      if (restarted) {
        BOOST_REQUIRE_EQUAL(node.stop(), 0);
        node.restart();
      }
      const auto ready = node.get("/readyz/write");
      BOOST_TEST(ready.status == 503u);
      BOOST_TEST(ready.body.find("keys rotate --online") != std::string::npos,
                 ready.body);
      const auto reads = node.get("/readyz/read");
      BOOST_TEST(reads.status == 503u);
      BOOST_TEST(reads.body.find("role head") != std::string::npos, reads.body);
      BOOST_TEST(node.get("/healthz").status == 200u);
      BOOST_TEST(node.get("clients").status == 200u);
      BOOST_TEST(node.get("keysets/current").status == 200u);
      // The past needs no head, nor does a comparison.
      BOOST_TEST(node.get(config_path("claude-code") +
                          "?at=" + first.header("Signalbox-Token"))
                     .text("/artifact_id") == first.text("/artifact_id"));
      BOOST_TEST(node.get(diff_path("claude-code", first.text("/artifact_id")))
                     .text("/status") == "up-to-date");
      BOOST_TEST(node.get(diff_path("claude-code", unknown_artifact))
                     .text("/status") == "unknown");
      for (auto& refused :
           {node.get(config_path("claude-code")),
            node.publish("claude-code", "default", small_draft("2")),
            node.post("clients/codex/profiles/default/reseal", json::object{},
                      ledger.admin)}) {
        BOOST_TEST(refused.status == 503u, refused.body);
        BOOST_TEST(refused.code() == "unavailable");
        BOOST_TEST(refused.text("/detail").find("keys rotate") !=
                   std::string::npos);
      }
    }
  }
  BOOST_REQUIRE_EQUAL(keys({"rotate"}).status, 0);
  BOOST_TEST(node.get("/readyz/write").status == 200u);
  BOOST_TEST(node.get(config_path("claude-code")).status == 200u);
  BOOST_TEST(node.publish("claude-code", "default", small_draft("2")).status ==
             201u);
}

BOOST_AUTO_TEST_CASE(key_files_that_come_later_are_found_without_a_restart) {
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  const auto elsewhere = ledger.place() / "elsewhere";
  hide_files(elsewhere);
  node.restart();
  BOOST_TEST(node.get("/readyz/write").status == 503u);
  BOOST_TEST(node.publish("claude-code", "default", small_draft("1")).status ==
             503u);
  bring_files_back(elsewhere);
  BOOST_TEST(wait_until_ready().status == 200u);
  BOOST_TEST(node.publish("claude-code", "default", small_draft("1")).status ==
             201u);
}

BOOST_AUTO_TEST_CASE(a_damaged_key_file_is_named_and_reads_go_on) {
  BOOST_REQUIRE_EQUAL(
      node.publish("claude-code", "default", small_draft("1")).status, 201u);
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  fs::path seal;
  for (auto& x : fs::directory_iterator{ledger.data() / "keys"})
    if (x.path().filename().string().starts_with("node-seal"))
      seal = x.path();
  auto text = read_text(seal);
  const auto whole = text;
  text[text.size() / 2] = text[text.size() / 2] == 'A' ? 'B' : 'A';
  for (auto& damaged : {text, std::string{"no key"}, std::string{}}) {
    write_text(seal, damaged);
    node.restart();
    BOOST_TEST(node.get("clients").status == 200u);
    BOOST_TEST(node.get(config_path("claude-code")).status == 200u);
    const auto refused =
        node.publish("claude-code", "default", small_draft("2"));
    BOOST_TEST(refused.status == 503u, refused.body);
    BOOST_TEST(node.get("/readyz/write").status == 503u);
    const auto log = node.log();
    const auto at = log.rfind("a key file cannot be read");
    BOOST_REQUIRE(at != std::string::npos);
    const auto line = log.substr(at, log.find('\n', at) - at);
    BOOST_TEST(line.find(seal.filename().string()) != std::string::npos, line);
    BOOST_TEST(line.find("Put the file back from a backup") !=
                   std::string::npos,
               line);
    BOOST_REQUIRE_EQUAL(node.stop(), 0);
  }
  write_text(seal, whole);
  node.restart();
  BOOST_TEST(node.get("/readyz/write").status == 200u);
}

BOOST_AUTO_TEST_CASE(a_start_that_can_open_no_key_says_which_and_what_to_do) {
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  std::string one;
  for (auto& x : fs::directory_iterator{ledger.data() / "keys"})
    if (x.path().filename().string().starts_with("node-")) {
      one = x.path().filename().string();
      write_text(x.path(), "no key");
    }
  const auto refused = ledger.signalbox(
      {"serve", "--listen", "127.0.0.1:0", "--data", ledger.data().string()});
  BOOST_TEST(refused.status != 0);
  BOOST_TEST(refused.err.find("/keys/node-") != std::string::npos, refused.err);
  BOOST_TEST(refused.err.find("Put the file back from a backup") !=
                 std::string::npos,
             refused.err);
}

BOOST_AUTO_TEST_CASE(key_files_that_cannot_be_read_are_a_warning_nfr11) {
  BOOST_REQUIRE_EQUAL(node.stop(), 0);
  const auto elsewhere = ledger.place() / "elsewhere";
  hide_files(elsewhere);
  node.restart();
  for (auto& x : files_)
    write_text(x, "no key");
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds{20};
  std::string log;
  do {
    BOOST_TEST(node.get("/readyz/write").status == 503u);
    log = node.log();
  } while (log.find("cannot be read") == std::string::npos &&
           std::chrono::steady_clock::now() < deadline);
  const auto at = log.find("cannot be read");
  BOOST_REQUIRE(at != std::string::npos);
  const auto line = log.substr(log.rfind('\n', at) + 1);
  BOOST_TEST(json::parse(line.substr(0, line.find('\n'))).at("level") ==
             "warning");
}

BOOST_AUTO_TEST_SUITE_END()
