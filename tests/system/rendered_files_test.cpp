#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

BOOST_FIXTURE_TEST_SUITE(rendered_files, node_fixture)

BOOST_AUTO_TEST_CASE(a_yaml_file_is_sealed_beside_its_payload_fr4) {
  auto payload = sample("goose", "unicode-values");
  auto& extension = payload.at_pointer("/extensions/notizen").as_object();
  for (auto* text : {"yes", "1.0", "~", " a ", "a: b #c", "one\ntwo"})
    extension["args"].as_array().emplace_back(text);
  const auto made = node.publish("goose", "default", payload);
  BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
  BOOST_TEST(made.text("/rendered/media_type") == "application/yaml");
  BOOST_CHECK(made.at("/payload") == payload);
  const auto file = ledger.place() / "config.yaml";
  const auto shown = ledger.signalbox(
      {"get", "goose", "default", "--rendered", "--url", node.url});
  BOOST_TEST(shown.out == made.text("/rendered/text"), shown.err);
  write_text(file, shown.out);
  // PyYAML is of YAML 1.1, which guesses more than the client's own reader.
  const auto read =
      run({{"python3", "-c",
            "import json,sys,yaml;print(json.dumps(yaml.safe_load(open("
            "sys.argv[1],encoding='utf-8'))))",
            file.string()},
           {},
           {}});
  BOOST_REQUIRE_MESSAGE(read.status == 0, read.err);
  BOOST_CHECK(json::parse(read.out) == payload);
  const auto verify = [&](const std::string& artifact) {
    write_text(ledger.place() / "a.json", artifact);
    write_text(ledger.place() / "k.json", node.get("keysets/current").body);
    return ledger
        .signalbox({"verify", "a.json", "--keyset", "k.json",
                    "--root-fingerprint", ledger.fingerprint})
        .status;
  };
  BOOST_TEST(verify(made.body) == 0);
  auto changed = made.body;
  const auto at = changed.find("notizen:\\n");
  BOOST_REQUIRE(at != std::string::npos);
  changed[at] = 'N'; // in the file, not in the payload
  BOOST_TEST(verify(changed) == 4);
}

BOOST_AUTO_TEST_SUITE_END()
