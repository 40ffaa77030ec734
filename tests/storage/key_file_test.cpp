#include "storage/key_file.hpp"

#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include "tests/temporary_directory.hpp"

using namespace signalbox;

namespace {

struct fixture {
  temporary_directory directory;
  std::filesystem::path file = directory / "node.key";
  private_key key = private_key::generate(key_algorithm::ed25519);

  /// What a failure says, after checking its code.
  template <class T>
  std::string refusal(const result<T>& x, errc code) {
    BOOST_REQUIRE(x.has_error());
    BOOST_TEST(to_string(x.error().code) == to_string(code));
    return x.error().message;
  }

  std::filesystem::path secret(std::string_view text, ::mode_t mode = 0600) {
    auto path = directory / "passphrase";
    write_text(path, text);
    ::chmod(path.c_str(), mode);
    return path;
  }

  long files() {
    std::filesystem::directory_iterator all{directory.path()};
    return std::distance(begin(all), end(all));
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(key_file, fixture)

BOOST_AUTO_TEST_CASE(a_key_returns_from_its_file) {
  auto old_mask = ::umask(0);
  auto written = write_key_file(file, key, "pw");
  ::umask(old_mask);
  BOOST_REQUIRE(written.has_value());
  struct stat status {};
  BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0600u);
  BOOST_TEST(files() == 1);
  auto read = read_key_file(file, "pw").value();
  BOOST_TEST((read.public_part().key_id() == key.public_part().key_id()));
}

BOOST_AUTO_TEST_CASE(no_key_is_overwritten) {
  BOOST_REQUIRE(write_key_file(file, key, "pw").has_value());
  auto other = private_key::generate(key_algorithm::ecdsa_p256);
  auto message = refusal(write_key_file(file, other, "pw"), errc::io);
  BOOST_TEST(has(message, file.string()));
  BOOST_TEST(has(message, "exists"));
  BOOST_TEST((read_key_file(file, "pw")->public_part().key_id() ==
              key.public_part().key_id()));
  BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(a_wrong_passphrase_is_a_bad_key_and_is_not_quoted) {
  BOOST_REQUIRE(write_key_file(file, key, "pw").has_value());
  auto message = refusal(read_key_file(file, "hunter2"), errc::bad_key);
  BOOST_TEST(has(message, file.string()));
  BOOST_TEST(has(message, "passphrase is wrong"));
  BOOST_TEST(!has(message, "hunter2"));
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_refused_with_the_remedy) {
  BOOST_REQUIRE(write_key_file(file, key, "pw").has_value());
  for (::mode_t mode : {0640u, 0604u, 0620u, 0777u}) {
    ::chmod(file.c_str(), mode);
    auto message = refusal(read_key_file(file, "pw"), errc::bad_key);
    BOOST_TEST(has(message, "chmod 600 " + file.string()));
  }
  ::chmod(file.c_str(), 0400);
  BOOST_TEST(read_key_file(file, "pw").has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_key_file_is_refused_by_name) {
  BOOST_TEST(has(refusal(read_key_file(file, "pw"), errc::io), file.string()));
  BOOST_TEST(has(refusal(read_key_file(directory.path(), "pw"), errc::bad_key),
                 "regular"));
  BOOST_REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  BOOST_TEST(has(refusal(read_key_file(file, "pw"), errc::bad_key), "regular"));
  auto empty = secret("");
  BOOST_TEST(
      has(refusal(read_key_file(empty, "pw"), errc::bad_key), empty.string()));
  auto large = secret(std::string(64 * 1024 + 1, 'a'));
  BOOST_TEST(
      has(refusal(read_key_file(large, "pw"), errc::bad_key), "too large"));
}

BOOST_AUTO_TEST_CASE(a_key_that_cannot_be_written_leaves_nothing_behind) {
  refusal(write_key_file(directory / "no/such/key", key, "pw"), errc::io);
  refusal(write_key_file(file, key, ""), errc::bad_key);
  // A directory in the place of the file stops the link.
  std::filesystem::create_directory(file);
  refusal(write_key_file(file, key, "pw"), errc::io);
  BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(a_passphrase_is_the_first_line_of_its_file) {
  for (auto text : {"pass word", "pass word\n", "pass word\r\nmore\n"})
    BOOST_TEST(read_secret_line(secret(text)).value() == "pass word");
  for (auto text : {"", "\n", "\r\n", "\nsecond"})
    refusal(read_secret_line(secret(text)), errc::bad_key);
  auto open = secret("hunter2", 0644);
  auto message = refusal(read_secret_line(open), errc::bad_key);
  BOOST_TEST(has(message, "0644"));
  BOOST_TEST(!has(message, "hunter2"));
  refusal(read_secret_line(directory / "none"), errc::io);
}

BOOST_AUTO_TEST_CASE(a_passphrase_comes_from_the_environment) {
  const char* name = "SIGNALBOX_KEY_FILE_TEST";
  ::setenv(name, "pw", 1);
  BOOST_TEST(read_passphrase_variable(name).value() == "pw");
  ::setenv(name, "", 1);
  BOOST_TEST(has(refusal(read_passphrase_variable(name), errc::bad_key), name));
  ::unsetenv(name);
  BOOST_TEST(has(refusal(read_passphrase_variable(name), errc::bad_key), name));
}

BOOST_AUTO_TEST_SUITE_END()
