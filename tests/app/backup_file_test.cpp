#include "app/backup_file.hpp"

#include <boost/test/unit_test.hpp>

#include "app/log_source.hpp"
#include "app/offline_ledger.hpp"
#include "events/hash.hpp"
#include "events/json.hpp"
#include "tests/app/program.hpp"
#include "tests/storage/mounted_disk.hpp"

using namespace signalbox;
using test::run;
using test::run_result;
using test::workplace;

namespace fs = std::filesystem;

namespace {

/// A ledger with a backup of it, and where it may come back.
struct backed_up : workplace {
  fs::path backup = place.path() / "backup";
  fs::path again = place.path() / "again";

  backed_up() {
    BOOST_REQUIRE_EQUAL(create().code, exit_code::ok);
    const auto done =
        run({"log", "backup", "--data", data.string(), "--out", backup});
    BOOST_REQUIRE_MESSAGE(done.code == exit_code::ok, done.err);
  }

  run_result restore(std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {"log", "restore", "--json", "--in", backup, "--data", again,
                 "--passphrase-file", passphrase_file});
    return run(std::move(more));
  }

  run_result restore_with_keys() const {
    return restore({"--keys", data / "keys"});
  }

  void change(std::size_t at) const {
    auto bytes = test::get_file(backup);
    bytes[at] ^= 1;
    test::put_file(backup, bytes);
  }
};

errc why_not(const fs::path& file) {
  auto x = backup_file::open(file);
  return x ? errc::bug : x.error().code;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(backup_file_test, backed_up)

BOOST_AUTO_TEST_CASE(a_backup_is_the_log_and_says_what_it_comes_to) {
  const auto file = backup_file::open(backup).value();
  const auto source = log_source::in_directory(data).value();
  const auto entries = to_integer(source.log().end());
  BOOST_TEST(to_integer(file->end()) == entries);
  const log_sums of_log = fold_until(source.log(), entries).value();
  const log_sums of_file = fold_until(*file, entries).value();
  BOOST_TEST((of_log == file->sums()));
  BOOST_TEST((of_file == file->sums()));
  // From any place on.
  for (std::uint64_t from : {std::uint64_t{1}, entries / 2, entries - 1}) {
    auto next = from;
    BOOST_REQUIRE(file->read(log_index{from}, [&](auto& x) {
      return to_integer(x.index) == next++;
    }));
    BOOST_TEST(next == entries);
  }
  const auto verified = run({"log", "verify", "--in", backup});
  BOOST_TEST(verified.code == exit_code::ok, verified.err);
}

BOOST_AUTO_TEST_CASE(a_backup_that_was_cut_or_changed_anywhere_is_refused) {
  const auto whole = test::get_file(backup);
  for (std::size_t cut : {std::size_t{1}, std::size_t{32}, whole.size() / 2,
                          whole.size() - 400}) {
    test::put_file(backup, whole.substr(0, whole.size() - cut));
    BOOST_TEST((why_not(backup) == errc::log_corrupt), cut);
  }
  for (std::size_t at = 40; at < whole.size(); at += whole.size() / 50) {
    test::put_file(backup, whole);
    change(at);
    const auto why = why_not(backup);
    BOOST_TEST((why == errc::log_corrupt || why == errc::bad_request), at);
  }
  test::put_file(backup, whole + "x");
  BOOST_TEST((why_not(backup) == errc::log_corrupt));
  test::put_file(backup, "something else\n");
  BOOST_TEST((why_not(backup) == errc::bad_request));
  BOOST_TEST(restore_with_keys().code == exit_code::usage);
  BOOST_TEST(!fs::exists(again));
}

BOOST_AUTO_TEST_CASE(a_backup_never_takes_the_place_of_a_file) {
  const auto before = test::get_file(backup);
  const auto done =
      run({"log", "backup", "--data", data.string(), "--out", backup});
  BOOST_TEST(done.code == exit_code::conflict, done.err);
  BOOST_TEST(test::get_file(backup) == before);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_nothing_that_looks_like_a_backup) {
  const test::mounted_disk disk{"64k"};
  const auto done = run({"log", "backup", "--data", data.string(), "--out",
                         disk.path() / "backup"});
  BOOST_TEST(done.code == exit_code::failure, done.err);
  BOOST_TEST(done.err.find("No space") != std::string::npos, done.err);
  BOOST_TEST(fs::is_empty(disk.path()));
}

BOOST_AUTO_TEST_CASE(what_comes_back_has_a_greater_incarnation) {
  const auto done = restore_with_keys();
  BOOST_REQUIRE_MESSAGE(done.code == exit_code::ok, done.err);
  const auto said = parse_json(done.out).value();
  const auto before = offline_ledger::open(data).value();
  const auto after = offline_ledger::open(again).value();
  BOOST_TEST(after->state().ledger->incarnation >
             before->state().ledger->incarnation);
  BOOST_TEST(after->state().ledger->keyset_version == 2u);
  BOOST_TEST(after->state().size == before->state().size + 2);
  BOOST_TEST(
      (said.at("backup_chain") == json::value(before->state().chain.hex())));
  BOOST_TEST((said.at("state_hash") == json::value(after->state().hash.hex())));
  BOOST_TEST(fs::exists(again / "keys" / "node-seal.pem"));
  BOOST_TEST(!fs::exists(again / "keys" / "root.pem"));
  BOOST_TEST(restore_with_keys().code == exit_code::conflict);
}

BOOST_AUTO_TEST_CASE(without_the_root_nothing_comes_back) {
  const auto done = restore();
  BOOST_TEST(done.code == exit_code::not_found, done.err);
  BOOST_TEST(!fs::exists(again));
  const workplace other;
  BOOST_REQUIRE_EQUAL(other.create().code, exit_code::ok);
  const auto wrong =
      restore({"--root", other.data / "keys" / "root.pem", "--keys",
               data / "keys", "--root-passphrase-file", other.passphrase_file});
  BOOST_TEST(wrong.code == exit_code::failure, wrong.err);
  BOOST_TEST(wrong.err.find("no root") != std::string::npos, wrong.err);
  BOOST_TEST(!fs::exists(again));
}

BOOST_AUTO_TEST_CASE(a_backup_of_another_ledger_is_refused) {
  const auto done = restore(
      {"--keys", data / "keys", "--root-fingerprint", std::string(64, '0')});
  BOOST_TEST(done.code == exit_code::refused, done.err);
  BOOST_TEST(!fs::exists(again));
  auto pins = read_ledger_file(data).value();
  pins.root_fingerprint = random_id<digest>();
  const auto source = log_source::in_directory(data).value();
  const auto forged =
      write_backup(place.path() / "forged", source.log(), pins, nullptr);
  BOOST_TEST((!forged && forged.error().code == errc::log_corrupt));
}

BOOST_AUTO_TEST_CASE(a_root_elsewhere_signs_what_came_back) {
  const auto request = file("request");
  const auto done = restore({"--out", request});
  BOOST_REQUIRE_MESSAGE(done.code == exit_code::ok, done.err);
  const auto ledger = offline_ledger::open(again).value();
  BOOST_TEST(ledger->state().ledger->keyset_version == 1u);
  BOOST_TEST(test::get_file(request).find("incarnation") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
