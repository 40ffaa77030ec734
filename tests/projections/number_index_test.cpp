#include <map>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "projections/number_index.hpp"

using signalbox::number_index;

namespace {

/// A journal of keys with the index over it, beside a map that cannot err.
struct indexed_keys {
  std::uint64_t (*hash)(std::uint64_t);
  std::vector<std::uint64_t> journal = {};
  number_index index = {};
  std::map<std::uint64_t, std::uint64_t> model = {};

  void add(std::uint64_t key) {
    auto number = journal.size();
    journal.push_back(key);
    index.put(hash(key), number,
              [&](std::uint64_t i) { return journal[i] == key; });
    model[key] = number;
  }

  std::optional<std::uint64_t> find(std::uint64_t key) const {
    return index.find(hash(key),
                      [&](std::uint64_t i) { return journal[i] == key; });
  }

  void check(std::uint64_t keys) const {
    BOOST_TEST(index.size() == model.size());
    for (std::uint64_t key = 0; key < keys; ++key) {
      index.prefetch(hash(key));
      auto expected = model.find(key);
      auto found = find(key);
      BOOST_REQUIRE_EQUAL(found.has_value(), expected != model.end());
      if (found)
        BOOST_TEST(*found == expected->second);
    }
  }
};

std::uint64_t scattered(std::uint64_t x) {
  return x * 0x9e3779b97f4a7c15 >> 7;
}

std::uint64_t crowded(std::uint64_t x) {
  return x % 5 * 0xffff'fffe; // few values, the last slots too
}

} // namespace

BOOST_AUTO_TEST_SUITE(numbers)

BOOST_AUTO_TEST_CASE(the_last_number_of_each_key_is_found) {
  for (auto hash : {scattered, crowded}) {
    std::mt19937 random{5};
    indexed_keys x{hash};
    for (std::uint64_t i = 0; i < 3000; ++i) {
      x.add(random() % 700);
      if (i % 500 == 0 || i < 40)
        x.check(720);
    }
    x.check(720);
  }
}

BOOST_AUTO_TEST_CASE(a_copy_stands_by_itself) {
  indexed_keys x{scattered};
  for (std::uint64_t i = 0; i < 100; ++i)
    x.add(i);
  auto y = x;
  for (std::uint64_t i = 0; i < 1000; ++i)
    y.add(i);
  x.check(1000);
  y.check(1000);
  x.index.clear();
  BOOST_TEST(x.index.size() == 0u);
  BOOST_TEST(!x.find(1));
}

BOOST_AUTO_TEST_CASE(reserved_room_changes_no_answer) {
  indexed_keys x{scattered};
  x.index.reserve(1);
  x.add(3);
  x.index.reserve(10'000);
  x.add(4);
  x.check(10);
}

BOOST_AUTO_TEST_CASE(numbers_beyond_32_bits_are_refused) {
  number_index x;
  auto never = [](std::uint64_t) { return false; };
  x.put(1, number_index::max_number, never);
  auto any = [](std::uint64_t) { return true; };
  BOOST_TEST(x.find(1, any).value() == number_index::max_number);
  BOOST_CHECK_THROW(x.put(2, number_index::max_number + 1, never),
                    std::length_error);
}

BOOST_AUTO_TEST_SUITE_END()
