#include "storage/rocksdb_log.hpp"

#include "tests/storage/log_contract.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_AUTO_TEST_SUITE(rocksdb_log_contract)

SIGNALBOX_LOG_CONTRACT(rocksdb_engine)
SIGNALBOX_OWN_LOG_CONTRACT(rocksdb_engine)
SIGNALBOX_DURABLE_LOG_CONTRACT(rocksdb_engine)

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rocksdb_opening)

BOOST_AUTO_TEST_CASE(creating_over_a_database_is_refused) {
  rocksdb_engine x;
  x.close();
  const auto again = rocksdb_database::create(x.config());
  BOOST_REQUIRE(!again);
  BOOST_CHECK(again.error().code == errc::conflict);
}

BOOST_AUTO_TEST_CASE(opening_nothing_is_refused_and_makes_nothing) {
  temporary_directory dir;
  const auto x = rocksdb_database::open({dir.path() / "db"});
  BOOST_REQUIRE(!x);
  BOOST_CHECK(x.error().code == errc::not_found);
  BOOST_TEST(!std::filesystem::exists(dir.path() / "db" / "CURRENT"));
}

BOOST_AUTO_TEST_CASE(a_second_opening_asks_for_another_signalbox) {
  rocksdb_engine x;
  const auto second = rocksdb_database::open(x.config());
  BOOST_REQUIRE(!second);
  BOOST_CHECK(second.error().code == errc::unavailable);
  BOOST_TEST(second.error().message.find("is another signalbox running") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_read_only_opening_reads_and_refuses_appends) {
  rocksdb_engine x;
  append(x.log(), {"a", "b"});
  const auto second = rocksdb_database::open_read_only(x.config());
  BOOST_REQUIRE(second.has_value());
  auto log = rocksdb_log::open(*second);
  BOOST_REQUIRE(log.has_value());
  check_same(read_texts(**log), {"a", "b"});
  BOOST_CHECK(refusal(**log, "c").code == errc::read_only);
  BOOST_TEST(to_integer(append(x.log(), {"c"})) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
