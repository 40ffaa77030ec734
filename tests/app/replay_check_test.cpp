#include "app/replay_check.hpp"

#include <boost/test/unit_test.hpp>

#include "app/offline_ledger.hpp"
#include "events/hash.hpp"
#include "storage/head_file.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;
using test::run;
using test::workplace;

BOOST_AUTO_TEST_SUITE(replay_test)

BOOST_AUTO_TEST_CASE(a_replay_agrees_with_state_and_head_file) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  auto x = check_replay(here.data, nullptr);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->entries == test::entries_of_new_ledger());
  BOOST_TEST(x->accepted == test::entries_of_new_ledger());
  BOOST_REQUIRE(x->stored.has_value());
  BOOST_TEST(x->stored->entries == test::entries_of_new_ledger());
  BOOST_REQUIRE(x->head.has_value());
  BOOST_TEST(x->disagreement == "");
  auto ledger = offline_ledger::open(here.data).value();
  BOOST_TEST((x->chain == ledger->state().chain));
  BOOST_TEST((x->state == ledger->state().hash));
}

BOOST_AUTO_TEST_CASE(another_hash_in_the_head_file_is_a_disagreement) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  BOOST_REQUIRE(
      head_file{here.data / "head"}.write({log_index{5}, random_id<digest>()}));
  auto x = run({"replay", "--data", here.data.string()});
  BOOST_TEST(x.code == exit_code::failure);
  BOOST_TEST(x.err.find("head file disagrees") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_log_shorter_than_the_head_file_is_a_disagreement) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  BOOST_REQUIRE(head_file{here.data / "head"}.write(
      {log_index{2 * test::entries_of_new_ledger()}, random_id<digest>()}));
  auto x = run({"replay", "--data", here.data.string()});
  BOOST_TEST(x.code == exit_code::failure);
  BOOST_TEST(x.err.find("more than the log has") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_damaged_log_is_sound_up_to_a_place_and_says_which) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  {
    rocksdb_config config;
    config.directory = here.data / "db";
    BOOST_REQUIRE(rocksdb_database::open(std::move(config)).value()->flush());
  }
  std::filesystem::path largest;
  for (auto& x : std::filesystem::directory_iterator{here.data / "db"})
    if (x.path().extension() == ".sst" &&
        (largest.empty() || x.file_size() > file_size(largest)))
      largest = x.path();
  auto bytes = test::get_file(largest);
  bytes[bytes.size() / 2] ^= 0x40;
  test::put_file(largest, bytes);
  auto x = run({"replay", "--data", here.data.string()});
  BOOST_TEST(x.code != exit_code::ok);
  for (auto part : {"the log is sound up to entry ", "is damaged at entry ",
                    "keep a copy of ", "from a backup"})
    BOOST_TEST(x.err.find(part) != std::string::npos, x.err);
  BOOST_TEST(x.err.find(largest.filename().string()) != std::string::npos,
             x.err);
  BOOST_TEST(x.err.find("signalbox replay") == std::string::npos, x.err);
}

BOOST_AUTO_TEST_CASE(a_changed_row_of_the_stored_state_is_a_disagreement) {
  workplace here;
  BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok);
  {
    rocksdb_config config;
    config.directory = here.data / "db";
    auto database = rocksdb_database::open(std::move(config)).value();
    rocksdb_state_store store{database};
    std::string key;
    std::string row;
    BOOST_REQUIRE(store.scan("t", [&](auto k, auto v) {
      key = k;
      row = v;
      return false;
    }));
    BOOST_REQUIRE(!row.empty());
    row.back() ^= 1;
    BOOST_REQUIRE(store.write({{{key, row}}, {}}));
  }
  auto x = check_replay(here.data, nullptr);
  BOOST_REQUIRE(x);
  BOOST_TEST(!x->stored.has_value());
  BOOST_TEST(x->disagreement == "the stored state is damaged");
}

BOOST_AUTO_TEST_SUITE_END()
