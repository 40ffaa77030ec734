#include "app/copy_ledger.hpp"

#include <boost/test/unit_test.hpp>

#include "app/log_check.hpp"
#include "app/offline_ledger.hpp"
#include "events/hash.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;
using test::run;
using test::run_result;
using test::workplace;

namespace fs = std::filesystem;

namespace {

/// A ledger that moves to another directory; topics are tests/system's.
struct moving : workplace {
  fs::path to = place.path() / "to";

  moving() { BOOST_REQUIRE_EQUAL(create().code, exit_code::ok); }

  run_result copy(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"log", "copy", "--same-engine", "--data",
                               data.string(), "--to", to.string()});
    return run(std::move(more));
  }

  /// Why the ledger of a directory takes no decision; nullopt: it took one.
  static std::optional<errc> why_not(const fs::path& directory) {
    proposal_draft out;
    out.body = event::principal_put{random_id<principal_id>(),
                                    static_cast<role_mask>(role::reader), true};
    out.expected = {expectation::kind::none, 0};
    out.add_part("somebody");
    const auto said =
        offline_ledger::open(directory).value()->say(std::move(out));
    return said ? std::nullopt : std::optional{said.error().code};
  }

  static checked_log check(const fs::path& directory) {
    const auto source = log_source::in_directory(directory).value();
    return check_log(source.log(), {.mark = source.mark()}).value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(copy_ledger_test, moving)

BOOST_AUTO_TEST_CASE(who_forgets_to_name_the_brokers_closes_nothing) {
  const auto done =
      run({"log", "copy", "--data", data.string(), "--to", to.string()});
  BOOST_TEST(done.code == exit_code::usage);
  BOOST_TEST(done.err.find("--kafka") != std::string::npos, done.err);
  BOOST_TEST(!fs::exists(to));
  BOOST_TEST(!why_not(data).has_value());
}

BOOST_AUTO_TEST_CASE(the_copy_is_the_source_without_its_last_word) {
  const auto before = check(data);
  const auto done = copy();
  BOOST_REQUIRE_MESSAGE(done.code == exit_code::ok, done.err);
  const auto after = check(to);
  BOOST_TEST((after.chain == before.chain));
  BOOST_TEST((after.state == before.state));
  BOOST_TEST(after.problem_count == 0u);
  BOOST_TEST(!after.moved);
  BOOST_TEST(check(data).moved);
  BOOST_TEST(check(data).entries == before.entries + 1);
}

BOOST_AUTO_TEST_CASE(the_node_goes_along_and_the_root_stays) {
  BOOST_REQUIRE_EQUAL(copy().code, exit_code::ok);
  for (auto* key : {"node-seal.pem", "node-head.pem"})
    BOOST_TEST(test::get_file(to / "keys" / key) ==
               test::get_file(data / "keys" / key));
  BOOST_TEST(test::get_file(to / "ledger.json") ==
             test::get_file(data / "ledger.json"));
  BOOST_TEST(!fs::exists(to / "keys" / "root.pem"));
  BOOST_TEST(!fs::exists(to / "admin.token"));
  BOOST_TEST(fs::exists(to / "head"));
  BOOST_TEST((fs::status(to / "keys" / "node-seal.pem").permissions() ==
              (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(the_source_is_closed_and_says_where_it_went) {
  BOOST_REQUIRE_EQUAL(copy().code, exit_code::ok);
  BOOST_TEST((why_not(data) == errc::read_only));
  const auto refused = copy();
  BOOST_TEST(refused.code == exit_code::conflict);
  BOOST_TEST(refused.err.find(to.string()) != std::string::npos, refused.err);
  const auto shown = run({"log", "dump", "--data", data.string(), "--from",
                          std::to_string(test::entries_of_new_ledger())});
  BOOST_TEST(shown.out.find("directory " + to.string()) != std::string::npos);
  BOOST_TEST(!why_not(to));
}

BOOST_AUTO_TEST_CASE(a_copy_is_never_finished_over_one_that_is_there) {
  BOOST_TEST(copy({"--finish"}).code == exit_code::usage);
  BOOST_REQUIRE_EQUAL(copy().code, exit_code::ok);
  BOOST_TEST(copy({"--finish"}).code == exit_code::conflict);
  fs::remove_all(to); // as if it had never been
  const auto done = copy({"--finish"});
  BOOST_TEST(done.code == exit_code::ok, done.err);
  BOOST_TEST(check(to).problem_count == 0u);
}

BOOST_AUTO_TEST_CASE(where_something_lies_nothing_is_copied) {
  BOOST_REQUIRE(fs::create_directory(to));
  test::put_file(to / "ledger.json", "{}");
  BOOST_TEST(copy().code == exit_code::conflict);
  BOOST_TEST(!why_not(data));
}

BOOST_AUTO_TEST_CASE(a_closed_ledger_comes_back_with_another_incarnation) {
  BOOST_REQUIRE_EQUAL(copy().code, exit_code::ok);
  const auto done = run_here({"ledger", "restored"});
  BOOST_REQUIRE_MESSAGE(done.code == exit_code::ok, done.err);
  BOOST_TEST(!why_not(data));
  BOOST_TEST(check(data).incarnation > check(to).incarnation);
}

BOOST_AUTO_TEST_SUITE_END()
