#include "events/dsse.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

namespace {

const auto one_key = private_key::generate(key_algorithm::ed25519);
const auto other_key = private_key::generate(key_algorithm::ecdsa_p256);

dsse_envelope sealed(std::initializer_list<const private_key*> keys) {
  dsse_envelope out{
      std::string{payload_types::head}, to_buffer(as_bytes("{\"a\":1}")), {}};
  for (auto* key : keys)
    out.signatures.push_back(sign_payload(out.payload_type, out.payload, *key));
  return out;
}

std::string with_signatures(const std::string& signatures) {
  return R"({"payload":"eA==","payloadType":"t","signatures":)" + signatures +
         "}";
}

void check_refused(std::string_view text, std::string_view pointer) {
  BOOST_TEST_CONTEXT(text) {
    auto parsed = parse_dsse(text);
    BOOST_REQUIRE(parsed.has_error());
    BOOST_TEST((parsed.error().code == errc::bad_json));
    BOOST_TEST(parsed.error().pointer == pointer);
  }
}

const std::string id = std::string(64, 'a');

} // namespace

BOOST_AUTO_TEST_SUITE(dsse)

BOOST_AUTO_TEST_CASE(the_encoding_is_the_one_of_the_dsse_protocol) {
  auto encoded = pre_authentication_encoding("http://example.com/HelloWorld",
                                             as_bytes("hello world"));
  BOOST_TEST(as_text(encoded) ==
             "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  BOOST_TEST(as_text(pre_authentication_encoding("", {})) == "DSSEv1 0  0 ");
}

BOOST_AUTO_TEST_CASE(lengths_count_bytes_not_characters) {
  BOOST_TEST(as_text(pre_authentication_encoding("é", as_bytes("€"))) ==
             "DSSEv1 2 é 3 €");
}

BOOST_AUTO_TEST_CASE(an_envelope_is_canonical_json) {
  dsse_envelope envelope{"t", {'x'}, {{*digest::from_hex(id), {0xfb, 0xff}}}};
  BOOST_TEST(to_json(envelope) ==
             with_signatures(R"([{"keyid":")" + id + R"(","sig":"+/8="}])"));
}

BOOST_AUTO_TEST_CASE(an_envelope_returns_from_its_text) {
  auto envelope = sealed({&one_key, &other_key});
  BOOST_TEST((parse_dsse(to_json(envelope)).value() == envelope));
}

BOOST_AUTO_TEST_CASE(members_stand_in_any_order_and_unknown_ones_are_ignored) {
  auto parsed =
      parse_dsse(R"({"signatures":[{"x":1,"sig":"-_8=","keyid":")" + id +
                 R"("}],"new":{},"payloadType":"t","payload":""})");
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->payload.empty());
  BOOST_TEST((parsed->signatures[0].signature == byte_buffer{0xfb, 0xff}));
}

BOOST_AUTO_TEST_CASE(broken_envelopes_are_refused_with_the_place) {
  check_refused("[]", "");
  check_refused("{", "");
  check_refused(R"({"payloadType":"t","signatures":[]})", "");
  check_refused(R"({"payload":"eA==","signatures":[]})", "");
  check_refused(R"({"payload":"eA==","payloadType":"t"})", "");
  check_refused(R"({"payload":"eA==","payload":"eA=="})", "/payload");
  check_refused(R"({"payload":1})", "/payload");
  check_refused(R"({"payload":"eA"})", "/payload");
  check_refused(R"({"payload":"eA==","payloadType":1})", "/payloadType");
  check_refused(with_signatures("{}"), "/signatures");
  check_refused(with_signatures("[]"), "/signatures");
  check_refused(with_signatures("[1]"), "/signatures/0");
  check_refused(with_signatures(R"([{"sig":""}])"), "/signatures/0");
  check_refused(with_signatures(R"([{"keyid":"aa","sig":""}])"),
                "/signatures/0/keyid");
  auto good = R"({"keyid":")" + id + R"(","sig":"eA=="})";
  check_refused(with_signatures("[" + good + R"(,{"keyid":")" + id + "\"}]"),
                "/signatures/1");
  check_refused(with_signatures("[" + good + R"(,{"keyid":")" + id +
                                R"(","sig":"-+=="}])"),
                "/signatures/1/sig");
}

BOOST_AUTO_TEST_CASE(a_signature_holds_for_its_type_payload_and_key_only) {
  auto payload = as_bytes("payload");
  auto signature = sign_payload(payload_types::head, payload, one_key);
  auto& part = one_key.public_part();
  BOOST_TEST(verify_payload(payload_types::head, payload, signature, part));
  BOOST_TEST(!verify_payload(payload_types::keyset, payload, signature, part));
  BOOST_TEST(
      !verify_payload(payload_types::head, as_bytes("other"), signature, part));
  BOOST_TEST(!verify_payload(payload_types::head, payload, signature,
                             other_key.public_part()));
  signature.key_id = other_key.public_part().key_id();
  BOOST_TEST(!verify_payload(payload_types::head, payload, signature, part));
}

BOOST_AUTO_TEST_CASE(every_key_counts_once_towards_a_threshold) {
  auto one = one_key.public_part(), other = other_key.public_part();
  std::vector<public_key> both{one, other};
  std::vector<public_key> doubled{one, one, one};
  BOOST_TEST(count_signers(sealed({&one_key, &other_key}), both) == 2u);
  BOOST_TEST(count_signers(sealed({&one_key, &one_key}), both) == 1u);
  BOOST_TEST(count_signers(sealed({&one_key}), doubled) == 1u);
  BOOST_TEST(count_signers(sealed({}), both) == 0u);
  BOOST_TEST(count_signers(sealed({&one_key}), {}) == 0u);
  auto stranger = private_key::generate(key_algorithm::ed25519);
  BOOST_TEST(count_signers(sealed({&stranger, &other_key}), both) == 1u);
}

BOOST_AUTO_TEST_CASE(a_false_signature_neither_counts_nor_blocks_a_true_one) {
  auto envelope = sealed({&one_key, &one_key});
  envelope.signatures[0].signature[5] ^= 1;
  std::vector<public_key> keys{one_key.public_part()};
  BOOST_TEST(count_signers(envelope, keys) == 1u);
  envelope.signatures.pop_back();
  BOOST_TEST(count_signers(envelope, keys) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
