#include <memory>

#include "storage/defaults.hpp"
#include "storage/memory_state_store.hpp"
#include "storage/rocksdb_state_store.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct memory_store {
  memory_state_store store;
};

struct rocksdb_store {
  rocksdb_engine engine;
  rocksdb_state_store store{engine.database()};
};

using rows = std::vector<std::pair<std::string, std::string>>;

rows scan(const state_store& store, std::string_view prefix) {
  rows out;
  auto end = store.scan(prefix, [&](std::string_view k, std::string_view v) {
    out.emplace_back(k, v);
    return true;
  });
  if (!end)
    BOOST_FAIL(end.error().message);
  return out;
}

const std::string high{"\xff\xff", 2};

void fill(state_store& store) {
  state_batch batch;
  batch.puts = {
      {"b/2", "two"}, {"a", "A"}, {"b/1", "one"}, {"c", ""}, {high, "last"}};
  BOOST_REQUIRE(store.write(batch).has_value());
}

template <class Fixture>
void check_rows() {
  Fixture x;
  fill(x.store);
  BOOST_CHECK((scan(x.store, "b/") == rows{{"b/1", "one"}, {"b/2", "two"}}));
  BOOST_CHECK((scan(x.store, "") == rows{{"a", "A"},
                                         {"b/1", "one"},
                                         {"b/2", "two"},
                                         {"c", ""},
                                         {high, "last"}}));
  state_batch change;
  change.puts = {{"b/1", "uno"}};
  change.erases = {"b/2", "never there"};
  BOOST_REQUIRE(x.store.write(change).has_value());
  BOOST_CHECK((scan(x.store, "b/") == rows{{"b/1", "uno"}}));
}

template <class Fixture>
void check_clear() {
  Fixture x;
  BOOST_REQUIRE(x.store.clear().has_value());
  fill(x.store);
  BOOST_REQUIRE(x.store.clear().has_value());
  BOOST_TEST(scan(x.store, "").empty());
  fill(x.store);
  BOOST_TEST(scan(x.store, "").size() == 5u);
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_stores)

BOOST_AUTO_TEST_CASE(rows_come_in_byte_order_by_prefix_in_memory) {
  check_rows<memory_store>();
}

BOOST_AUTO_TEST_CASE(rows_come_in_byte_order_by_prefix_in_rocksdb) {
  check_rows<rocksdb_store>();
}

BOOST_AUTO_TEST_CASE(clear_erases_every_row_in_memory) {
  check_clear<memory_store>();
}

BOOST_AUTO_TEST_CASE(clear_erases_every_row_in_rocksdb) {
  check_clear<rocksdb_store>();
}

BOOST_AUTO_TEST_CASE(state_survives_a_reopen_and_leaves_the_log_alone) {
  rocksdb_engine engine;
  append(engine.log(), {"entry"});
  fill(*std::make_unique<rocksdb_state_store>(engine.database()));
  engine.reopen();
  rocksdb_state_store store{engine.database()};
  BOOST_TEST(scan(store, "").size() == 5u);
  BOOST_REQUIRE(store.clear().has_value());
  check_same(read_texts(engine.log()), {"entry"});
}

// A node that has folded a long log saves all of it at once.
BOOST_AUTO_TEST_CASE(a_start_does_not_replay_a_large_state) {
  rocksdb_engine engine;
  append(engine.log(), {"entry"});
  state_batch batch;
  batch.puts = {{"row", std::string(large_batch_bytes, 'x')}};
  BOOST_REQUIRE(
      rocksdb_state_store{engine.database()}.write(batch).has_value());
  std::uintmax_t wal = 0;
  for (const auto& x : std::filesystem::directory_iterator(engine.path()))
    if (x.path().extension() == ".log")
      wal += x.file_size();
  BOOST_TEST(wal < large_batch_bytes);
  engine.reopen();
  rocksdb_state_store store{engine.database()};
  BOOST_TEST(scan(store, "").size() == 1u);
  check_same(read_texts(engine.log()), {"entry"});
}

BOOST_AUTO_TEST_SUITE_END()
