#include "storage/unsynced_loss_fs.hpp"

#include <cstdlib>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rocksdb/file_system.h>

#include "storage/rocksdb_state_store.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

constexpr const char* child_variable = "SIGNALBOX_TEST_CHILD_DIRECTORY";

std::string large(int i) {
  return std::to_string(i) +
         std::string(10'000, static_cast<char>('a' + i % 26));
}

constexpr int large_count = 600; // 6 MB of write-ahead log

/// In the child: appends, each append acknowledged, writes state without a
/// sync, and dies.
[[noreturn]] void append_and_die(const char* directory) {
  rocksdb_config config;
  config.directory = directory;
  if (!std::filesystem::exists(config.directory))
    rocksdb_engine{config}; // made with honest syncs: a database to lose from
  config.file_system = test_file_system_from_environment().value();
  auto database = rocksdb_database::open(config).value();
  const auto log = rocksdb_log::open(database).value();
  for (int i = 0; i < large_count; ++i)
    append(*log, {large(i)});
  rocksdb_state_store state{database};
  state_batch batch;
  batch.puts = {{"key", "value"}};
  if (!state.write(batch))
    ::_exit(2);
  ::_exit(log->end() == log_index{large_count} ? 42 : 1);
}

/// Runs this test case again in a process of its own, on `directory`.
int run_child(const std::string& test_case, const std::string& directory,
              const std::string& file_system) {
  const auto filter = "--run_test=unsynced_loss/" + test_case;
  ::setenv(child_variable, directory.c_str(), 1);
  ::setenv(test_file_system_variable, file_system.c_str(), 1);
  const char* arguments[] = {"test", filter.c_str(), nullptr};
  pid_t child = 0;
  const auto error =
      ::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr,
                    const_cast<char* const*>(arguments), environ);
  ::unsetenv(child_variable);
  ::unsetenv(test_file_system_variable);
  int status = 0;
  if (error != 0 || ::waitpid(child, &status, 0) != child)
    BOOST_FAIL("the child did not run");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct reopened {
  std::vector<std::string> texts;
  int state_rows = 0;
};

reopened look(const std::filesystem::path& directory) {
  rocksdb_config config;
  config.directory = directory;
  auto database = rocksdb_database::open(config);
  if (!database)
    BOOST_FAIL(database.error().message);
  reopened out;
  out.texts = read_texts(**rocksdb_log::open(*database));
  const rocksdb_state_store state{*database};
  auto end = state.scan("", [&](std::string_view, std::string_view) {
    return ++out.state_rows > 0;
  });
  BOOST_REQUIRE(end.has_value());
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(unsynced_loss)

BOOST_AUTO_TEST_CASE(a_killed_process_keeps_what_was_synced_and_no_more) {
  if (const auto* directory = std::getenv(child_variable))
    append_and_die(directory);
  temporary_directory dir;
  const auto path = dir.path() / "db";
  BOOST_REQUIRE_EQUAL(
      run_child("a_killed_process_keeps_what_was_synced_and_no_more", path,
                "drop-unsynced"),
      42);
  const auto found = look(path);
  BOOST_REQUIRE_EQUAL(found.texts.size(), std::size_t{large_count});
  for (int i = 0; i < large_count; ++i)
    BOOST_REQUIRE(found.texts[static_cast<std::size_t>(i)] == large(i));
  BOOST_TEST(found.state_rows == 0);
}

BOOST_AUTO_TEST_CASE(a_killed_process_keeps_state_without_the_wrapper) {
  if (const auto* directory = std::getenv(child_variable))
    append_and_die(directory);
  temporary_directory dir;
  const auto path = dir.path() / "db";
  BOOST_REQUIRE_EQUAL(
      run_child("a_killed_process_keeps_state_without_the_wrapper", path, ""),
      42);
  // So it is the wrapper that lost the row in the case above.
  BOOST_TEST(look(path).state_rows == 1);
}

BOOST_AUTO_TEST_CASE(with_the_sync_taken_away_a_kill_loses_acknowledged_data) {
  if (const auto* directory = std::getenv(child_variable))
    append_and_die(directory);
  temporary_directory dir;
  const auto path = dir.path() / "db";
  BOOST_REQUIRE_EQUAL(
      run_child("with_the_sync_taken_away_a_kill_loses_acknowledged_data", path,
                "drop-unsynced-no-sync"),
      42);
  BOOST_TEST(look(path).texts.size() < std::size_t{large_count});
}

BOOST_AUTO_TEST_CASE(a_reopening_in_the_same_process_sees_unsynced_data) {
  temporary_directory dir;
  rocksdb_config config;
  config.directory = dir.path() / "db";
  config.file_system = make_test_file_system("drop-unsynced-no-sync").value();
  rocksdb_engine x{config};
  append(x.log(), {"in memory"});
  x.reopen();
  check_same(read_texts(x.log()), {"in memory"});
}

BOOST_AUTO_TEST_CASE(the_names_in_the_environment_are_strict) {
  BOOST_TEST(make_test_file_system("").value() == nullptr);
  BOOST_TEST(make_test_file_system("drop-unsynced").value() != nullptr);
  const auto x = make_test_file_system("drop_unsynced");
  BOOST_REQUIRE(!x);
  BOOST_CHECK(x.error().code == errc::bad_request);
}

BOOST_AUTO_TEST_CASE(reads_see_memory_and_the_disk_does_not) {
  temporary_directory dir;
  const auto name = (dir.path() / "file").string();
  const auto fs = make_unsynced_loss_fs(sync_mode::honest);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  BOOST_REQUIRE(fs->NewWritableFile(name, {}, &file, nullptr).ok());
  BOOST_REQUIRE(file->Append("synced,", {}, nullptr).ok());
  BOOST_REQUIRE(file->Sync({}, nullptr).ok());
  BOOST_REQUIRE(file->Append("not", {}, nullptr).ok());
  BOOST_REQUIRE(file->Flush({}, nullptr).ok());
  BOOST_REQUIRE(file->RangeSync(0, 10, {}, nullptr).ok());
  BOOST_REQUIRE(file->Close({}, nullptr).ok());
  BOOST_TEST(std::filesystem::file_size(name) == 7u);

  std::uint64_t size = 0;
  BOOST_REQUIRE(fs->GetFileSize(name, {}, &size, nullptr).ok());
  BOOST_TEST(size == 10u);
  std::unique_ptr<rocksdb::FSRandomAccessFile> reader;
  BOOST_REQUIRE(fs->NewRandomAccessFile(name, {}, &reader, nullptr).ok());
  const std::string all = "synced,not";
  for (std::size_t at = 0; at <= all.size() + 1; ++at)
    for (std::size_t n = 0; n <= all.size() + 1; ++n) {
      char scratch[16];
      rocksdb::Slice got;
      BOOST_REQUIRE(reader->Read(at, n, {}, &got, scratch, nullptr).ok());
      const auto wanted = at < all.size() ? all.substr(at, n) : "";
      BOOST_TEST(got.ToString() == wanted);
    }
  std::string whole;
  BOOST_REQUIRE(rocksdb::ReadFileToString(fs.get(), name, &whole).ok());
  BOOST_TEST(whole == all);

  const auto moved = name + ".moved";
  BOOST_REQUIRE(fs->RenameFile(name, moved, {}, nullptr).ok());
  BOOST_REQUIRE(rocksdb::ReadFileToString(fs.get(), moved, &whole).ok());
  BOOST_TEST(whole == all);
}

BOOST_AUTO_TEST_SUITE_END()
