#include "events/stream_record.hpp"

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"
#include "events/pseudonym.hpp"

using namespace signalbox;

namespace {

digest hash(std::string_view x) {
  return sha256(as_bytes(x));
}

stream_record report() {
  client_reported x{pseudonym::from(hash("client").view().first(16)),
                    "claude-code",
                    "default",
                    hash("artifact"),
                    report_result::rolled_back,
                    timestamp{1'800'000'000'000},
                    "two servers did not start"};
  return {x, timestamp{1'800'000'000'500},
          principal_id::from(hash("node").view().first(16)), "request-1"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream_records)

BOOST_AUTO_TEST_CASE(a_report_comes_back_as_it_was_written_fr14) {
  const auto bytes = encode_stream_record(report());
  const auto back = decode_stream_record(bytes);
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(to_integer(back->occurred_at) == 1'800'000'000'500);
  BOOST_TEST(back->correlation == "request-1");
  const auto wanted = std::get<client_reported>(report().body);
  const auto& got = std::get<client_reported>(back->body);
  BOOST_CHECK(got.client == wanted.client);
  BOOST_CHECK(got.artifact == wanted.artifact);
  BOOST_TEST(got.client_id == wanted.client_id);
  BOOST_TEST(got.profile == wanted.profile);
  BOOST_CHECK(got.result == wanted.result);
  BOOST_CHECK(got.applied_at == wanted.applied_at);
  BOOST_TEST(got.detail == wanted.detail);
  BOOST_TEST(kind_of(back->body) == "client_reported");
}

BOOST_AUTO_TEST_CASE(a_refused_draft_and_a_denied_call_come_back_too) {
  const principal_id who = principal_id::from(hash("who").view().first(16));
  draft_refused draft{
      who,
      "Publish",
      "codex",
      "prod",
      "baseline",
      "1.0.0",
      {{"secret/token", "/env/KEY", false}, {"names", "/servers", true}},
      7};
  const auto bytes = encode_stream_record({draft, timestamp{1}, who, {}});
  auto back = decode_stream_record(bytes);
  BOOST_REQUIRE(back.has_value());
  const auto& got = std::get<draft_refused>(back->body);
  BOOST_CHECK(got.principal == who);
  BOOST_REQUIRE_EQUAL(got.findings.size(), 2u);
  BOOST_TEST(got.findings[0].rule == "secret/token");
  BOOST_TEST(got.findings[1].pointer == "/servers");
  BOOST_TEST(got.findings[1].warning);
  BOOST_TEST(got.left_out == 7u);
  const auto denied = encode_stream_record(
      {access_denied{{}, "Publish", "unauthenticated"}, timestamp{1}, who, {}});
  back = decode_stream_record(denied);
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(std::get<access_denied>(back->body).principal.is_zero());
  BOOST_TEST(std::get<access_denied>(back->body).reason == "unauthenticated");
}

BOOST_AUTO_TEST_CASE(what_a_fold_came_to_comes_back_as_it_was_written) {
  const auto node = principal_id::from(hash("node").view().first(16));
  const state_hashed wanted{log_index{2047}, hash("H"),
                            state_sum::from(hash("state").view().first(16)), 3};
  const auto bytes = encode_stream_record({wanted, timestamp{1}, node, {}});
  const auto back = decode_stream_record(bytes);
  BOOST_REQUIRE(back.has_value());
  BOOST_CHECK(back->node == node);
  BOOST_CHECK(std::get<state_hashed>(back->body) == wanted);
  BOOST_TEST(kind_of(back->body) == "state_hashed");
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_state_hash_are_what_they_ever_were) {
  // Any change here makes nodes of two releases disagree about nothing.
  const std::string text =
      "14000000000000000c002800070008001c000c000c000000000000042c000000545ea538"
      "461003efdc8c81c244531b000100000000000000000000000c0040003800040024003400"
      "0c00000044bd7ae60f478fae1061e11a7739f4b94d1daf917982d33b6fc8a01a63f89c21"
      "4ba69735ca53765ed6a709edb56c6ea203000000ff07000000000000";
  const auto golden = from_hex(text);
  BOOST_REQUIRE(golden.has_value());
  const auto back = decode_stream_record(*golden);
  BOOST_REQUIRE(back.has_value());
  const auto& got = std::get<state_hashed>(back->body);
  BOOST_TEST(to_integer(got.index) == 2047u);
  BOOST_CHECK(got.chain == hash("H"));
  BOOST_CHECK(got.state == state_sum::from(hash("state").view().first(16)));
  BOOST_TEST(got.layout == 3u);
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_report_are_what_they_ever_were) {
  // Any change here makes reports unreadable that exist.
  const std::string text =
      "180000000000000000000e002c000700080020000c001c000e0000000000000144000000"
      "545ea538461003efdc8c81c244531b0010000000f4515c18a30100000000000009000000"
      "726571756573742d310012005000080018001c0020000700440040001200000000000003"
      "948fe603f61dc036b5c596dc09fe3ce36400000054000000c7c5c1d70c5dec4416ab6158"
      "afd0b223ef40c29b1dc1f97ed9428b94d4cadb1c1000000000505c18a301000000000000"
      "1900000074776f207365727665727320646964206e6f7420737461727400000007000000"
      "64656661756c74000b000000636c617564652d636f646500";
  const auto golden = from_hex(text);
  BOOST_REQUIRE(golden.has_value());
  const auto back = decode_stream_record(*golden);
  BOOST_REQUIRE(back.has_value());
  const auto& got = std::get<client_reported>(back->body);
  BOOST_CHECK(got.artifact == hash("artifact"));
  BOOST_CHECK(got.result == report_result::rolled_back);
  BOOST_TEST(got.detail == "two servers did not start");
  BOOST_TEST(got.key_mark == 0u); // was not written then
  // Libraries may lay bytes out in another order; what they say is the same.
  BOOST_CHECK(got.client == std::get<client_reported>(report().body).client);
}

BOOST_AUTO_TEST_CASE(damaged_records_are_told_and_never_read) {
  const auto whole = encode_stream_record(report());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const byte_buffer cut{whole.begin(),
                          whole.begin() + static_cast<std::ptrdiff_t>(size)};
    decode_stream_record(cut); // must not read beyond the end
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto wrong = whole;
    wrong[i] ^= 0xff;
    decode_stream_record(wrong);
  }
  BOOST_TEST(!decode_stream_record({}).has_value());
}

BOOST_AUTO_TEST_CASE(a_result_has_a_word_and_back) {
  for (std::size_t i = 0; i < report_results; ++i) {
    const auto x = static_cast<report_result>(i);
    BOOST_CHECK(report_result_from_string(to_string(x)) == x);
  }
  BOOST_CHECK(!report_result_from_string("great"));
}

BOOST_AUTO_TEST_CASE(a_pseudonym_depends_on_key_place_and_fingerprint_nfr8) {
  const byte_buffer key(32, 1), other(32, 2);
  const pseudonyms names{key};
  const auto x = names.of("codex", "default", "host-1");
  BOOST_CHECK(x == pseudonyms{key}.of("codex", "default", "host-1"));
  BOOST_CHECK(x != pseudonyms{other}.of("codex", "default", "host-1"));
  BOOST_CHECK(x != names.of("codex", "default", "host-2"));
  BOOST_CHECK(x != names.of("codex", "prod", "host-1"));
  BOOST_CHECK(x != names.of("cursor", "default", "host-1"));
  BOOST_CHECK(names.of("a", "bc", "d") != names.of("ab", "c", "d"));
  // By `printf 'codex\0default\0host-1' | openssl mac -digest SHA256
  //     -macopt hexkey:0101... HMAC`, the first 16 bytes.
  BOOST_TEST(x.hex() == "599f1f6bac84d5e70a5298f5623f3534");
}

BOOST_AUTO_TEST_CASE(the_mark_of_a_key_tells_keys_apart_and_never_the_key) {
  const byte_buffer key(32, 1), other(32, 2);
  const auto mark = pseudonyms{key}.mark();
  BOOST_TEST(mark == pseudonyms{key}.mark());
  BOOST_TEST(mark != pseudonyms{other}.mark());
  // By `printf '\nmark of the key of pseudonyms' | openssl mac -digest SHA256
  //     -macopt hexkey:0101... HMAC`, the first 8 bytes.
  BOOST_TEST(mark == 0x77b69e900bbf730au);
  auto x = std::get<client_reported>(report().body);
  x.key_mark = mark;
  const auto bytes = encode_stream_record({x, timestamp{1}, {}, {}});
  const auto back = decode_stream_record(bytes);
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(std::get<client_reported>(back->body).key_mark == mark);
}

BOOST_AUTO_TEST_SUITE_END()
