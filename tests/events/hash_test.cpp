#include "events/hash.hpp"

#include <algorithm>
#include <thread>

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(hash)

BOOST_AUTO_TEST_CASE(sha256_answers_the_vectors_of_fips_180) {
  BOOST_TEST(
      sha256(as_bytes("")).hex() ==
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(
      sha256(as_bytes("abc")).hex() ==
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(
      sha256(as_bytes(std::string(1'000'000, 'a'))).hex() ==
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(pieces_hash_like_their_concatenation) {
  auto whole = sha256(as_bytes("abcdef"));
  BOOST_TEST(
      (sha256({as_bytes("ab"), as_bytes(""), as_bytes("cdef")}) == whole));
  BOOST_TEST((sha256({}) == sha256(as_bytes(""))));
}

BOOST_AUTO_TEST_CASE(threads_hash_at_once_without_mixing) {
  auto expected = sha256(as_bytes("abc"));
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  for (auto& count : wrong)
    threads.emplace_back([&count, &expected] {
      for (int i = 0; i < 20'000; ++i)
        count += sha256({as_bytes("a"), as_bytes("bc")}) != expected;
    });
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST((wrong == std::array<int, 4>{}));
}

BOOST_AUTO_TEST_CASE(random_ids_differ) {
  std::vector<event_id> seen;
  for (int i = 0; i < 1000; ++i)
    seen.push_back(random_id<event_id>());
  std::ranges::sort(seen);
  BOOST_TEST((std::ranges::adjacent_find(seen) == seen.end()));
}

BOOST_AUTO_TEST_SUITE_END()
