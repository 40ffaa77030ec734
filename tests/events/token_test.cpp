#include "events/token.hpp"

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(token)

BOOST_AUTO_TEST_CASE(a_consistency_token_is_three_big_endian_numbers) {
  consistency_token x{1, log_index{2}, 0xfedcba9876543210};
  auto text = to_string(x);
  BOOST_TEST(to_hex(from_base64url(text).value()) ==
             "00000000000000010000000000000002fedcba9876543210");
  BOOST_TEST((parse_consistency_token(text).value() == x));
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_consistency_token) {
  auto good = to_string(consistency_token{1, log_index{2}, 3});
  for (auto bad : {std::string{}, good + "A", good + "=", good.substr(1),
                   good.substr(0, 31) + "*", std::string(31, 'A')})
    BOOST_TEST(
        (parse_consistency_token(bad).error().code == errc::bad_request));
}

BOOST_AUTO_TEST_CASE(a_bearer_token_is_read_as_it_was_made) {
  auto made = make_bearer_token();
  auto read = parse_bearer_token(made.text).value();
  BOOST_TEST((read.id == made.kept.id));
  BOOST_TEST((read.secret_digest == made.kept.secret_digest));
  BOOST_TEST((made.text != make_bearer_token().text));
}

BOOST_AUTO_TEST_CASE(only_the_digest_of_the_secret_is_kept) {
  auto made = make_bearer_token();
  auto secret = from_base64url(made.text.substr(4 + 32 + 1)).value();
  BOOST_TEST(secret.size() == 32u);
  BOOST_TEST(sha256(secret).hex() == made.kept.secret_digest.hex());
  BOOST_TEST(made.text.starts_with("sbx_" + made.kept.id.hex() + '_'));
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_bearer_token_and_is_not_echoed) {
  auto good = make_bearer_token().text;
  auto secret_from = good.size() - 43;
  for (auto bad :
       {std::string{}, std::string{"sbx_"}, "Sbx_" + good.substr(4), good + "A",
        good.substr(0, good.size() - 1),
        good.substr(0, secret_from - 1) + "-" + good.substr(secret_from),
        "sbx_" + std::string(32, 'G') + good.substr(36)}) {
    auto read = parse_bearer_token(bad);
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().code == errc::unauthenticated));
    BOOST_TEST(read.error().message.find(good.substr(secret_from, 8)) ==
               std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
