#include "events/head.hpp"

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"

using namespace signalbox;

namespace {

head example() {
  head x;
  x.ledger = *ledger_id::from_hex("000102030405060708090a0b0c0d0e0f");
  x.incarnation = 7;
  x.client_id = "codex";
  x.profile = "prod";
  x.major = 1;
  x.channel_version = 12;
  x.artifact = sha256(as_bytes("artifact"));
  x.index = log_index{345};
  x.changelog = "why \"it\" changed\n";
  x.keyset_version = 2;
  x.issued_at = timestamp{1'800'000'000'000};
  x.expires_at = x.issued_at + default_head_life;
  return x;
}

} // namespace

BOOST_AUTO_TEST_SUITE(heads)

BOOST_AUTO_TEST_CASE(the_payload_is_canonical_json) {
  auto x = example();
  BOOST_TEST(
      to_payload(x) ==
      "{\"artifact_id\":\"" + to_content_id(x.artifact) +
          "\",\"changelog\":\"why \\\"it\\\" changed\\n\","
          "\"channel_version\":12,\"client_id\":\"codex\","
          "\"expires_at\":\"2027-01-22T08:00:00.000Z\",\"incarnation\":7,"
          "\"index\":345,\"issued_at\":\"2027-01-15T08:00:00.000Z\","
          "\"keyset_version\":2,"
          "\"ledger_id\":\"000102030405060708090a0b0c0d0e0f\",\"major\":1,"
          "\"profile\":\"prod\"}");
}

BOOST_AUTO_TEST_CASE(a_head_comes_back_from_its_payload) {
  auto payload = to_payload(example());
  auto x = parse_head(payload).value();
  BOOST_TEST(to_payload(x) == payload);
  BOOST_TEST(x.channel_version == 12u);
  BOOST_TEST(to_integer(x.index) == 345u);
  BOOST_TEST((x.artifact == example().artifact));
}

BOOST_AUTO_TEST_CASE(a_head_that_lacks_a_member_or_has_another_is_refused) {
  auto good = to_payload(example());
  for (auto name : {"artifact_id", "changelog", "channel_version", "client_id",
                    "expires_at", "incarnation", "index", "issued_at",
                    "keyset_version", "ledger_id", "major", "profile"}) {
    auto renamed = good;
    renamed[renamed.find(std::string{"\""} + name + "\"") + 1] = '_';
    auto read = parse_head(renamed);
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().code == errc::bad_request));
  }
  BOOST_TEST(!parse_head(good.substr(0, good.size() - 1) + ",\"z\":1}"));
  BOOST_TEST(!parse_head(good + " "));
  BOOST_TEST(!parse_head("[]"));
  BOOST_TEST(!parse_head(""));
}

BOOST_AUTO_TEST_CASE(a_major_beyond_its_width_is_refused) {
  auto text = to_payload(example());
  text.replace(text.find("\"major\":1"), 9, "\"major\":4294967297");
  BOOST_TEST(!parse_head(text));
}

BOOST_AUTO_TEST_CASE(heads_are_issued_anew_at_each_half_of_their_life) {
  constexpr std::int64_t life = 1000;
  BOOST_TEST(head_period(timestamp{499}, life) == 0);
  BOOST_TEST(head_period(timestamp{500}, life) == 1);
  BOOST_TEST(to_integer(head_issued_at(timestamp{700}, 1, life)) == 700);
  BOOST_TEST(to_integer(head_issued_at(timestamp{700}, 2, life)) == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
