#include "storage/kafka_stream_copy.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/temporary_directory.hpp"

using namespace signalbox;

namespace {

struct copies {
  copies() {
    config.directory = dir / "db";
    database = rocksdb_database::create(config).value();
    held = kafka_stream_copy::open(database, 'R').value();
  }

  void reopen() {
    held.reset();
    database.reset();
    database = rocksdb_database::open(config).value();
    held = kafka_stream_copy::open(database, 'R').value();
  }

  void add(int partition, std::uint64_t offset, std::string_view record,
           std::int64_t time = 1000) {
    const stream_entry_view x{offset, timestamp{time}, as_bytes(record)};
    BOOST_REQUIRE(held->add(partition, {&x, 1}));
  }

  using rows = std::vector<std::pair<std::uint64_t, std::string>>;

  rows read(std::uint64_t from = 0) const {
    rows out;
    BOOST_REQUIRE(held->read(from, [&](const stream_entry_view& x) {
      out.emplace_back(x.index, as_text(x.record));
      return true;
    }));
    return out;
  }

  rows read_back(std::uint64_t before) const {
    rows out;
    BOOST_REQUIRE(held->read_back(before, [&](const stream_entry_view& x) {
      out.emplace_back(x.index, as_text(x.record));
      return true;
    }));
    return out;
  }

  temporary_directory dir;
  rocksdb_config config;
  rocksdb_database::pointer database;
  std::unique_ptr<kafka_stream_copy> held;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kafka_stream_copies, copies)

BOOST_AUTO_TEST_CASE(a_copy_that_was_not_laid_out_is_empty) {
  BOOST_TEST(held->partitions() == 0);
  BOOST_TEST(held->begin() == 0u);
  BOOST_TEST(held->end() == 0u);
  BOOST_TEST(read().empty());
  BOOST_TEST(held->size() == 0u);
}

BOOST_AUTO_TEST_CASE(of_one_partition_the_index_is_the_offset) {
  BOOST_REQUIRE(held->lay_out(1));
  add(0, 7, "a"); // the topic has dropped what was before
  add(0, 9, "b"); // and holds a mark of a transaction
  BOOST_TEST(held->begin() == 7u);
  BOOST_TEST(held->end() == 10u);
  BOOST_TEST((read() == rows{{7, "a"}, {9, "b"}}));
  BOOST_TEST((read(8) == rows{{9, "b"}}));
  BOOST_TEST((read_back(9) == rows{{7, "a"}}));
  BOOST_TEST(held->next_offset(0) == 10u);
  BOOST_TEST(held->first_offset(0, 0)->value() == 7u);
  BOOST_TEST(held->first_offset(0, 8)->value() == 9u);
}

BOOST_AUTO_TEST_CASE(indexes_do_not_depend_on_what_came_first) {
  BOOST_REQUIRE(held->lay_out(3));
  add(2, 0, "c");
  add(0, 0, "a");
  add(0, 1, "b");
  BOOST_TEST((read() == rows{{0, "a"}, {3, "b"}, {2, "c"}}));
  BOOST_TEST((read(3) == rows{{3, "b"}}));
  BOOST_TEST((read_back(3) == rows{{2, "c"}, {0, "a"}}));
  BOOST_TEST(held->begin() == 0u);
  BOOST_TEST(held->end() == 4u);
  BOOST_TEST(held->size() == 3u);
  BOOST_TEST(held->index_of(2, 5) == 17u);
}

BOOST_AUTO_TEST_CASE(a_reader_stops_also_between_partitions) {
  BOOST_REQUIRE(held->lay_out(2));
  add(0, 0, "a");
  add(1, 0, "b");
  int seen = 0;
  const auto once = [&](const stream_entry_view&) { return ++seen < 1; };
  BOOST_REQUIRE(held->read(0, once));
  BOOST_TEST(seen == 1);
  seen = 0;
  BOOST_REQUIRE(held->read_back(9, once));
  BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_CASE(places_and_records_survive_a_reopening) {
  BOOST_REQUIRE(held->lay_out(2));
  add(1, 4, "a", 1000);
  add(1, 5, "b", 2000);
  BOOST_REQUIRE(held->trim(timestamp{1500}));
  reopen();
  BOOST_TEST(held->partitions() == 2);
  BOOST_TEST(held->next_offset(0) == 0u);
  BOOST_TEST(held->next_offset(1) == 6u);
  BOOST_TEST((read() == rows{{11, "b"}}));
  BOOST_REQUIRE(held->trim(timestamp{9000}));
  reopen();
  BOOST_TEST(held->next_offset(1) == 6u);
  BOOST_TEST(!held->first_offset(1, 0)->has_value());
  BOOST_TEST(held->begin() == held->end());
}

BOOST_AUTO_TEST_CASE(old_records_go_from_each_partition_by_its_own_times_nfr8) {
  BOOST_REQUIRE(held->lay_out(2));
  // A node that joins reads one partition to its end before another.
  add(0, 0, "new", 9000);
  add(1, 0, "old", 1000);
  add(1, 1, "middle", 5000);
  BOOST_REQUIRE(held->trim(timestamp{4000}));
  BOOST_TEST((read() == rows{{0, "new"}, {3, "middle"}}));
}

BOOST_AUTO_TEST_CASE(what_is_copied_again_is_there_once) {
  BOOST_REQUIRE(held->lay_out(1));
  add(0, 0, "a");
  add(0, 0, "a");
  const stream_entry_view both[] = {{0, timestamp{1}, as_bytes("a")},
                                    {1, timestamp{2000}, as_bytes("b")}};
  BOOST_REQUIRE(held->add(0, both));
  BOOST_TEST((read() == rows{{0, "a"}, {1, "b"}}));
  BOOST_TEST(held->holds(0, 1, as_bytes("b")).value());
  BOOST_TEST(!held->holds(0, 1, as_bytes("a")).value());
  BOOST_TEST(!held->holds(0, 2, as_bytes("b")).value());
}

BOOST_AUTO_TEST_CASE(a_partition_begins_anew_and_the_others_stay) {
  BOOST_REQUIRE(held->lay_out(2));
  add(0, 0, "a", 5000);
  add(1, 0, "b");
  BOOST_REQUIRE(held->begin_anew(0));
  BOOST_TEST(held->next_offset(0) == 0u);
  BOOST_TEST((read() == rows{{1, "b"}}));
  add(0, 0, "c", 1000);
  reopen();
  BOOST_TEST((read() == rows{{0, "c"}, {1, "b"}}));
}

BOOST_AUTO_TEST_CASE(another_number_of_partitions_is_refused_with_a_remedy) {
  BOOST_REQUIRE(held->lay_out(12));
  reopen();
  BOOST_REQUIRE(held->lay_out(12));
  const auto refused = held->lay_out(13);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::conflict);
  BOOST_TEST(refused.error().message.find("anew with 12") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(too_many_partitions_are_refused) {
  BOOST_TEST(!held->lay_out(kafka_stream_copy::max_partitions + 1));
  BOOST_TEST(!held->lay_out(0));
  BOOST_TEST(held->lay_out(kafka_stream_copy::max_partitions).has_value());
  add(kafka_stream_copy::max_partitions - 1, 0, "a");
  add(112, 3, "b"); // whose byte begins the word of the count
  reopen();
  BOOST_TEST(held->partitions() == kafka_stream_copy::max_partitions);
  BOOST_TEST(held->size() == 2u);
}

BOOST_AUTO_TEST_CASE(two_streams_and_a_streams_own_rows_do_not_mix) {
  BOOST_REQUIRE(held->lay_out(2));
  auto other = kafka_stream_copy::open(database, 'A').value();
  BOOST_REQUIRE(other->lay_out(1));
  add(0, 0, "a");
  BOOST_TEST(other->size() == 0u);
  BOOST_REQUIRE(other->trim(timestamp{9000}));
  BOOST_TEST(held->size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
