#include "storage/memory_stream.hpp"
#include "storage/rocksdb_log.hpp"
#include "storage/rocksdb_stream.hpp"
#include "tests/storage/failing_fs.hpp"
#include "tests/storage/stream_contract.hpp"
#include "tests/temporary_directory.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace signalbox::test::stream_contract;

namespace {

struct memory_streams {
  event_stream& stream() { return held; }
  memory_stream held;
};

struct rocksdb_streams {
  rocksdb_streams() {
    config.directory = dir / "db";
    database = rocksdb_database::create(config).value();
    held = rocksdb_stream::open(database, "r").value();
  }

  event_stream& stream() { return *held; }

  void reopen() {
    held.reset();
    database.reset();
    database = rocksdb_database::open(config).value();
    held = rocksdb_stream::open(database, "r").value();
  }

  temporary_directory dir;
  rocksdb_config config;
  rocksdb_database::pointer database;
  std::unique_ptr<rocksdb_stream> held;
};

} // namespace

BOOST_AUTO_TEST_SUITE(memory_stream_contract)
SIGNALBOX_STREAM_CONTRACT(memory_streams)
SIGNALBOX_OWN_STREAM_CONTRACT(memory_streams)
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rocksdb_stream_contract)
SIGNALBOX_STREAM_CONTRACT(rocksdb_streams)
SIGNALBOX_OWN_STREAM_CONTRACT(rocksdb_streams)
BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(rocksdb_streams_kept, rocksdb_streams)

BOOST_AUTO_TEST_CASE(entries_and_indexes_survive_a_reopening) {
  append(stream(), {"a", "b"}, 1000);
  append(stream(), {"c"}, 2000);
  BOOST_REQUIRE(stream().trim(timestamp{1500}));
  reopen();
  BOOST_TEST(stream().begin() == 2u);
  BOOST_TEST((read(stream()) == texts{"c"}));
  BOOST_REQUIRE(stream().trim(timestamp{9000}));
  reopen();
  BOOST_TEST(stream().begin() == 3u);
  BOOST_TEST(append(stream(), {"d"}, 500) == 3u);
}

BOOST_AUTO_TEST_CASE(what_came_after_a_trim_survives_a_reopening) {
  append(stream(), {"a"}, 1000);
  append(stream(), {"b"}, 2000);
  BOOST_REQUIRE(stream().trim(timestamp{1500}));
  append(stream(), {"c", "d"}, 3000);
  reopen();
  BOOST_TEST(stream().begin() == 1u);
  BOOST_TEST(stream().end() == 4u);
  BOOST_TEST((read(stream()) == texts{"b", "c", "d"}));
  BOOST_TEST(append(stream(), {"e"}, 500) == 4u);
  // Its time is not before the last one's.
  BOOST_REQUIRE(stream().trim(timestamp{3000}));
  BOOST_TEST((read(stream()) == texts{"c", "d", "e"}));
}

BOOST_AUTO_TEST_CASE(a_time_before_the_last_one_does_not_go_back_later_either) {
  append(stream(), {"a"}, 5000);
  reopen();
  append(stream(), {"b"}, 1000);
  BOOST_REQUIRE(stream().trim(timestamp{5000}));
  BOOST_TEST(stream().begin() == 0u);
}

BOOST_AUTO_TEST_CASE(streams_and_the_log_do_not_mix) {
  auto other = rocksdb_stream::open(database, "a").value();
  auto log = rocksdb_log::open(database).value();
  append(stream(), {"a", "b"});
  append(*other, {"c"});
  const auto record = as_bytes("d");
  BOOST_REQUIRE(log->append({&record, 1}, timestamp{1}));
  BOOST_TEST((read(stream()) == texts{"a", "b"}));
  BOOST_TEST((read_back(*other, 9) == texts{"c"}));
  BOOST_TEST((read_back(stream(), 9) == texts{"b", "a"}));
  BOOST_TEST(to_integer(log->end()) == 1u);
  BOOST_REQUIRE(stream().trim(timestamp{9000}));
  BOOST_TEST((read(*other) == texts{"c"}));
}

BOOST_AUTO_TEST_CASE(a_lost_group_shows_after_the_next_append_and_log_goes_on) {
  auto fs = std::make_shared<failing_fs>();
  held.reset();
  database.reset();
  config.file_system = fs;
  config.retry_after = std::chrono::milliseconds{0};
  database = rocksdb_database::open(config).value();
  held = rocksdb_stream::open(database, "r").value();
  auto log = rocksdb_log::open(database).value();
  append(stream(), {"a"});
  fs->fail_syncs = true;
  const auto record = as_bytes("maybe");
  auto lost = stream().append({&record, 1}, timestamp{2000});
  BOOST_REQUIRE(!lost);
  BOOST_CHECK(lost.error().code == errc::pending);
  BOOST_TEST(stream().end() == 1u);
  BOOST_TEST((read(stream()) == texts{"a"}));
  fs->fail_syncs = false;
  // The log's append reopens the database; the stream finds its end anew.
  const auto decision = as_bytes("decision");
  BOOST_REQUIRE(log->append({&decision, 1}, timestamp{1}));
  BOOST_TEST(to_integer(log->end()) == 1u);
  BOOST_TEST(append(stream(), {"b"}, 3000) == 2u);
  BOOST_TEST((read(stream()) == texts{"a", "maybe", "b"}));
  // And the other way round: no decision is needed to bring reports back.
  fs->fail_appends = true;
  BOOST_TEST(!stream().append({&record, 1}, timestamp{4000}));
  fs->fail_appends = false;
  BOOST_TEST(append(stream(), {"c"}, 5000) == 3u);
  BOOST_REQUIRE(log->append({&decision, 1}, timestamp{2}));
  BOOST_TEST(to_integer(log->end()) == 2u);
}

BOOST_AUTO_TEST_CASE(a_database_that_refuses_writes_refuses_reports_only) {
  append(stream(), {"a"});
  held.reset();
  database.reset();
  database = rocksdb_database::open_read_only(config).value();
  held = rocksdb_stream::open(database, "r").value();
  const auto record = as_bytes("b");
  auto refused = stream().append({&record, 1}, timestamp{1});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::read_only);
  BOOST_TEST(!refused.error().message.empty());
  BOOST_TEST((read(stream()) == texts{"a"}));
}

BOOST_AUTO_TEST_CASE(a_copy_keeps_indexes_with_holes_and_its_own_times) {
  const stream_entry_view some[] = {{500, timestamp{1000}, as_bytes("a")},
                                    {502, timestamp{2000}, as_bytes("b")}};
  BOOST_REQUIRE(held->copy(some));
  BOOST_TEST(stream().begin() == 500u);
  BOOST_TEST(stream().end() == 503u);
  reopen();
  BOOST_TEST(stream().begin() == 500u);
  const stream_entry_view more[] = {{502, timestamp{9000}, as_bytes("twice")},
                                    {503, timestamp{1500}, as_bytes("c")}};
  BOOST_REQUIRE(held->copy(more));
  std::vector<std::pair<std::uint64_t, std::int64_t>> seen;
  BOOST_REQUIRE(stream().read(0, [&](const stream_entry_view& x) {
    seen.emplace_back(x.index, to_integer(x.append_time));
    return true;
  }));
  const decltype(seen) wanted{{500, 1000}, {502, 2000}, {503, 2000}};
  BOOST_TEST((seen == wanted));
  BOOST_REQUIRE(held->begin_anew());
  BOOST_TEST(stream().end() == 0u);
  BOOST_REQUIRE(held->copy(some));
  reopen();
  BOOST_TEST((texts{"a", "b"} == [&] {
    texts out;
    BOOST_REQUIRE(stream().read(0, [&](const stream_entry_view& x) {
      out.emplace_back(as_text(x.record));
      return true;
    }));
    return out;
  }()));
}

BOOST_AUTO_TEST_SUITE_END()
