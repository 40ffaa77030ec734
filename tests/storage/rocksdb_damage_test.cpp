#include <filesystem>
#include <fstream>

#include <rocksdb/db.h>

#include "storage/head_file.hpp"
#include "storage/rocksdb_handle.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// Not compressible, so that a file of it has no dull places.
std::string noise(std::size_t size, std::uint32_t seed) {
  std::string out;
  for (; out.size() < size; seed = seed * 1664525 + 1013904223)
    out += static_cast<char>(seed >> 24);
  return out;
}

std::vector<std::string> noises(std::uint32_t count, std::size_t size) {
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < count; ++i)
    out.push_back(noise(size, i));
  return out;
}

void flip_byte(const std::filesystem::path& path, std::uintmax_t at) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekg(static_cast<std::streamoff>(at));
  const auto old = static_cast<char>(file.get());
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(old ^ 0x40));
  if (!file.flush())
    BOOST_FAIL("could not damage " << path);
}

void append_one_by_one(event_log& log, const std::vector<std::string>& all) {
  for (const auto& x : all)
    append(log, {x});
}

/// What was read is a prefix of what was written, and the end is no silence.
void check_reported(const seen& got, const std::vector<std::string>& wanted) {
  const auto texts = got.texts();
  BOOST_REQUIRE(texts.size() < wanted.size());
  BOOST_CHECK(std::equal(texts.begin(), texts.end(), wanted.begin()));
  BOOST_REQUIRE(!got.end);
  BOOST_CHECK(got.end.error().code == errc::log_corrupt);
  BOOST_TEST(got.end.error().message.find("from a backup") !=
             std::string::npos);
}

void check_read_only_for_damage(event_log& log) {
  const auto health = log.health();
  BOOST_CHECK(health.state == log_health::mode::read_only);
  BOOST_TEST(health.reason.find("damaged") != std::string::npos);
  BOOST_TEST(health.reason.find("restore") != std::string::npos);
  BOOST_CHECK(refusal(log, "more").code == errc::read_only);
}

void flush(const rocksdb_database& database) {
  const auto handle = database.acquire();
  const auto x =
      handle->database().Flush(rocksdb::FlushOptions{}, handle->log());
  if (!x.ok())
    BOOST_FAIL(x.ToString());
}

} // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_damage)

BOOST_AUTO_TEST_CASE(a_torn_last_group_is_dropped_whole) {
  rocksdb_engine x;
  append(x.log(), {"a", "b"});
  const auto before = std::filesystem::file_size(x.newest_wal());
  append(x.log(), {"c", noise(500, 1), noise(500, 2)});
  const auto wal = x.newest_wal();
  const auto after = std::filesystem::file_size(wal);
  x.close();
  std::filesystem::resize_file(wal, (before + after) / 2);
  x.open();
  BOOST_CHECK(x.log().health().state == log_health::mode::writable);
  check_same(read_texts(x.log()), {"a", "b"});
  BOOST_TEST(to_integer(append(x.log(), {"d"})) == 2u);
  x.reopen();
  check_same(read_texts(x.log()), {"a", "b", "d"});
}

BOOST_AUTO_TEST_CASE(a_flipped_byte_anywhere_in_the_wal_is_not_silent) {
  const auto wanted = noises(40, 300);
  for (std::uintmax_t part = 1; part < 8; ++part) {
    rocksdb_engine x;
    append_one_by_one(x.log(), wanted);
    const auto wal = x.newest_wal();
    x.close();
    flip_byte(wal, std::filesystem::file_size(wal) * part / 8);
    x.open();
    check_read_only_for_damage(x.log());
    check_reported(read_from(x.log(), 0), wanted);
    // Nothing was thrown away: another opening finds the same.
    x.reopen();
    check_reported(read_from(x.log(), 0), wanted);
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_byte_in_a_table_is_not_silent) {
  const auto wanted = noises(200, 3000);
  rocksdb_engine x;
  append_one_by_one(x.log(), wanted);
  flush(*x.database());
  const auto table = x.newest(".sst");
  x.close();
  flip_byte(table, std::filesystem::file_size(table) / 2);
  x.open();
  check_reported(read_from(x.log(), 0), wanted);
  check_read_only_for_damage(x.log());
}

BOOST_AUTO_TEST_CASE(damage_is_told_with_its_place_by_whoever_meets_it_first) {
  const auto wanted = noises(200, 3000);
  rocksdb_engine x;
  append_one_by_one(x.log(), wanted);
  flush(*x.database());
  const auto table = x.newest(".sst");
  x.close();
  flip_byte(table, std::filesystem::file_size(table) / 2);
  std::vector<std::string> warnings;
  auto config = x.config();
  config.warnings = [&](std::string_view line) {
    if (line.find(" at entry ") != line.npos)
      warnings.emplace_back(line);
  };
  const auto database = rocksdb_database::open(config).value();
  const auto log = rocksdb_log::open(database).value();
  // The end is sound: nothing has met the damage yet.
  BOOST_TEST(read_from(*log, wanted.size() - 1).texts().size() == 1u);
  BOOST_TEST(warnings.empty());
  const auto sound = read_from(*log, 0);
  BOOST_REQUIRE(!sound.end);
  const auto place = " at entry " + std::to_string(sound.texts().size()) + " ";
  BOOST_TEST(sound.end.error().message.find(place) != std::string::npos);
  BOOST_TEST(sound.end.error().message.find(table.filename().string()) !=
             std::string::npos);
  BOOST_REQUIRE_EQUAL(warnings.size(), 1u);
  BOOST_TEST(warnings[0].find(place) != std::string::npos);
  BOOST_TEST(!read_from(*log, 0).end);
  BOOST_TEST(warnings.size() == 1u); // once is enough
  BOOST_TEST(log->health().reason.find(place) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_flipped_byte_in_the_manifest_is_refused) {
  rocksdb_engine x;
  append(x.log(), {"a"});
  std::filesystem::path manifest;
  for (const auto& f : std::filesystem::directory_iterator(x.path()))
    if (f.path().filename().string().starts_with("MANIFEST"))
      manifest = f.path();
  x.close();
  flip_byte(manifest, std::filesystem::file_size(manifest) / 2);
  const auto again = rocksdb_database::open(x.config());
  BOOST_REQUIRE(!again);
  BOOST_CHECK(again.error().code == errc::log_corrupt);
  BOOST_TEST(again.error().message.find("from a backup") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_hole_in_the_indexes_is_not_read_over) {
  rocksdb_engine x;
  append(x.log(), {"a", "b", "c"});
  {
    const auto handle = x.database()->acquire();
    const std::string key{"\0\0\0\0\0\0\0\1", 8};
    BOOST_REQUIRE(handle->database().Delete({}, handle->log(), key).ok());
  }
  const auto got = read_from(x.log(), 0);
  check_same(got.texts(), {"a"});
  BOOST_REQUIRE(!got.end);
  BOOST_CHECK(got.end.error().code == errc::log_corrupt);
  BOOST_TEST(got.end.error().message.find("entry 1 is missing") !=
             std::string::npos);
}

// No database notices this by itself: the rest is whole.
BOOST_AUTO_TEST_CASE(the_head_file_notices_a_log_cut_between_groups) {
  rocksdb_engine x;
  append(x.log(), {"a"});
  const auto boundary = std::filesystem::file_size(x.newest_wal());
  append(x.log(), {"b"});
  const head_file head{x.path() / "../head"};
  BOOST_REQUIRE(head.write({log_index{1}, {}}).has_value());
  const auto wal = x.newest_wal();
  x.close();
  std::filesystem::resize_file(wal, boundary);
  x.open();
  BOOST_CHECK(x.log().health().state == log_health::mode::writable);
  check_same(read_texts(x.log()), {"a"});
  const auto mark = head.read();
  BOOST_REQUIRE((mark.has_value() && mark->has_value()));
  const auto checked = check_head(x.log(), **mark);
  BOOST_REQUIRE(!checked);
  BOOST_CHECK(checked.error().code == errc::log_corrupt);
}

// A length that points beyond the end of the file looks like a torn tail, so
// the recovery drops all entries of the last 32 KiB of the write-ahead log.
BOOST_AUTO_TEST_CASE(a_known_entry_keeps_a_shortened_log_from_being_written) {
  const std::vector<std::string> wanted{"a", "b", "c"};
  rocksdb_engine x;
  append_one_by_one(x.log(), wanted);
  const auto wal = x.newest_wal();
  x.close();
  constexpr std::uintmax_t high_byte_of_the_first_length = 5;
  flip_byte(wal, high_byte_of_the_first_length);
  x.config().known_entry = log_index{2};
  x.open();
  const auto health = x.log().health();
  BOOST_CHECK(health.state == log_health::mode::read_only);
  BOOST_TEST(health.reason.find("knows entry 2") != std::string::npos);
  BOOST_CHECK(refusal(x.log(), "d").code == errc::read_only);
  check_reported(read_from(x.log(), 0), wanted);
  x.close();
  // The files were not touched: undo the damage, and all is there.
  flip_byte(wal, high_byte_of_the_first_length);
  x.open();
  check_same(read_texts(x.log()), wanted);
  BOOST_TEST(to_integer(append(x.log(), {"d"})) == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
