#include "storage/head_file.hpp"

#include <fstream>
#include <sstream>

#include "storage/memory_log.hpp"
#include "tests/storage/log_steps.hpp"
#include "tests/temporary_directory.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

head_mark mark(std::uint64_t index) {
  head_mark out{log_index{index}, {}};
  out.hash.value.fill(0xab);
  return out;
}

std::string slurp(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

} // namespace

BOOST_AUTO_TEST_SUITE(head_files)

BOOST_AUTO_TEST_CASE(no_file_means_no_mark) {
  temporary_directory dir;
  const auto x = head_file{dir.path() / "head"}.read();
  BOOST_REQUIRE(x.has_value());
  BOOST_TEST(!x->has_value());
}

BOOST_AUTO_TEST_CASE(the_last_mark_written_is_read) {
  temporary_directory dir;
  const head_file file{dir.path() / "head"};
  BOOST_REQUIRE(file.write(mark(1)).has_value());
  BOOST_REQUIRE(file.write(mark(18446744073709551615u)).has_value());
  const auto x = file.read();
  BOOST_REQUIRE(x.has_value());
  BOOST_CHECK(*x == mark(18446744073709551615u));
  BOOST_TEST(!std::filesystem::exists(dir.path() / "head.new"));
}

BOOST_AUTO_TEST_CASE(the_text_is_as_documented) {
  temporary_directory dir;
  const auto path = dir.path() / "head";
  BOOST_REQUIRE(head_file{path}.write(mark(41)).has_value());
  std::string hash;
  for (int i = 0; i < 32; ++i)
    hash += "ab";
  BOOST_TEST(slurp(path).starts_with("signalbox-head 1\nindex 41\nhash " +
                                     hash + "\nsum "));
}

BOOST_AUTO_TEST_CASE(any_changed_or_missing_byte_is_noticed) {
  temporary_directory dir;
  const auto path = dir.path() / "head";
  const head_file file{path};
  BOOST_REQUIRE(file.write(mark(41)).has_value());
  const auto good = slurp(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    std::ofstream{path} << bad;
    const auto changed = file.read();
    BOOST_TEST((!changed && changed.error().code == errc::log_corrupt),
               "byte " << i << " changed");
    std::ofstream{path} << good.substr(0, i);
    const auto cut = file.read();
    BOOST_TEST((!cut && cut.error().code == errc::log_corrupt), "cut at " << i);
  }
}

BOOST_AUTO_TEST_CASE(a_mark_that_cannot_be_written_is_reported) {
  const auto x = head_file{"/nonexistent-folder/head"}.write(mark(1));
  BOOST_REQUIRE(!x);
  BOOST_CHECK(x.error().code == errc::io);
}

BOOST_AUTO_TEST_CASE(a_log_shorter_than_the_mark_is_refused) {
  memory_log log;
  append(log, {"a", "b"});
  BOOST_TEST(check_head(log, mark(1)).has_value());
  const auto x = check_head(log, mark(2));
  BOOST_REQUIRE(!x);
  BOOST_CHECK(x.error().code == errc::log_corrupt);
  BOOST_TEST(x.error().message.find("from a backup") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
