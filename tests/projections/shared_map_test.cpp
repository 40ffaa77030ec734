#include "projections/shared_map.hpp"

#include <random>

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

using numbers = shared_map<int>;
using model = std::map<std::string, std::shared_ptr<const int>>;

std::shared_ptr<const int> share(int x) {
  return std::make_shared<const int>(x);
}

void check_like(const numbers& x, const model& wanted) {
  BOOST_TEST(x.size() == wanted.size());
  auto i = x.begin();
  for (auto& [key, value] : wanted) {
    BOOST_REQUIRE((i != x.end()));
    BOOST_REQUIRE_EQUAL(i->first, key);
    BOOST_REQUIRE_EQUAL(*i->second, *value);
    ++i;
  }
  BOOST_TEST((i == x.end()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(shared_maps)

BOOST_AUTO_TEST_CASE(one_is_like_a_map_whatever_the_order_of_its_puts) {
  std::minstd_rand random{7};
  numbers x;
  model like;
  for (int i = 0; i < 5000; ++i) {
    const auto key = std::to_string(random() % 3000);
    x.put(key, like[key] = share(i));
  }
  check_like(x, like);
  check_like(numbers{like}, like);
  for (int i = 0; i < 3000; ++i) {
    const auto key = std::to_string(i);
    BOOST_TEST((x.find(key) != x.end()) == like.contains(key));
    const auto wanted = like.lower_bound(key);
    const auto found = x.lower_bound(key);
    BOOST_REQUIRE_EQUAL((found == x.end()), (wanted == like.end()));
    if (wanted != like.end())
      BOOST_TEST(found->first == wanted->first);
  }
}

BOOST_AUTO_TEST_CASE(a_copy_keeps_what_it_had) {
  model like;
  for (int i = 0; i < 2000; ++i)
    like[std::to_string(i)] = share(i);
  const numbers before{like};
  auto after = before;
  after.put("77", share(-1));
  after.put("new", share(-2));
  check_like(before, like);
  BOOST_TEST(*after.find("77")->second == -1);
  BOOST_TEST(*after.find("new")->second == -2);
  BOOST_TEST(after.size() == 2001u);
  // What neither put touched is the same in both.
  BOOST_TEST((before.find("5")->second == after.find("5")->second));
}

BOOST_AUTO_TEST_CASE(an_empty_one_has_nothing_to_find) {
  const numbers x;
  BOOST_TEST((x.begin() == x.end()));
  BOOST_TEST((x.find("a") == x.end()));
  BOOST_TEST((x.lower_bound("") == x.end()));
}

BOOST_AUTO_TEST_SUITE_END()
