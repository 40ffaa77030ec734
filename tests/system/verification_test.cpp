#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "events/dsse.hpp"
#include "storage/key_file.hpp"
#include "tests/system/instructions.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

const std::vector<std::string> algorithms{"ed25519", "ecdsa-p256-sha256"};
const std::string cut_mark = ",\"signature\":";

/// Payloads with what breaks home-made canonical forms: é, 1.0, 1e21, keys
/// beyond the basic plane. U+2028 stands in the changelog, because policy
/// refuses invisible characters in payloads.
json::value awkward_draft(const std::string& client) {
  if (client == "claude-code")
    return json::parse(R"({"mcpServers":{"docs":{"command":"café",
      "args":["é","\ud83d\ude00","\\ \" "],"timeout":1.0,
      "env":{"Z":"ü","A":"1e21"}}}})");
  if (client == "codex")
    return json::parse(R"({"mcp_servers":{"docs":{"command":"café",
      "args":["é","\ud83d\ude00"],"startup_timeout_sec":1.0,
      "tool_timeout_sec":0.1}}})");
  return json::parse(R"({"servers":{"docs":{"command":"café",
    "args":["${input:i}"],"env":{"A":1.0,"B":1e21,"C":-0.0,"D":1e-7}}},
    "inputs":[{"type":"command","id":"i","command":"c",
      "args":{"\ud83d\ude00":1e21,"\ufb33":1.0,"€":"é","1":{"~/":[]}}}]})");
}

constexpr const char* awkward_changelog =
    "é 1.0 \xf0\x9f\x98\x80 \xe2\x80\xa8 \"artifact_id\":\"x\",\"signature\":";

std::string core_of(const std::string& artifact) {
  return artifact.substr(0, artifact.rfind(cut_mark)) + '}';
}

std::string tail_of(const std::string& artifact) {
  return "{" + artifact.substr(artifact.rfind(cut_mark) + 1);
}

std::string join(const std::string& core, const std::string& tail) {
  return core.substr(0, core.size() - 1) + "," + tail.substr(1);
}

std::string payload_of(const json::value& envelope) {
  return std::string{as_text(*from_base64(envelope.at("payload").as_string()))};
}

json::value with_payload(json::value envelope, const std::string& payload) {
  envelope.as_object()["payload"] = to_base64(as_bytes(payload));
  return envelope;
}

struct served : node_fixture {
  explicit served(const std::string& algorithm)
      : node_fixture{test_ledger{algorithm}} {}

  evidence take(const std::string& client, const std::string& profile) const {
    return {client, node.get(config_path(client, profile)).body,
            node.get("keysets/current").body, ledger.fingerprint};
  }
  evidence publish(const std::string& client,
                   const std::string& profile = "default") const {
    const auto made = node.publish(client, profile, awkward_draft(client),
                                   {{"changelog", awkward_changelog}});
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    return take(client, profile);
  }

  /// What our own program says.
  bool verifies(const evidence& x) const {
    write_text(ledger.place() / "artifact.json", x.artifact);
    write_text(ledger.place() / "keyset.json", x.keyset);
    std::vector<std::string> words{
        "verify",      "artifact.json",      "--keyset",
        "keyset.json", "--root-fingerprint", x.fingerprint};
    if (x.seen != "0") {
      const auto said =
          json::parse(payload_of(json::parse(tail_of(x.artifact)).at("head")));
      for (auto& word : {std::string{"--min-incarnation"},
                         json::serialize(said.at("incarnation")),
                         std::string{"--min-channel-version"}, x.seen})
        words.push_back(word);
    }
    return ledger.signalbox(words).status == 0;
  }
};

/// The wire order of an artifact's tail is not the canonical one.
std::string tail_text(const json::value& x) {
  const auto& s = x.at("signature").as_object();
  std::string out = "{\"signature\":{";
  for (auto* name : {"alg", "key_id", "value"})
    if (s.contains(name))
      out += (out.back() == '{' ? "\"" : ",\"") + std::string{name} +
             "\":" + to_canonical(s.at(name));
  return out + "},\"head\":" + to_canonical(x.at("head")) + "}";
}

/// Every field of core, signature, head and keyset changed in turn.
std::vector<evidence> tampered(const evidence& x) {
  std::vector<evidence> out;
  const auto core = core_of(x.artifact);
  const auto tail = tail_of(x.artifact);
  const auto add = [&](const std::string& what, const std::string& artifact,
                       const std::string& keyset) {
    out.push_back({what, artifact, keyset, x.fingerprint});
  };
  for (auto& [path, text] : changed_leaves(core, additions::yes))
    add("core " + path, join(text, tail), x.keyset);
  const auto parts = json::parse(tail);
  for (auto& [path, text] : changed_leaves(tail, additions::no)) {
    add("beside the core " + path, join(core, tail_text(json::parse(text))),
        x.keyset);
  }
  const auto& head = parts.at("head");
  for (auto& [path, text] : changed_leaves(payload_of(head), additions::yes)) {
    auto changed = parts;
    changed.as_object()["head"] = with_payload(head, text);
    add("head " + path, join(core, tail_text(changed)), x.keyset);
  }
  for (auto& [path, text] : changed_leaves(x.keyset, additions::no))
    add("keyset's envelope " + path, x.artifact, text);
  const auto envelope = json::parse(x.keyset);
  for (auto& [path, text] :
       changed_leaves(payload_of(envelope), additions::yes))
    add("keyset " + path, x.artifact,
        to_canonical(with_payload(envelope, text)));
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(verification)

BOOST_DATA_TEST_CASE(the_printed_lines_verify_live_artifacts_ac4_nfr6_c6_c13,
                     boost::unit_test::data::make(algorithms), algorithm) {
  const served x{algorithm};
  instructions by;
  for (auto* client : {"claude-code", "codex", "vscode"}) {
    const auto live = x.publish(client);
    const auto said = by.judge(live);
    BOOST_TEST(said.all(), client << ' ' << said.reasons);
    BOOST_TEST(x.verifies(live));
    for (auto* language : {"bash", "js", "python"}) {
      const auto done = by.by_hand(live, language);
      BOOST_TEST(done.status == 0, language << done.out << done.err);
      auto other = live;
      other.artifact.replace(other.artifact.find("caf\xc3\xa9"), 5, "cafe");
      BOOST_TEST(by.by_hand(other, language).status != 0, language);
    }
  }
}

BOOST_DATA_TEST_CASE(every_changed_field_is_refused_by_all_ac4_c1,
                     boost::unit_test::data::make(algorithms), algorithm) {
  const served x{algorithm};
  instructions by;
  const auto live = x.publish(algorithm == "ed25519" ? "codex" : "vscode");
  // The harness itself changes nothing.
  auto same = live;
  same.artifact = join(to_canonical(json::parse(core_of(live.artifact))),
                       tail_text(json::parse(tail_of(live.artifact))));
  BOOST_TEST(same.artifact == live.artifact);
  const auto all = tampered(live);
  BOOST_TEST(all.size() > 70u);
  const auto said = by.judge(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    BOOST_TEST(said[i].none(), all[i].what << ": " << said[i].reasons);
    BOOST_TEST(!x.verifies(all[i]), all[i].what);
  }
}

BOOST_AUTO_TEST_CASE(what_belongs_to_another_place_or_time_is_refused_ac4) {
  const served x{"ed25519"};
  const served other{"ed25519"};
  instructions by;
  const auto older = x.publish("codex");
  const auto prod = x.publish("codex", "prod");
  const auto vscode = x.publish("vscode");
  x.node.publish("codex", "default", sample("codex", "no-servers"));
  const auto live = x.take("codex", "default");
  const auto foreign = other.publish("codex");
  const auto mixed = [&](const char* what, const std::string& core,
                         const std::string& tail) {
    const auto seal = json::parse(tail_of(core)).at("signature");
    const auto head = json::parse(tail_of(tail)).at("head");
    return evidence{
        what,
        join(core_of(core),
             tail_text(json::object{{"signature", seal}, {"head", head}})),
        live.keyset, live.fingerprint};
  };
  BOOST_TEST(by.judge(live).all());
  std::vector<evidence> all{
      mixed("an older head", live.artifact, older.artifact),
      mixed("a newer head on an older artifact", older.artifact, live.artifact),
      mixed("the head of another profile", older.artifact, prod.artifact),
      mixed("the head of another client", live.artifact, vscode.artifact),
      mixed("the head of another ledger", live.artifact, foreign.artifact),
      mixed("another ledger's artifact", foreign.artifact, foreign.artifact),
      {"another ledger's keyset", live.artifact, foreign.keyset,
       live.fingerprint},
      {"another ledger altogether", foreign.artifact, foreign.keyset,
       live.fingerprint},
      {"another root", live.artifact, live.keyset, foreign.fingerprint},
      {"an older artifact with its own head", older.artifact, live.keyset,
       live.fingerprint, "2"}};
  const auto said = by.judge(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    BOOST_TEST(said[i].none(), all[i].what << ": " << said[i].reasons);
    BOOST_TEST(!x.verifies(all[i]), all[i].what);
  }
}

BOOST_AUTO_TEST_CASE(members_that_shadow_what_is_signed_are_refused_ac4) {
  const served x{"ed25519"};
  instructions by;
  const auto live = x.publish("codex");
  auto shadowed = live;
  shadowed.artifact.pop_back();
  shadowed.artifact += ",\"payload\":{\"mcp_servers\":{}}}";
  const auto said = by.judge(shadowed);
  BOOST_TEST(said.none(), said.reasons);
  BOOST_TEST(!x.verifies(shadowed));
  auto added = live;
  added.artifact.pop_back();
  added.artifact += ",\"hooks\":{}}";
  const auto said_too = by.judge(added);
  BOOST_TEST(said_too.none(), said_too.reasons);
}

/// A publisher chooses the names of a template's parameters, and the core
/// repeats them: they must not pass for the core's own members.
BOOST_AUTO_TEST_CASE(parameters_named_like_fields_stand_for_none_ac4_section3) {
  const served x{"ed25519"};
  instructions by;
  const auto prod = x.publish("claude-code", "prod");
  const auto core = json::parse(core_of(prod.artifact));
  json::object parameters, values;
  json::array places;
  for (const std::string name :
       {"artifact_id", "client_id", "ledger_id", "profile", "schema_ref",
        "signature", "payload_hash", "validation", "head"}) {
    parameters[name] = {{"type", "string"}};
    places.emplace_back("${param:" + name + "}");
    values[name] = core.as_object().contains(name) && core.at(name).is_string()
                       ? core.at(name)
                       : json::value("x");
  }
  const json::object form{
      {"version", "1.0.0"},
      {"payload",
       {{"mcpServers",
         {{"docs", {{"command", "docs-mcp"}, {"args", places}}}}}}},
      {"parameters", parameters}};
  const auto put = x.node.ask("PUT", "clients/claude-code/templates/form",
                              x.ledger.admin, json::serialize(form));
  BOOST_REQUIRE_MESSAGE(put.status == 201u, put.body);
  const auto made = x.node.post(
      "clients/claude-code/profiles/default/publish",
      json::object{
          {"changelog", "Filled in"},
          {"template", {{"template_id", "form"}, {"parameters", values}}}},
      x.ledger.admin);
  BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
  const auto live = x.take("claude-code", "default");
  const auto said = by.judge(live);
  BOOST_TEST(said.all(), said.reasons);
  BOOST_TEST(x.verifies(live));
  // Under the head of the artifact that it pretends to be.
  auto forged = live;
  forged.artifact = join(
      core_of(live.artifact),
      tail_text(json::object{
          {"signature", json::parse(tail_of(live.artifact)).at("signature")},
          {"head", json::parse(tail_of(prod.artifact)).at("head")}}));
  const auto refused = by.judge(forged);
  BOOST_TEST(refused.none(), refused.reasons);
  BOOST_TEST(!x.verifies(forged));
}

BOOST_AUTO_TEST_CASE(a_keyset_with_two_roots_members_is_refused_ac4) {
  const served x{"ed25519"};
  const served evil{"ed25519"};
  instructions by;
  const auto live = x.publish("codex");
  // A keyset of another root, which shows the pinned one somewhere too.
  const auto pinned = json::parse(payload_of(json::parse(live.keyset)));
  const auto theirs = evil.publish("codex");
  const auto text = payload_of(json::parse(theirs.keyset));
  const auto root = read_key_file(evil.ledger.data() / "keys" / "root.pem",
                                  "correct horse battery staple");
  BOOST_REQUIRE(root);
  for (const bool first : {true, false}) {
    const auto decoy = "\"roots\":" + to_canonical(pinned.at("roots")) +
                       ",\"threshold\":1,\"version\":1";
    auto crafted = text;
    if (first)
      crafted.insert(1, decoy + ",");
    else
      crafted.insert(crafted.size() - 1, "," + decoy);
    const auto signature =
        sign_payload(payload_types::keyset, as_bytes(crafted), *root);
    const auto envelope =
        to_json(dsse_envelope{std::string{payload_types::keyset},
                              to_buffer(as_bytes(crafted)),
                              {signature}});
    const evidence forged{"forged", theirs.artifact, envelope,
                          live.fingerprint};
    const auto said = by.judge(forged);
    BOOST_TEST(said.none(), said.reasons);
  }
}

BOOST_AUTO_TEST_CASE(missing_inputs_beside_an_artifact_do_no_harm) {
  const served x{"ed25519"};
  instructions by;
  auto live = x.publish("vscode");
  live.artifact = x.node.get(config_path("vscode") + "?inputs=other").body;
  BOOST_TEST(live.artifact.find("missing_inputs") != std::string::npos);
  const auto said = by.judge(live);
  BOOST_TEST(said.all(), said.reasons);
}

BOOST_AUTO_TEST_CASE(a_notice_beside_an_artifact_does_no_harm_ac4) {
  const served x{"ed25519"};
  instructions by;
  auto live = x.publish("codex");
  auto family = x.node.get("clients/codex?descriptor=true").at("/descriptor");
  family.at_pointer("/schemas/0").as_object()["deprecated"] = {
      {"since", "2026-01-01"},
      {"until", "2999-01-01"},
      {"message", "Wait for the next major"}};
  const auto put = x.node.ask(
      "PUT", "clients/codex", x.ledger.admin,
      json::serialize(json::object{{"descriptor", std::move(family)}}));
  BOOST_REQUIRE_MESSAGE(put.status == 201u, put.body);
  for (auto* query : {"", "?inputs=other"}) {
    live.artifact = x.node.get(config_path("codex") + query).body;
    BOOST_TEST(live.artifact.find(",\"deprecated\":{") != std::string::npos);
    const auto said = by.judge(live);
    BOOST_TEST(said.all(), query << said.reasons);
    BOOST_TEST(x.verifies(live), query);
    for (auto* language : {"bash", "js", "python"}) {
      const auto done = by.by_hand(live, language);
      BOOST_TEST(done.status == 0, language << done.out << done.err);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
