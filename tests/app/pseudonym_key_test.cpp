#include "app/pseudonym_key.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/temporary_directory.hpp"

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(pseudonym_keys)

BOOST_AUTO_TEST_CASE(a_key_is_made_once_for_its_owner_alone_nfr8) {
  const temporary_directory dir;
  const auto made = pseudonym_key(dir.path());
  BOOST_REQUIRE(made);
  BOOST_TEST(made->size() == 32u);
  struct stat found {};
  BOOST_REQUIRE_EQUAL(::stat((dir / "pseudonym.key").c_str(), &found), 0);
  BOOST_TEST((found.st_mode & 0777) == 0600);
  BOOST_TEST((*pseudonym_key(dir.path()) == *made));
  const temporary_directory other;
  BOOST_TEST((*pseudonym_key(other.path()) != *made));
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_or_that_is_none_is_refused) {
  const temporary_directory dir;
  BOOST_REQUIRE(pseudonym_key(dir.path()));
  const auto path = dir / "pseudonym.key";
  ::chmod(path.c_str(), 0644);
  BOOST_CHECK(pseudonym_key(dir.path()).error().code == errc::bad_key);
  write_text(path, "abcd\n");
  ::chmod(path.c_str(), 0600);
  const auto damaged = pseudonym_key(dir.path());
  BOOST_REQUIRE(!damaged);
  BOOST_CHECK(damaged.error().code == errc::bad_key);
  BOOST_TEST(damaged.error().message.find("remove it") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_that_other_nodes_have_is_not_made) {
  const temporary_directory dir;
  const auto missing = pseudonym_key(dir.path(), missing_key::refuse);
  BOOST_REQUIRE(!missing);
  BOOST_CHECK(missing.error().code == errc::not_found);
  BOOST_TEST(missing.error().message.find("copy it from another node") !=
             std::string::npos);
  BOOST_TEST(!std::filesystem::exists(dir / "pseudonym.key"));
  const auto made = pseudonym_key(dir.path());
  BOOST_TEST((*pseudonym_key(dir.path(), missing_key::refuse) == *made));
}

BOOST_AUTO_TEST_CASE(a_key_is_brought_from_another_node_and_never_over_one) {
  const temporary_directory from;
  const temporary_directory to;
  const auto made = pseudonym_key(from.path());
  const auto file = from / "pseudonym.key";
  BOOST_REQUIRE(bring_pseudonym_key(file, to.path()));
  BOOST_TEST((*pseudonym_key(to.path(), missing_key::refuse) == *made));
  BOOST_TEST(!bring_pseudonym_key(file, to.path()));
  const temporary_directory bare;
  ::chmod(file.c_str(), 0644);
  const auto open_to_all = bring_pseudonym_key(file, bare.path());
  BOOST_REQUIRE(!open_to_all);
  BOOST_CHECK(open_to_all.error().code == errc::bad_key);
  BOOST_TEST(!std::filesystem::exists(bare / "pseudonym.key"));
}

BOOST_AUTO_TEST_SUITE_END()
