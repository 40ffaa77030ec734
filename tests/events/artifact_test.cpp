#include "events/artifact.hpp"

#include <boost/test/unit_test.hpp>

#include "events/hash.hpp"

using namespace signalbox;

namespace {

artifact_content example() {
  artifact_content x;
  x.ledger = *ledger_id::from_hex("000102030405060708090a0b0c0d0e0f");
  x.client_id = "codex";
  x.profile = "prod";
  x.schema_ref = "codex/1.0.0";
  x.version = "1.2.3";
  x.canonical_payload =
      "{\"a\":1,\"signature\":{\"x\":\",\\\"signature\\\":\"}}";
  x.rendered = rendered_file{"application/toml", "a = 1\n"};
  x.inputs = {"github_token", "proxy"};
  x.policy_set_id = "baseline";
  x.policy_version = "1.0.0";
  x.issued_at = timestamp{1'800'000'000'000};
  x.publisher_id = "0011";
  x.tooling_version = "signalbox 0.1.0";
  x.changelog = "First";
  x.canonical_validation = "{\"errors\":0}";
  return x;
}

digest id_with(auto change) {
  auto x = example();
  change(x);
  return make_artifact_id(x);
}

std::string wire_of(const private_key& key, std::string_view head) {
  auto core = make_core(example(), make_artifact_id(example()));
  auto& part = key.public_part();
  return to_wire(
      core, signature_json(part.key_id(), part.algorithm(), seal(core, key)),
      head);
}

} // namespace

BOOST_AUTO_TEST_SUITE(artifacts)

BOOST_AUTO_TEST_CASE(the_id_is_the_digest_of_the_content) {
  auto x = example();
  auto text =
      "{\"client_id\":\"codex\",\"inputs\":[\"github_token\",\"proxy\"],"
      "\"payload\":" +
      x.canonical_payload +
      ",\"policy_set_id\":\"baseline\",\"policy_version\":\"1.0.0\","
      "\"profile\":\"prod\",\"rendered\":{\"media_type\":"
      "\"application/toml\",\"text\":\"a = 1\\n\"},"
      "\"schema_ref\":\"codex/1.0.0\"}";
  BOOST_TEST(make_artifact_id(x).hex() == sha256(as_bytes(text)).hex());
}

BOOST_AUTO_TEST_CASE(labels_are_no_content) {
  auto id = make_artifact_id(example());
  BOOST_TEST((id == id_with([](auto& x) { x.version = "9.9.9"; })));
  BOOST_TEST((id == id_with([](auto& x) { x.changelog = "Other"; })));
  BOOST_TEST((id == id_with([](auto& x) { x.issued_at = timestamp{1}; })));
  BOOST_TEST((id == id_with([](auto& x) { x.publisher_id = "9"; })));
  BOOST_TEST((id != id_with([](auto& x) { x.client_id = "c"; })));
  BOOST_TEST((id != id_with([](auto& x) { x.profile = "p"; })));
  BOOST_TEST((id != id_with([](auto& x) { x.schema_ref = "s"; })));
  BOOST_TEST((id != id_with([](auto& x) { x.canonical_payload = "{}"; })));
  BOOST_TEST((id != id_with([](auto& x) { x.rendered.reset(); })));
  BOOST_TEST((id != id_with([](auto& x) { x.inputs.pop_back(); })));
  BOOST_TEST((id != id_with([](auto& x) { x.policy_set_id = "p"; })));
  BOOST_TEST((id != id_with([](auto& x) { x.policy_version = "2.0.0"; })));
}

BOOST_AUTO_TEST_CASE(a_template_is_a_label_in_the_core_section3) {
  const auto without = make_core(example(), make_artifact_id(example()));
  BOOST_TEST(without.find("\"template\"") == std::string::npos);
  auto x = example();
  x.canonical_template =
      R"({"parameters":{"port":1},"template_id":"t","version":"1.0.0"})";
  const auto core = make_core(x, make_artifact_id(x));
  BOOST_TEST((make_artifact_id(x) == make_artifact_id(example())));
  const auto read = parse_json(core).value();
  BOOST_TEST(to_canonical(read) == core);
  BOOST_TEST(to_canonical(read.at("template")) == x.canonical_template);
}

BOOST_AUTO_TEST_CASE(the_core_is_canonical_json) {
  auto core = make_core(example(), make_artifact_id(example()));
  BOOST_TEST(to_canonical(parse_json(core).value()) == core);
}

BOOST_AUTO_TEST_CASE(the_wire_gives_the_signed_bytes_back) {
  for (auto algorithm : {key_algorithm::ed25519, key_algorithm::ecdsa_p256}) {
    auto key = private_key::generate(algorithm);
    auto head = sign_payload(payload_types::head, as_bytes("{}"), key);
    dsse_envelope envelope{
        std::string{payload_types::head}, to_buffer(as_bytes("{}")), {head}};
    auto wire = wire_of(key, to_json(envelope));
    BOOST_TEST(parse_json(wire).has_value());
    auto core = make_core(example(), make_artifact_id(example()));
    BOOST_TEST(wire.substr(0, wire.rfind(",\"signature\":")) + "}" == core);
    auto read = parse_wire(wire + "\n").value();
    BOOST_TEST(read.core == core);
    BOOST_TEST(read.algorithm == to_string(algorithm));
    BOOST_TEST(verify_payload(payload_types::artifact, as_bytes(read.core),
                              read.signature, key.public_part()));
    BOOST_REQUIRE(read.head.has_value());
    BOOST_TEST((*read.head == envelope));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_about_the_past_has_no_head) {
  auto key = private_key::generate(key_algorithm::ed25519);
  auto read = parse_wire(wire_of(key, "null")).value();
  BOOST_TEST(!read.head.has_value());
}

BOOST_AUTO_TEST_CASE(a_changed_core_does_not_verify) {
  auto key = private_key::generate(key_algorithm::ed25519);
  auto wire = wire_of(key, "null");
  wire[wire.find("\"First\"") + 1] = 'f';
  auto read = parse_wire(wire).value();
  BOOST_TEST(!verify_payload(payload_types::artifact, as_bytes(read.core),
                             read.signature, key.public_part()));
}

BOOST_AUTO_TEST_CASE(what_is_no_sealed_artifact_is_refused) {
  auto key = private_key::generate(key_algorithm::ed25519);
  auto good = wire_of(key, "null");
  BOOST_TEST(parse_wire(good).has_value());
  auto core = make_core(example(), make_artifact_id(example()));
  BOOST_TEST(!parse_wire(core));
  BOOST_TEST(!parse_wire(""));
  BOOST_TEST(!parse_wire("[]"));
  BOOST_TEST(!parse_wire(to_wire(core, "{}", "null")));
  BOOST_TEST(!parse_wire(to_wire(core, "1", "null")));
  BOOST_TEST(!parse_wire(wire_of(key, "{}")));
  BOOST_TEST(!parse_wire(good.substr(0, good.size() - 1)));
}

BOOST_AUTO_TEST_SUITE_END()
