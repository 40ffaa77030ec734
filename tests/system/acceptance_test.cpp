#include <boost/test/unit_test.hpp>

#include "policy/schema_validator.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct family {
  const char* client;
  std::vector<const char*> samples;
};

const std::vector<family> families{
    {"claude-code",
     {"no-servers", "stdio-pinned-npx", "several-servers", "unicode-values",
      "every-optional-field"}},
    {"codex",
     {"no-servers", "stdio-pinned-npx", "several-servers", "unicode-values",
      "every-optional-field"}},
    {"vscode",
     {"gallery-name", "stdio-pinned-npx", "several-servers", "unicode-values",
      "every-optional-field"}}};

std::string schema_of(const std::string& client) {
  return read_text(std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "schemas" /
                   "families" / client / "schema-1.0.0.json");
}

/// `signalbox verify` on what the node serves.
finished verify(const node_fixture& x, const std::string& artifact,
                std::vector<std::string> more = {}) {
  write_text(x.ledger.place() / "artifact.json", artifact);
  write_text(x.ledger.place() / "keyset.json",
             x.node.get("keysets/current").body);
  std::vector<std::string> words{
      "verify",      "artifact.json",      "--keyset",
      "keyset.json", "--root-fingerprint", x.ledger.fingerprint};
  words.insert(words.end(), more.begin(), more.end());
  return x.ledger.signalbox(words);
}

/// Applies a patch of add, remove and replace (RFC 6902) with Boost.JSON, so
/// that another implementation than ours judges it.
json::value patched(json::value document, const json::array& patch) {
  auto unescape = [](std::string x) {
    for (auto [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
      for (auto at = x.find(from); at != x.npos; at = x.find(from, at + 1))
        x.replace(at, 2, to);
    return x;
  };
  for (auto& step : patch) {
    const std::string op{std::string_view{step.at("op").as_string()}};
    const std::string path{std::string_view{step.at("path").as_string()}};
    if (path.empty()) {
      document = step.at("value");
      continue;
    }
    const auto cut = path.rfind('/');
    boost::system::error_code error;
    auto* found = document.find_pointer(path.substr(0, cut), error);
    BOOST_REQUIRE(found != nullptr);
    auto& parent = *found;
    const auto last = unescape(path.substr(cut + 1));
    if (parent.is_object()) {
      if (op == "remove")
        BOOST_REQUIRE_EQUAL(parent.as_object().erase(last), 1u);
      else
        parent.as_object()[last] = step.at("value");
      continue;
    }
    auto& list = parent.as_array();
    const auto place = last == "-" ? list.size() : std::stoul(last);
    if (op == "remove")
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(place));
    else if (op == "add")
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(place),
                  step.at("value"));
    else
      list.at(place) = step.at("value");
  }
  return document;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(acceptance, node_fixture)

BOOST_AUTO_TEST_CASE(get_config_returns_signed_schema_valid_artifacts_ac1_fr4) {
  for (auto& [client, samples] : families) {
    auto validator = schema_validator::compile(schema_of(client));
    BOOST_REQUIRE(validator);
    for (auto* name : samples) {
      BOOST_TEST_CONTEXT(client << ' ' << name) {
        const auto payload = sample(client, name);
        const auto published = node.publish(client, "default", payload);
        BOOST_REQUIRE_MESSAGE(published.status == 201, published.body);
        const auto got = node.get(config_path(client));
        BOOST_REQUIRE_EQUAL(got.status, 200u);
        BOOST_TEST(got.body == published.body);
        BOOST_CHECK(got.at("/payload") == payload);
        for (auto* pointer :
             {"/artifact_id", "/schema_ref", "/version", "/issued_at",
              "/policy_set_id", "/changelog", "/provenance/publisher_id",
              "/provenance/tooling_version", "/signature/alg",
              "/signature/value", "/signature/key_id"})
          BOOST_TEST(!got.text(pointer).empty(), pointer);
        BOOST_CHECK(validator->validate(got.at("/payload")).empty());
        const auto verified = verify(*this, got.body);
        BOOST_TEST(verified.status == 0, verified.err);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(diff_tells_up_to_date_outdated_and_unknown_ac2_fr9) {
  for (auto& [client, samples] : families) {
    BOOST_TEST_CONTEXT(client) {
      std::vector<answer> released;
      for (auto* name : samples)
        released.push_back(
            node.publish(client, "default", sample(client, name),
                         {{"changelog", std::string{"With "} + name}}));
      const auto& now = released.back();
      const auto latest = now.text("/artifact_id");
      const auto same = node.get(diff_path(client, latest));
      BOOST_TEST(same.text("/status") == "up-to-date");
      BOOST_TEST(same.text("/latest_artifact_id") == latest);
      for (auto& old : released) {
        const auto id = old.text("/artifact_id");
        const auto diff = node.get(diff_path(client, id) + "&patch=true");
        BOOST_TEST(diff.text("/latest_artifact_id") == latest);
        BOOST_CHECK(patched(old.at("/payload"), diff.at("/patch").as_array()) ==
                    now.at("/payload"));
        if (id == latest)
          continue;
        BOOST_TEST(diff.text("/status") == "outdated");
        BOOST_TEST(diff.text("/changelog") == "With every-optional-field");
      }
      const auto unknown =
          node.get(diff_path(client, "sha256:" + std::string(64, 'a')));
      BOOST_TEST(unknown.status == 200u);
      BOOST_TEST(unknown.text("/status") == "unknown");
      BOOST_TEST(unknown.text("/latest_artifact_id") == latest);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_artifact_of_another_profile_is_unknown_to_diff_ac2) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  const auto other =
      node.publish("codex", "prod", sample("codex", "stdio-pinned-npx"));
  const auto diff =
      node.get(diff_path("codex", other.text("/artifact_id")) + "&patch=true");
  BOOST_TEST(diff.text("/status") == "unknown");
  BOOST_TEST(!diff.has("/patch"));
}

BOOST_AUTO_TEST_CASE(a_changed_artifact_is_not_verified_ac4) {
  auto text =
      node.publish("codex", "default", sample("codex", "no-servers")).body;
  BOOST_TEST(verify(*this, text).status == 0);
  text.replace(text.find("\"A change\""), 10, "\"B change\"");
  const auto refused = verify(*this, text);
  BOOST_TEST(refused.status == 4);
  BOOST_TEST(refused.err.find("refused") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_envelope_holds_the_same_artifact) {
  const auto made =
      node.publish("codex", "default", sample("codex", "stdio-pinned-npx"));
  const auto envelope = node.get(config_path("codex") + "?form=envelope");
  BOOST_REQUIRE_EQUAL(envelope.status, 200u);
  BOOST_TEST(envelope.text("/payloadType") ==
             "application/vnd.signalbox.artifact+json");
  BOOST_TEST(envelope.text("/signatures/0/keyid") ==
             made.text("/signature/key_id"));
  BOOST_TEST(verify(*this, envelope.body).status != 0); // it has no head
  const auto sealed = verify(*this, envelope.body, {"--seal-only"});
  BOOST_TEST(sealed.status == 0, sealed.err);
}

BOOST_AUTO_TEST_CASE(an_entity_that_is_held_already_is_not_sent_again) {
  const auto made =
      node.publish("codex", "default", sample("codex", "no-servers"));
  const auto tag = node.get(config_path("codex")).header("ETag");
  BOOST_TEST(tag == made.header("ETag"));
  for (auto& held : {tag, "\"other\", " + tag, std::string{"*"}}) {
    const auto same =
        node.get(config_path("codex"), {}, "If-None-Match: " + held + "\r\n");
    BOOST_TEST(same.status == 304u, held);
    BOOST_TEST(same.body.empty());
    BOOST_TEST(same.header("ETag") == tag);
  }
  node.publish("codex", "default", sample("codex", "stdio-pinned-npx"));
  const auto changed =
      node.get(config_path("codex"), {}, "If-None-Match: " + tag + "\r\n");
  BOOST_TEST(changed.status == 200u);
  BOOST_TEST(changed.header("ETag") != tag);
}

BOOST_AUTO_TEST_CASE(head_answers_as_get_without_a_body) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  for (auto& path : {config_path("codex"), std::string{"clients"}}) {
    const auto get = node.get(path);
    const auto head = node.ask("HEAD", path);
    BOOST_TEST(head.status == 200u);
    BOOST_TEST(head.body.empty());
    BOOST_TEST(head.header("ETag") == get.header("ETag"));
    BOOST_TEST(head.header("Content-Length") == get.header("Content-Length"));
  }
}

BOOST_AUTO_TEST_CASE(the_past_is_found_by_token_and_by_time) {
  const auto first =
      node.publish("codex", "default", sample("codex", "no-servers"));
  const auto second =
      node.publish("codex", "default", sample("codex", "stdio-pinned-npx"));
  const auto ask = [&](const std::string& at) {
    return node.get(config_path("codex") + "?at=" + at);
  };
  for (auto* made : {&first, &second}) {
    const auto then = ask(made->header("Signalbox-Token"));
    BOOST_REQUIRE_MESSAGE(then.status == 200u, then.body);
    BOOST_TEST(then.text("/artifact_id") == made->text("/artifact_id"));
    BOOST_TEST(!then.has("/head"));
    BOOST_TEST(then.has("/at/index"));
    const auto cut = then.body.rfind(",\"signature\":");
    BOOST_TEST(then.body.substr(0, cut) ==
               made->body.substr(0, made->body.rfind(",\"signature\":")));
  }
  // The entry's log time is the moment from which it counts.
  const auto since = ask(second.header("Signalbox-Token")).text("/at/since");
  BOOST_TEST(ask(since).text("/artifact_id") == second.text("/artifact_id"));
  BOOST_TEST(ask("2099-01-01T00:00:00Z").text("/artifact_id") ==
             second.text("/artifact_id"));
  BOOST_TEST(ask("2020-01-01T00:00:00Z").status == 404u);
  const auto wrong = ask("yesterday");
  BOOST_TEST(wrong.status == 400u);
  BOOST_TEST(wrong.text("/pointer") == "/at");
}

BOOST_AUTO_TEST_CASE(a_token_of_another_history_or_of_the_future_is_told) {
  const auto made =
      node.publish("codex", "default", sample("codex", "no-servers"));
  const test_ledger other_ledger;
  const node_process other{other_ledger};
  const auto foreign =
      other.publish("codex", "default", sample("codex", "no-servers"));
  for (auto* parameter : {"?token=", "?at="}) {
    BOOST_TEST_CONTEXT(parameter) {
      const auto path = config_path("codex") + parameter;
      BOOST_TEST(node.get(path + made.header("Signalbox-Token")).status ==
                 200u);
      other.publish("codex", "default", sample("codex", "stdio-pinned-npx"));
      const auto judged = node.get(path + foreign.header("Signalbox-Token"));
      BOOST_TEST(judged.status == 409u, judged.body);
      BOOST_TEST(judged.code() == "history_changed");
    }
  }
}

BOOST_AUTO_TEST_CASE(inputs_are_names_and_missing_ones_are_listed_fr5) {
  node.publish("codex", "default", sample("codex", "every-optional-field"));
  const auto path = config_path("codex");
  const auto all = node.get(path);
  BOOST_TEST(!all.has("/missing_inputs"));
  BOOST_TEST(all.at("/inputs").as_array().size() == 6u);
  const auto some = node.get(path + "?inputs=DB_URL,DB_USER,TRACKER_TOKEN");
  BOOST_CHECK(some.at("/missing_inputs") ==
              (json::array{"DB_REGION", "DB_TRACE", "TRACKER_TENANT"}));
  BOOST_CHECK(some.at("/inputs") == all.at("/inputs"));
  BOOST_TEST(verify(*this, some.body).status == 0);
  const auto value = node.get(path + "?inputs=DB_URL%3Dpostgres%3A%2F%2Fme");
  BOOST_TEST(value.status == 400u);
  BOOST_TEST(value.text("/pointer") == "/inputs");
  BOOST_TEST(value.body.find("postgres") == std::string::npos);
  BOOST_TEST(node.stop() == 0); // all lines of the log are written
  BOOST_TEST(node.log().find("postgres") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(accept_chooses_the_major_of_the_schema) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  const auto path = config_path("codex") + "?accept=";
  BOOST_TEST(node.get(path + "1").status == 200u);
  BOOST_TEST(node.get(path + "1,2").status == 200u);
  BOOST_TEST(node.get(path + "codex/1.0.0").status == 200u);
  BOOST_TEST(node.get(path + "%5E1.0").status == 200u);
  BOOST_TEST(node.get(path + "%3E%3D1.0%20%3C3").status == 200u);
  for (auto other : {"2", "1.1", "%5E1.1", "%3C1"}) {
    const auto refused = node.get(path + other);
    BOOST_TEST(refused.status == 404u, other);
    BOOST_TEST(refused.text("/pointer") == "/accept");
    BOOST_TEST(refused.text("/available/0/schema_ref") == "codex/1.0.0");
  }
  BOOST_TEST(node.get(path + "newest").status == 400u);
  const auto nothing = node.get(config_path("codex", "prod") + "?accept=1");
  BOOST_TEST(nothing.status == 404u);
  BOOST_TEST(!nothing.has("/available"));
}

BOOST_AUTO_TEST_CASE(discovery_names_families_profiles_and_notes_fr1_fr2_fr3) {
  const auto clients = node.get("clients");
  BOOST_REQUIRE_EQUAL(clients.document.as_array().size(), 14u);
  for (auto& x : clients.document.as_array()) {
    const std::string id{std::string_view{x.at("client_id").as_string()}};
    BOOST_TEST(!x.at("capabilities").as_array().empty());
    BOOST_CHECK(node.get("clients/" + id + "/profiles").document ==
                x.at("profiles"));
    BOOST_CHECK(x.at("profiles") == (json::array{"default", "prod"}));
    const auto one = node.get("clients/" + id);
    BOOST_TEST(!one.at("/notes/required_keys").as_array().empty());
    BOOST_TEST(!one.at("/notes/known_limitations").as_array().empty());
    for (auto& schema : x.at("schemas").as_array())
      BOOST_TEST(!schema.at("version_range").as_string().empty());
    const auto schema = node.get("clients/" + id + "/schemas/1.0.0");
    BOOST_CHECK(schema.document == json::parse(schema_of(id)));
  }
}

BOOST_AUTO_TEST_CASE(nodes_say_whether_they_are_ready) {
  BOOST_TEST(node.get("/healthz").status == 200u);
  BOOST_TEST(node.get("/readyz/write").status == 200u);
  const auto reads = node.get("/readyz/read");
  BOOST_TEST(reads.status == 200u);
  BOOST_TEST(reads.body.find("ms ago") != std::string::npos); // its age
}

BOOST_AUTO_TEST_CASE(metrics_have_their_names_nfr11) {
  node.publish("codex", "default", sample("codex", "no-servers"));
  node.publish("codex", "default", json::object{});
  node.get(config_path("codex"));
  const auto text = node.get("/metrics").body;
  for (auto* line :
       {"signalbox_requests_total{operation=\"GetConfig\",status=\"200\"} 1",
        "signalbox_requests_total{operation=\"Publish\",status=\"201\"} 1",
        "signalbox_requests_total{operation=\"Publish\",status=\"422\"} 1",
        "signalbox_request_seconds_bucket{operation=\"Publish\",le=",
        "signalbox_publishes_total{outcome=\"accepted\"} 1",
        "signalbox_publishes_total{outcome=\"refused\"} 1",
        "signalbox_validation_failures_total{rule=\"",
        "signalbox_ready_write 1", "signalbox_fold_lag_entries 0",
        "signalbox_folded_entries ", "signalbox_open_connections ",
        "signalbox_channels 1"})
    BOOST_TEST(text.find(line) != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(logs_are_json_lines_with_request_and_trace_ids_nfr11) {
  node.get("clients", {},
           "X-Request-Id: my-request\r\ntraceparent: "
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
  BOOST_TEST(node.stop() == 0);
  bool found = false;
  std::istringstream lines{node.log()};
  for (std::string line; std::getline(lines, line);) {
    const auto x = json::parse(line).as_object();
    if (x.contains("request_id") && x.at("request_id") == "my-request") {
      found = true;
      BOOST_TEST(x.at("trace_id") == "0af7651916cd43dd8448eb211c80319c");
      BOOST_TEST(x.at("operation") == "ListClients");
      BOOST_TEST(x.at("status") == 200);
    }
  }
  BOOST_TEST(found);
}

BOOST_AUTO_TEST_SUITE_END()
