#include "app/damage_advice.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/app/program.hpp"

using namespace signalbox;
using test::run;

namespace fs = std::filesystem;

namespace {

struct damaged : test::workplace {
  damaged() { BOOST_REQUIRE_EQUAL(create().code, exit_code::ok); }

  /// Every command that opens the directory says what to do next.
  void check(const std::string& what) const {
    for (auto& words : std::vector<std::vector<std::string>>{
             {"serve", "--listen", "127.0.0.1:0", "--passphrase-file",
              passphrase_file},
             {"keys", "list"},
             {"replay"},
             {"tokens", "issue", "--role", "reader"}}) {
      auto all = words;
      all.insert(all.end(), {"--data", data.string()});
      auto x = run(all);
      BOOST_TEST(x.code != exit_code::ok, words.front());
      BOOST_TEST(x.err.find(what) != std::string::npos, x.err);
      BOOST_TEST(x.err.find("keep a copy of " + data.string()) !=
                     std::string::npos,
                 words.front() << ": " << x.err);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(damage_advice_test, damaged)

BOOST_AUTO_TEST_CASE(a_directory_without_its_pins_says_what_to_do) {
  fs::remove(data / "ledger.json");
  check("ledger.json is missing");
}

BOOST_AUTO_TEST_CASE(damaged_pins_say_what_to_do) {
  test::put_file(data / "ledger.json", "{}\n");
  check("ledger.json is damaged");
}

BOOST_AUTO_TEST_CASE(a_directory_without_its_log_says_what_to_do) {
  fs::remove_all(data / "db");
  check("db, the log, is missing");
}

BOOST_AUTO_TEST_CASE(a_damaged_database_says_what_to_do) {
  test::put_file(data / "db" / "CURRENT", "nonsense\n");
  check("is damaged");
}

BOOST_AUTO_TEST_CASE(a_directory_that_holds_nothing_is_no_damage) {
  auto x = run({"keys", "list", "--data", file("nothing")});
  BOOST_TEST(x.code == exit_code::not_found);
  BOOST_TEST(x.err.find("ledger create") != std::string::npos);
  BOOST_TEST(x.err.find("backup") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
