#include "events/record.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"

#include <signalbox_generated.h>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(envelope_and_parts_come_back) {
  byte_buffer envelope(500, 7);
  std::string long_text(300'000, 'x');
  std::vector<record_part> parts{make_part("one"), make_part(""),
                                 make_part(long_text)};
  auto bytes = encode_record(envelope, parts);
  BOOST_TEST(as_text(envelope_of(bytes)) == as_text(envelope));
  auto read = parts_of(bytes);
  BOOST_REQUIRE(read.size() == 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_REQUIRE(read[i].has_value());
    BOOST_TEST((part_name(*read[i]) == part_name(parts[i])));
  }
}

BOOST_AUTO_TEST_CASE(no_two_parts_have_the_same_salt) {
  std::set<std::array<std::uint8_t, 16>> salts;
  for (int i = 0; i < 1000; ++i)
    salts.insert(make_part("text").salt);
  BOOST_TEST(salts.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_part_is_named_by_its_salt_and_bytes) {
  auto x = make_part("text");
  byte_buffer in{x.salt.begin(), x.salt.end()};
  for (auto c : std::string_view{"text"})
    in.push_back(static_cast<std::uint8_t>(c));
  BOOST_TEST(part_name(x).hex() == sha256(in).hex());
  BOOST_TEST((part_name(x) != part_name(make_part("text"))));
}

BOOST_AUTO_TEST_CASE(a_redacted_part_keeps_its_place) {
  flatbuffers::FlatBufferBuilder b;
  std::vector<std::uint8_t> salt(16, 1), text(3, 2), envelope(9, 3);
  std::vector<flatbuffers::Offset<fb::Part>> parts{
      fb::CreatePartDirect(b, &salt, nullptr),
      fb::CreatePartDirect(b, &salt, &text)};
  b.Finish(fb::CreateRecordDirect(b, &envelope, &parts));
  byte_view bytes{b.GetBufferPointer(), b.GetSize()};
  auto read = parts_of(bytes);
  BOOST_REQUIRE(read.size() == 2u);
  BOOST_TEST(!read[0].has_value());
  BOOST_TEST(read[1].has_value());
  BOOST_TEST(envelope_of(bytes).size() == 9u);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_record_are_their_own_envelope) {
  for (std::size_t size : {0, 1, 8, 100, 4096}) {
    byte_buffer bytes(size, 0x5a);
    BOOST_TEST((envelope_of(bytes).data() == bytes.data()));
    BOOST_TEST(envelope_of(bytes).size() == size);
    BOOST_TEST(parts_of(bytes).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_record_of_more_parts_than_the_format_allows_is_none) {
  // The verifier's limit on tables is part of the format.
  std::vector<record_part> parts(5000);
  auto bytes = encode_record(byte_buffer(8, 1), parts);
  BOOST_TEST((envelope_of(bytes).data() == bytes.data()));
  parts.resize(4000);
  bytes = encode_record(byte_buffer(8, 1), parts);
  BOOST_TEST(envelope_of(bytes).size() == 8u);
}

BOOST_AUTO_TEST_SUITE_END()
