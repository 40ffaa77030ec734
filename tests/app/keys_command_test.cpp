#include <boost/test/unit_test.hpp>

#include "app/files.hpp"
#include "app/node_key_files.hpp"
#include "app/offline_ledger.hpp"
#include "app/wall_clock.hpp"
#include "storage/key_file.hpp"
#include "tests/app/program.hpp"
#include "tests/app/signed_release.hpp"

using namespace signalbox;
using test::run;
using test::signed_release;
using test::workplace;

namespace {

constexpr std::string_view passphrase = "a passphrase of a test";

/// A ledger whose keysets and node keys are looked at between commands.
struct key_bench : workplace {
  std::vector<dsse_envelope> chain;

  key_bench() { BOOST_REQUIRE_EQUAL(create().code, exit_code::ok); }

  /// Opens the ledger, notes its keyset and returns the keys that are active.
  node_keys look() {
    auto ledger = offline_ledger::open(data).value();
    chain.push_back(ledger->current_keyset().value());
    const auto node = read_ledger_file(data).value().node;
    const auto held =
        load_node_keys(data / "keys", node, *ledger->seen().keys, passphrase)
            .value();
    return {node, held.seal.value(), held.head.value()};
  }

  result<verified_artifact> verify(const wire_artifact& x) const {
    verify_demands demands;
    demands.at = wall_clock();
    auto trusted = walk_keysets(read_ledger_file(data).value().root_fingerprint,
                                chain, demands.at);
    if (!trusted)
      return trusted.error();
    return verify_seal(x, *trusted, demands);
  }

  /// An artifact of this ledger, sealed by this key.
  wire_artifact sealed(const private_key& key) const {
    signed_release x;
    x.content.ledger = read_ledger_file(data).value().ledger;
    return x.sealed(x.core(), key);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(keys_command_test)

BOOST_AUTO_TEST_CASE(after_a_rotation_old_artifacts_still_verify_c5) {
  key_bench bench;
  const auto before = bench.look();
  const auto old_artifact = bench.sealed(before.seal);
  BOOST_REQUIRE_EQUAL(bench.run_here({"keys", "rotate"}).code, exit_code::ok);
  const auto after = bench.look();
  BOOST_TEST((before.seal.public_part().key_id() !=
              after.seal.public_part().key_id()));
  BOOST_TEST((before.head.public_part().key_id() !=
              after.head.public_part().key_id()));
  BOOST_TEST(bench.verify(old_artifact).has_value());
  BOOST_TEST(bench.verify(bench.sealed(after.seal)).has_value());
  BOOST_TEST(std::filesystem::exists(bench.data / "keys" / "node-seal.pem"));
}

BOOST_AUTO_TEST_CASE(a_revoked_key_verifies_nothing_any_more) {
  key_bench bench;
  const auto before = bench.look();
  const auto old_artifact = bench.sealed(before.seal);
  BOOST_REQUIRE_EQUAL(bench.run_here({"keys", "rotate"}).code, exit_code::ok);
  bench.look();
  const auto id = before.seal.public_part().key_id().hex();
  BOOST_REQUIRE_EQUAL(bench.run_here({"keys", "revoke", id}).code,
                      exit_code::ok);
  bench.look();
  BOOST_TEST(!bench.verify(old_artifact));
  // For ever: it can neither retire nor be revoked again.
  BOOST_TEST(bench.run_here({"keys", "retire", id}).code ==
             exit_code::conflict);
}

BOOST_AUTO_TEST_CASE(retiring_a_key_that_is_not_there_changes_nothing) {
  key_bench bench;
  auto x = bench.run_here({"keys", "retire", std::string(64, 'a')});
  BOOST_TEST(x.code == exit_code::not_found);
  BOOST_TEST(bench.run_here({"keys", "retire", "abc"}).code ==
             exit_code::usage);
  auto list = run({"keys", "list", "--data", bench.data.string()});
  BOOST_TEST(list.out.find("keyset 1,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(request_sign_import_does_it_with_the_root_elsewhere) {
  key_bench bench;
  const auto elsewhere = bench.file("root.pem");
  std::filesystem::rename(bench.data / "keys" / "root.pem", elsewhere);
  const auto rootless = bench.run_here({"keys", "rotate"});
  BOOST_TEST(rootless.code == exit_code::not_found);
  for (auto hint : {"root.pem", "--root", "keys request", "keys import"})
    BOOST_TEST(rootless.err.find(hint) != std::string::npos, rootless.err);
  const auto request = bench.file("request");
  const auto signed_file = bench.file("signed");
  BOOST_REQUIRE_EQUAL(
      bench.run_here({"keys", "request", "--rotate", "--out", request}).code,
      exit_code::ok);
  // Unsigned, it is refused.
  const auto unsigned_one =
      run({"keys", "import", "--data", bench.data.string(), "--in", request});
  BOOST_TEST(unsigned_one.code == exit_code::refused);
  BOOST_TEST(unsigned_one.err.find("keys sign") != std::string::npos);
  BOOST_REQUIRE_EQUAL(
      run({"keys", "sign", "--root", elsewhere, "--in", request, "--out",
           signed_file, "--passphrase-file", bench.passphrase_file})
          .code,
      exit_code::ok);
  const std::vector<std::string> import{
      "keys", "import", "--data", bench.data.string(), "--in", signed_file};
  BOOST_TEST(run(import).code == exit_code::ok);
  const auto again = run(import);
  BOOST_TEST(again.code == exit_code::conflict);
  BOOST_TEST(again.err.find("keyset 2 is in the ledger already") !=
             std::string::npos);
  bench.look();
  BOOST_TEST(bench.chain.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_keyset_signed_by_a_stranger_is_refused_by_the_fold) {
  key_bench bench;
  const auto stranger = bench.file("stranger.pem");
  BOOST_REQUIRE(write_key_file(
      stranger, private_key::generate(key_algorithm::ed25519), passphrase));
  auto x = bench.run_here({"keys", "renew", "--root", stranger});
  BOOST_TEST(x.code == exit_code::refused);
  auto list = run({"keys", "list", "--data", bench.data.string()});
  BOOST_TEST(list.out.find("keyset 1,") != std::string::npos);
  BOOST_TEST(bench.run_here({"keys", "renew"}).code == exit_code::ok);
}

BOOST_AUTO_TEST_CASE(offline_roots_sign_the_first_keyset_by_threshold) {
  workplace here;
  std::vector<std::string> words{"--threshold", "2"};
  std::vector<std::string> roots;
  for (int i = 0; i < 2; ++i) {
    const auto key = private_key::generate(key_algorithm::ecdsa_p256);
    roots.push_back(here.file("root" + std::to_string(i)));
    BOOST_REQUIRE(write_key_file(roots.back(), key, passphrase));
    test::put_file(roots.back() + ".pub", key.public_part().to_pem());
    words.insert(words.end(), {"--root-key", roots.back() + ".pub"});
  }
  BOOST_REQUIRE_EQUAL(here.create(words).code, exit_code::ok);
  BOOST_TEST(!std::filesystem::exists(here.data / "keys" / "root.pem"));
  auto next = (here.data / "keys" / "keyset-1.request").string();
  auto import = [&](const std::string& file) {
    return run({"keys", "import", "--data", here.data.string(), "--in", file})
        .code;
  };
  for (auto& root : roots) {
    const auto out = root + ".signed";
    BOOST_REQUIRE_EQUAL(
        run({"keys", "sign", "--root", root, "--in", next, "--out", out,
             "--passphrase-file", here.passphrase_file})
            .code,
        exit_code::ok);
    next = out;
    BOOST_TEST(import(out) ==
               (root == roots.back() ? exit_code::ok : exit_code::refused));
  }
}

BOOST_AUTO_TEST_SUITE_END()
