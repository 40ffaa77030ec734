#include "app/create_ledger.hpp"

#include <set>

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "app/offline_ledger.hpp"
#include "app/seeds.hpp"
#include "events/token.hpp"
#include "tests/app/program.hpp"

namespace fs = std::filesystem;
using namespace signalbox;
using test::workplace;

namespace {

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> out;
  for (auto& x : fs::directory_iterator{folder})
    out.insert(x.path().filename().string());
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(create_ledger_test)

BOOST_AUTO_TEST_CASE(a_new_ledger_has_its_files_private_and_nothing_else) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  const std::set<std::string> expected{"db", "keys", "head", "admin.token",
                                       "ledger.json"};
  BOOST_TEST(names_in(here.data) == expected, boost::test_tools::per_element());
  const std::set<std::string> keys{"root.pem", "node-seal.pem",
                                   "node-head.pem"};
  BOOST_TEST(names_in(here.data / "keys") == keys,
             boost::test_tools::per_element());
  BOOST_TEST(mode_of(here.data) == 0700u);
  BOOST_TEST(mode_of(here.data / "admin.token") == 0600u);
  for (auto& key : keys)
    BOOST_TEST(mode_of(here.data / "keys" / key) == 0600u);
}

BOOST_AUTO_TEST_CASE(the_fold_accepts_every_entry_of_a_new_ledger) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  auto ledger = offline_ledger::open(here.data);
  BOOST_REQUIRE(ledger);
  auto& state = (*ledger)->state();
  BOOST_TEST(state.size == test::entries_of_new_ledger());
  for (std::size_t i = 0; i < state.judgements.size(); ++i)
    BOOST_TEST(state.judgements[i].result ==
               static_cast<std::uint16_t>(outcome::accepted));
  BOOST_TEST(state.ledger->keyset_version == 1u);
  BOOST_TEST(state.bindings.size() == 2 * test::seed_families());
}

BOOST_AUTO_TEST_CASE(the_families_of_a_new_ledger_are_readable_and_bound_fr1) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  auto ledger = offline_ledger::open(here.data);
  BOOST_REQUIRE(ledger);
  auto& documents = *(*ledger)->seen().documents;
  for (auto client :
       {"claude-code", "claude-desktop", "cline", "codex", "copilot-cli",
        "cursor", "gemini-cli", "goose", "jetbrains-copilot", "kiro",
        "opencode", "vscode", "windsurf", "zed"}) {
    auto* family = documents.find_family(client);
    BOOST_REQUIRE(family != nullptr);
    BOOST_TEST((family->descriptor != nullptr));
    BOOST_TEST((family->newest(1) != nullptr));
    for (auto profile : {"default", "prod"}) {
      auto* found = documents.find_profile(client, profile);
      BOOST_REQUIRE(found != nullptr);
      BOOST_REQUIRE(found->policy != nullptr);
      BOOST_TEST(found->policy->policy_set_id == "baseline");
      BOOST_TEST((found->policy->rules != nullptr));
    }
  }
}

BOOST_AUTO_TEST_CASE(seeds_are_embedded_byte_for_byte) {
  const fs::path schemas{SIGNALBOX_SOURCE_DIR "/schemas"};
  BOOST_TEST(test::seed_families() == 14u);
  for (auto& seed : seed_files())
    BOOST_TEST(seed.text == test::get_file(schemas / seed.path));
}

BOOST_AUTO_TEST_CASE(the_administrators_token_is_known_and_never_printed) {
  workplace here;
  auto made = here.create();
  BOOST_REQUIRE_EQUAL(made.code, exit_code::ok);
  auto text = test::get_file(here.data / "admin.token");
  text.pop_back();
  auto token = parse_bearer_token(text);
  BOOST_REQUIRE(token);
  BOOST_TEST(made.out.find(text) == std::string::npos);
  BOOST_TEST(made.err.find(text) == std::string::npos);
  auto ledger = offline_ledger::open(here.data);
  BOOST_REQUIRE(ledger);
  auto* row = (*ledger)->state().find_token(token->id);
  BOOST_REQUIRE(row != nullptr);
  BOOST_TEST((row->secret == token->secret_digest));
}

BOOST_AUTO_TEST_CASE(a_second_ledger_is_refused_and_the_first_stays) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  const auto before = test::get_file(here.data / "ledger.json");
  auto second = here.create();
  BOOST_TEST(second.code == exit_code::conflict);
  BOOST_TEST(test::get_file(here.data / "ledger.json") == before);
}

BOOST_AUTO_TEST_CASE(a_directory_with_other_files_keeps_them) {
  workplace here;
  fs::create_directory(here.data);
  test::put_file(here.data / "passphrase", "another\n");
  BOOST_TEST(here.create().code == exit_code::ok);
  BOOST_TEST(test::get_file(here.data / "passphrase") == "another\n");
}

BOOST_AUTO_TEST_CASE(a_creation_that_fails_leaves_nothing_behind) {
  workplace here;
  // An empty passphrase fails when the keys are written, after the log began.
  create_options options;
  options.data = here.data;
  auto failed = create_ledger(options);
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.error().code == errc::bad_key));
  BOOST_TEST(!fs::exists(here.data));
  BOOST_TEST(here.create().code == exit_code::ok);
}

BOOST_AUTO_TEST_CASE(what_a_killed_creation_left_is_swept_away) {
  workplace here;
  const auto left = here.data / ".making-abcdef";
  fs::create_directories(left / "db");
  BOOST_TEST(here.create().code == exit_code::ok);
  BOOST_TEST(!fs::exists(left));
}

BOOST_AUTO_TEST_CASE(a_directory_without_a_ledger_says_how_to_make_one) {
  workplace here;
  fs::create_directory(here.data);
  auto answer = test::run({"replay", "--data", here.data.string()});
  BOOST_TEST(answer.code == exit_code::not_found);
  BOOST_TEST(answer.err.find("ledger create") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
