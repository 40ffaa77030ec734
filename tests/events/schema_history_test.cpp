#include <cstdlib>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/temporary_directory.hpp"

using namespace signalbox;
namespace fs = std::filesystem;

namespace {

const fs::path schemas = fs::path{SIGNALBOX_SOURCE_DIR} / "schemas/events";

bool succeeds(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

std::string quoted(const fs::path& x) {
  return '\'' + x.string() + '\'';
}

/// Whether what was written under `before` is read alike under `after`.
bool conforms(const fs::path& before, const fs::path& after) {
  temporary_directory out;
  return succeeds("flatc --binary --schema -o " + quoted(out.path()) +
                  " --conform " + quoted(before) + ' ' + quoted(after));
}

/// The schema of today with one place changed.
fs::path changed(const temporary_directory& dir, const std::string& from,
                 const std::string& to) {
  auto text = read_text(schemas / "signalbox.fbs");
  auto place = text.find(from);
  BOOST_REQUIRE(place != std::string::npos);
  text.replace(place, from.size(), to);
  auto path = dir / "signalbox.fbs";
  write_text(path, text);
  BOOST_REQUIRE(succeeds("flatc --binary --schema -o " + quoted(dir.path()) +
                         ' ' + quoted(path)));
  return path;
}

} // namespace

BOOST_AUTO_TEST_SUITE(schema_history)

BOOST_AUTO_TEST_CASE(the_schema_conforms_to_all_that_were_ever_released) {
  std::size_t count = 0;
  for (auto& old : fs::directory_iterator{schemas / "history"}) {
    BOOST_TEST(conforms(old.path(), schemas / "signalbox.fbs"),
               old.path().filename());
    ++count;
  }
  BOOST_TEST(count > 0u);
}

BOOST_AUTO_TEST_CASE(the_schema_of_today_is_kept_in_the_history) {
  std::set<fs::path> files;
  for (auto& x : fs::directory_iterator{schemas / "history"})
    files.insert(x.path());
  BOOST_REQUIRE(!files.empty());
  BOOST_TEST(
      (read_text(*files.rbegin()) == read_text(schemas / "signalbox.fbs")));
}

BOOST_AUTO_TEST_CASE(a_change_that_breaks_old_logs_is_refused) {
  const std::pair<const char*, const char*> breaks[] = {
      // A field of another type.
      {"attempt:uint (id: 2)", "attempt:ulong (id: 2)"},
      // A field of another default.
      {"attempt:uint (id: 2)", "attempt:uint = 1 (id: 2)"},
      // A removed field, its place taken by another.
      {"secret:Bytes32 (id: 2);        // SHA-256 of the token's secret half\n"
       "  expires_at:long (id: 3);",
       "expires_at:long (id: 2);"},
      // Two fields that change places.
      {"policy_set_id:string (id: 2);\n  version:string (id: 3);",
       "policy_set_id:string (id: 3);\n  version:ulong (id: 2);"},
      // A union member of another number.
      {"LedgerMoved = 15", "LedgerMoved = 19"},
  };
  for (auto& [from, to] : breaks) {
    temporary_directory dir;
    auto after = changed(dir, from, to);
    BOOST_TEST(!conforms(schemas / "history/0001.fbs", after),
               from << " -> " << to);
  }
}

BOOST_AUTO_TEST_CASE(each_released_schema_conforms_to_the_one_before_it) {
  std::set<fs::path> files;
  for (auto& x : fs::directory_iterator{schemas / "history"})
    files.insert(x.path());
  BOOST_REQUIRE(files.size() >= 2u);
  for (auto i = std::next(files.begin()); i != files.end(); ++i)
    BOOST_TEST(conforms(*std::prev(i), *i), i->filename());
}

BOOST_AUTO_TEST_CASE(a_field_added_at_the_end_passes) {
  temporary_directory dir;
  auto after = changed(dir, "traceparent:string (id: 18);",
                       "traceparent:string (id: 18); more:string (id: 19);");
  BOOST_TEST(conforms(schemas / "history/0001.fbs", after));
}

BOOST_AUTO_TEST_CASE(the_streams_conform_to_all_that_were_ever_released) {
  std::set<fs::path> files;
  for (auto& old : fs::directory_iterator{schemas / "streams-history"}) {
    BOOST_TEST(conforms(old.path(), schemas / "streams.fbs"),
               old.path().filename());
    files.insert(old.path());
  }
  BOOST_REQUIRE(!files.empty());
  BOOST_TEST(
      (read_text(*files.rbegin()) == read_text(schemas / "streams.fbs")));
}

BOOST_AUTO_TEST_SUITE_END()
