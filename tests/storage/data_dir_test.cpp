#include "storage/data_dir.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/temporary_directory.hpp"

using namespace signalbox;
using signalbox::temporary_directory;

BOOST_AUTO_TEST_SUITE(data_dirs)

BOOST_AUTO_TEST_CASE(a_new_directory_is_the_owners_alone) {
  temporary_directory dir;
  const auto x = data_dir::create(dir.path() / "deep" / "data");
  BOOST_REQUIRE(x.has_value());
  for (const auto& path :
       {x->database().parent_path(), x->database(), x->keys()}) {
    struct stat info {};
    BOOST_REQUIRE(::stat(path.c_str(), &info) == 0);
    BOOST_TEST((info.st_mode & 0777) == 0700u);
  }
}

BOOST_AUTO_TEST_CASE(a_directory_in_use_is_refused_until_it_is_let_go) {
  temporary_directory dir;
  const auto root = dir.path() / "data";
  {
    const auto first = data_dir::create(root);
    BOOST_REQUIRE(first.has_value());
    const auto second = data_dir::open(root);
    BOOST_REQUIRE(!second);
    BOOST_CHECK(second.error().code == errc::unavailable);
    BOOST_TEST(second.error().message.find("is another signalbox running") !=
               std::string::npos);
  }
  BOOST_TEST(data_dir::open(root).has_value());
}

BOOST_AUTO_TEST_CASE(another_folder_is_no_data_directory) {
  temporary_directory dir;
  const auto x = data_dir::open(dir.path());
  BOOST_REQUIRE(!x);
  BOOST_CHECK(x.error().code == errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()
