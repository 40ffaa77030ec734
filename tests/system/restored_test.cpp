#include <boost/test/unit_test.hpp>

#include "tests/system/command_bench.hpp"
#include "tests/system/engines.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A ledger whose last two releases were lost with its disk.
struct restored_bench : command_bench {
  const fs::path backup = ledger.place() / "backup";
  std::string lost_token;
  std::string before; ///< the incarnation that clients have seen

  restored_bench() {
    publish("a");
    BOOST_REQUIRE(node.stop() == 0);
    fs::copy(ledger.data(), backup, fs::copy_options::recursive);
    node.restart();
    publish("b");
    lost_token = publish("c").header("Signalbox-Token");
    const auto seen = verify({});
    BOOST_REQUIRE_MESSAGE(seen.status == 0, seen.err);
    before = json::serialize(
        json::parse(seen.out).at_pointer("/released/incarnation"));
    BOOST_REQUIRE(node.stop() == 0);
    fs::remove_all(ledger.data());
    fs::copy(backup, ledger.data(), fs::copy_options::recursive);
  }

  answer publish(const std::string& word) const {
    auto out = node.publish("claude-code", "default", small_draft(word));
    BOOST_REQUIRE_MESSAGE(out.status == 201u, out.body);
    return out;
  }

  /// Fetches and verifies what is served as a client does.
  finished verify(std::vector<std::string> memory) const {
    BOOST_REQUIRE(
        nobody({"get", "claude-code", "default", "-o", "a.json"}).status == 0);
    BOOST_REQUIRE(nobody({"keysets", "-o", "k.jsonl"}).status == 0);
    memory.insert(memory.begin(),
                  {"verify", "a.json", "--keyset", "k.jsonl", "--json",
                   "--root-fingerprint", ledger.fingerprint});
    return ledger.signalbox(memory);
  }

  /// With the memory of a client that saw all three releases.
  finished verify_remembering() const {
    return verify({"--min-incarnation", before, "--min-channel-version", "3"});
  }

  finished restored(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"ledger", "restored", "--data", ledger.data()});
    return ledger.signalbox(more);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(restored_ledger, restored_bench)

BOOST_AUTO_TEST_CASE(clients_take_a_restored_ledger_once_it_says_so,
                     *of_one_engine()) {
  node.restart();
  BOOST_TEST(verify_remembering().status == 4); // an older head
  BOOST_TEST(restored().status == 7);           // the server runs
  BOOST_REQUIRE(node.stop() == 0);
  const auto done = restored({"--json"});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  const auto said = json::parse(done.out);
  BOOST_TEST((said.at("keyset_version") == json::value(2)));
  BOOST_TEST(said.at("incarnation").as_int64() > std::stoll(before));
  node.restart();
  const auto taken = verify_remembering();
  BOOST_REQUIRE_MESSAGE(taken.status == 0, taken.out << taken.err);
  BOOST_TEST((json::parse(taken.out).at_pointer("/released/incarnation") ==
              said.at("incarnation")));
  const auto lost =
      nobody({"get", "claude-code", "default", "--at", lost_token});
  BOOST_TEST(lost.status == 5, lost.err);
  publish("d");
  BOOST_TEST(says(admin({"audit"}).out, "ledger_restored"));
  BOOST_REQUIRE(node.stop() == 0);
  const auto replay = ledger.signalbox({"replay", "--data", ledger.data()});
  BOOST_TEST(replay.status == 0, replay.err);
}

BOOST_AUTO_TEST_CASE(a_root_elsewhere_signs_the_restore_there) {
  const auto root = file("root.pem");
  fs::rename(ledger.data() / "keys" / "root.pem", root);
  const auto missing = restored();
  BOOST_TEST(missing.status == 3);
  BOOST_TEST(says(missing.err, "--out"), missing.err);
  const auto asked = restored({"--out", "next.request"});
  BOOST_REQUIRE_MESSAGE(asked.status == 0, asked.err);
  BOOST_TEST(says(asked.out, "keys import"), asked.out);
  node.restart();
  // Nothing that clients take until the root has signed.
  BOOST_TEST(verify_remembering().status == 4);
  BOOST_REQUIRE(node.stop() == 0);
  const auto renew = [&] {
    return ledger.signalbox(
        {"keys", "request", "--data", ledger.data(), "--out", "again.request"});
  };
  BOOST_TEST(renew().status == 0);
  BOOST_TEST(read_text(file("again.request")).substr(0, 200).size() == 200u);
  for (auto& words : std::vector<std::vector<std::string>>{
           {"keys", "sign", "--root", root, "--in", "next.request", "--out",
            "next.signed"},
           {"keys", "import", "--data", ledger.data(), "--in",
            "next.signed"}}) {
    const auto x = ledger.signalbox(words);
    BOOST_REQUIRE_MESSAGE(x.status == 0, words[1] << ": " << x.err);
  }
  node.restart();
  const auto taken = verify_remembering();
  BOOST_TEST(taken.status == 0, taken.out << taken.err);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_no_root_leaves_the_ledger_as_it_is) {
  const test_ledger other;
  const auto refused = restored({"--root", other.data() / "keys" / "root.pem"});
  BOOST_TEST(refused.status == 1, refused.err);
  BOOST_TEST(says(refused.err, "no root"), refused.err);
  BOOST_TEST(restored({"--root", file("none.pem")}).status == 3);
  node.restart();
  BOOST_TEST(verify({}).status == 0);
  BOOST_TEST(!says(admin({"audit"}).out, "ledger_restored"));
}

BOOST_AUTO_TEST_SUITE_END()
