#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include "storage/atomic_file.hpp"
#include "tests/temporary_directory.hpp"

using namespace signalbox;

namespace {

struct place : temporary_directory {
  std::filesystem::path file = path() / "file";

  std::string content() const {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  ::mode_t mode() const {
    struct stat x {};
    ::stat(file.c_str(), &x);
    return x.st_mode & 0777U;
  }

  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator{path()}, {});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(atomic_file_test, place)

BOOST_AUTO_TEST_CASE(a_file_is_replaced_as_a_whole_with_its_mode) {
  BOOST_REQUIRE(write_atomic_file(file, "a longer text").has_value());
  BOOST_TEST(mode() == 0644u);
  BOOST_REQUIRE(write_atomic_file(file, "short", {.mode = 0600}).has_value());
  BOOST_TEST(content() == "short");
  BOOST_TEST(mode() == 0600u);
  BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(what_must_not_be_replaced_stays) {
  BOOST_REQUIRE(write_atomic_file(file, "first", {.replace = false}));
  auto again = write_atomic_file(file, "second", {.replace = false});
  BOOST_REQUIRE(!again);
  BOOST_TEST((again.error().code == errc::io));
  BOOST_TEST(content() == "first");
  BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(a_sole_writer_uses_again_what_a_crash_left) {
  std::ofstream{path() / "file.new"} << "half of something that was longer";
  BOOST_REQUIRE(write_atomic_file(file, "whole", {.sole_writer = true}));
  BOOST_TEST(content() == "whole");
  BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_named) {
  auto lost = write_atomic_file(path() / "none" / "file", "x");
  BOOST_REQUIRE(!lost);
  BOOST_TEST(lost.error().message.find("none") != std::string::npos);
  BOOST_TEST(!sync_directory(path() / "none"));
  BOOST_TEST(sync_directory({}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
