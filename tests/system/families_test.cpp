#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/system/acme_family.hpp"
#include "tests/system/metric.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct family_bench : node_fixture {
  answer put(const json::object& body, const std::string& token = {},
             const std::string& client = "acme",
             const std::string& headers = {}) const {
    return node.ask("PUT", "clients/" + client,
                    token.empty() ? ledger.admin : token, json::serialize(body),
                    headers);
  }

  std::uint64_t accepted() const {
    return metric(node, "signalbox_entries_accepted_total");
  }

  finished families(std::vector<std::string> words) const {
    words.insert(words.begin(), "families");
    if (words[1] != "check")
      for (auto& x :
           {std::string{"--url"}, node.url, std::string{"--token-file"},
            (ledger.data() / "admin.token").string()})
        words.push_back(x);
    return ledger.signalbox(words);
  }
};

const json::object no_servers{{"servers", json::object{}}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(families_at_run_time, family_bench)

BOOST_AUTO_TEST_CASE(a_new_family_is_listed_and_takes_its_first_artifact_uc1) {
  const auto made = put(acme(), node.issue({"operator"}));
  BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
  BOOST_TEST(made.at("/samples/valid") == 1);
  BOOST_TEST(!made.header("Signalbox-Token").empty());
  const auto listed = node.get("clients").document.as_array();
  BOOST_TEST(std::count_if(listed.begin(), listed.end(), [](auto& x) {
               return x.at("client_id") == "acme";
             }) == 1);
  const auto one = node.get("clients/acme?descriptor=true");
  BOOST_TEST(one.text("/notes/reload") == "at once");
  BOOST_TEST(one.at("/family_version") == 1);
  BOOST_TEST(one.text("/descriptor/name") == "Acme");
  BOOST_CHECK(one.at("/profiles") == (json::array{"default", "prod"}));
  const auto publisher = node.issue({"publisher"});
  const auto checked =
      node.post("clients/acme/profiles/prod/validate",
                json::object{{"draft_payload", no_servers}}, publisher);
  BOOST_TEST(checked.at("/valid") == true, checked.body);
  const auto released =
      node.publish("acme", "prod", no_servers, {}, {}, publisher);
  BOOST_REQUIRE_MESSAGE(released.status == 201, released.body);
  BOOST_TEST(node.get(config_path("acme", "prod")).text("/schema_ref") ==
             "acme/1.0.0");
  node.stop();
  node.restart();
  BOOST_TEST(node.get(config_path("acme", "prod")).status == 200u);
}

BOOST_AUTO_TEST_CASE(
    samples_that_do_not_hold_are_reported_and_nothing_written) {
  const auto publisher = node.issue({"publisher"});
  const auto before = accepted();
  auto body = acme();
  body["samples"].at_pointer("/valid/none").as_object()["other"] = 1;
  const auto refused = put(body);
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.code() == "validation_failed");
  BOOST_TEST(refused.text("/report/errors/0/pointer")
                 .starts_with("/samples/valid/none"));
  body = acme();
  body["schemas"].as_object()["schema-1.0.0.json"] = json::object{
      {"$schema", "http://json-schema.org/draft-07/schema#"}, {"$ref", "#"}};
  BOOST_TEST(put(body).status == 422u);
  BOOST_TEST(put(acme(), {}, "other").text("/pointer") ==
             "/descriptor/client_id");
  BOOST_TEST(put(acme(), publisher).status == 403u);
  BOOST_TEST(node.get("clients/acme").status == 404u);
  BOOST_TEST(accepted() == before);
}

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_would_happen_and_writes_nothing) {
  const auto before = accepted();
  auto body = acme();
  body["dry_run"] = true;
  const auto would = put(body);
  BOOST_REQUIRE_MESSAGE(would.status == 200, would.body);
  BOOST_TEST(would.at("/valid") == true);
  BOOST_TEST(would.at("/changed") == true);
  BOOST_TEST(accepted() == before);
}

BOOST_AUTO_TEST_CASE(what_a_schema_ref_names_stays_and_new_versions_come) {
  BOOST_REQUIRE_EQUAL(put(acme()).status, 201u);
  auto changed = acme();
  changed["schemas"].as_object()["schema-1.0.0.json"] = schema("another");
  BOOST_TEST(put(changed).text("/report/errors/0/pointer") ==
             "/schemas/schema-1.0.0.json");
  const auto before = accepted();
  const auto again = put(acme());
  BOOST_TEST(again.status == 200u, again.body);
  BOOST_TEST(again.at("/changed") == false);
  BOOST_TEST(accepted() == before);
  const auto more = put(acme({"1.0.0", "1.1.0", "2.0.0"}));
  // Each new schema needs samples, and these are the newest one's.
  BOOST_TEST(more.status == 422u, more.body);
  auto whole = acme({"1.0.0", "1.1.0", "2.0.0"});
  whole["samples"].as_object()["1.1.0"] = samples();
  const auto put_all = put(whole);
  BOOST_REQUIRE_MESSAGE(put_all.status == 201, put_all.body);
  BOOST_TEST(put_all.at("/schemas").as_array().size() == 3u);
  const auto first = node.publish("acme", "default", no_servers);
  BOOST_TEST(first.text("/schema_ref") == "acme/1.1.0");
  const auto second = node.publish("acme", "default", no_servers,
                                   {{"schema_ref", "acme/2.0.0"}});
  BOOST_TEST(second.text("/schema_ref") == "acme/2.0.0");
  // A channel for each major: both are current at once.
  BOOST_TEST(node.get(config_path("acme") + "?accept=1").text("/schema_ref") ==
             "acme/1.1.0");
  BOOST_TEST(node.get(config_path("acme") + "?accept=2").text("/schema_ref") ==
             "acme/2.0.0");
}

BOOST_AUTO_TEST_CASE(a_schema_in_use_cannot_be_taken_away) {
  auto whole = acme({"1.0.0", "1.1.0", "2.0.0"});
  whole["samples"].as_object()["1.0.0"] = samples();
  whole["samples"].as_object()["1.1.0"] = samples();
  BOOST_REQUIRE_EQUAL(put(whole).status, 201u);
  BOOST_REQUIRE_EQUAL(node.publish("acme", "default", no_servers).status, 201u);
  const auto refused = put(acme({"1.0.0", "2.0.0"}));
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.text("/detail").find("acme/1.1.0") != std::string::npos);
  BOOST_TEST(refused.text("/pointer") == "/descriptor/schemas");
  const auto unused = put(acme({"1.1.0", "2.0.0"}));
  BOOST_TEST(unused.status == 201u, unused.body);
  auto no_major = acme({"2.0.0"});
  no_major["descriptor"].as_object()["default_major"] = 2;
  BOOST_TEST(put(no_major).status == 422u);
  auto stale = acme({"1.1.0", "2.0.0"});
  stale["expected_version"] = 1;
  BOOST_TEST(put(stale).status == 409u);
}

BOOST_AUTO_TEST_CASE(three_majors_are_servable_at_once_uc1) {
  auto whole = acme({"1.0.0", "2.0.0", "3.0.0"});
  for (auto* version : {"1.0.0", "2.0.0"})
    whole["samples"].as_object()[version] = samples();
  BOOST_REQUIRE_EQUAL(put(whole).status, 201u);
  const std::vector<std::string> majors{"1", "2", "3"};
  std::vector<answer> released;
  for (auto& major : majors) {
    released.push_back(
        node.publish("acme", "default", no_servers,
                     {{"schema_ref", "acme/" + major + ".0.0"}}));
    BOOST_REQUIRE_MESSAGE(released.back().status == 201, released.back().body);
  }
  const auto ask = [&](const std::string& accept) {
    return node.get(config_path("acme") + "?accept=" + accept);
  };
  for (std::size_t i = 0; i < majors.size(); ++i) {
    const auto served = ask(majors[i]);
    BOOST_TEST(served.body == released[i].body);
    BOOST_TEST(served.text("/schema_ref") == "acme/" + majors[i] + ".0.0");
  }
  BOOST_TEST(ask("1,2").body == released[1].body); // the newest that it takes
  BOOST_TEST(ask("%3C3").body == released[1].body);
  BOOST_TEST(node.get(config_path("acme")).body == released[0].body);
  const auto refused = ask("4,%3E%3D5%20%3C6");
  BOOST_TEST(refused.status == 404u);
  BOOST_TEST(refused.text("/pointer") == "/accept");
  BOOST_CHECK(refused.at("/available") ==
              (json::array{{{"schema_ref", "acme/3.0.0"}, {"major", 3}},
                           {{"schema_ref", "acme/2.0.0"}, {"major", 2}},
                           {{"schema_ref", "acme/1.0.0"}, {"major", 1}}}));
  const auto rpc = node.rpc(
      "GetConfig",
      {{"client_id", "acme"}, {"profile", "default"}, {"accept", {"4"}}});
  BOOST_CHECK(rpc.at("/error/data/available") == refused.at("/available"));
  // None of them can be taken away while it is served.
  BOOST_TEST(put(acme({"2.0.0", "3.0.0"})).status == 422u);
}

BOOST_AUTO_TEST_CASE(a_retried_put_is_answered_as_the_first_was) {
  const std::string key = "Idempotency-Key: put-acme\r\n";
  auto body = acme();
  body["expected_version"] = 0;
  const auto first = put(body, {}, "acme", key);
  BOOST_REQUIRE_MESSAGE(first.status == 201, first.body);
  const auto before = accepted();
  const auto retry = put(body, {}, "acme", key);
  BOOST_TEST(retry.status == 201u, retry.body);
  BOOST_TEST(retry.body == first.body);
  auto more = acme({"1.0.0", "2.0.0"});
  const auto reused = put(more, {}, "acme", key);
  BOOST_TEST(reused.status == 422u, reused.body);
  BOOST_TEST(reused.code() == "key_reused");
  BOOST_TEST(accepted() == before);
  // Without the key it is another request, which has nothing to do.
  BOOST_TEST(put(acme()).status == 200u);
  node.stop();
  node.restart();
  BOOST_TEST(put(body, {}, "acme", key).body == first.body);
}

BOOST_AUTO_TEST_CASE(a_deprecated_schema_warns_and_at_its_end_is_refused) {
  const auto deprecate = [&](const json::object& how) {
    auto body = acme();
    body["descriptor"].at_pointer("/schemas/0").as_object()["deprecated"] = how;
    return put(body);
  };
  const auto validate = [&] {
    return node.post("clients/acme/profiles/default/validate",
                     json::object{{"draft_payload", no_servers}}, ledger.admin);
  };
  BOOST_REQUIRE_EQUAL(deprecate({{"since", "2026-01-01"},
                                 {"until", "2999-01-01"},
                                 {"message", "Wait for acme/2.0.0"}})
                          .status,
                      201u);
  const auto warned = validate();
  BOOST_TEST(warned.at("/valid") == true, warned.body);
  BOOST_TEST(warned.text("/warnings/0/rule") == "schema-deprecated");
  const auto released = node.publish("acme", "default", no_servers);
  BOOST_REQUIRE_MESSAGE(released.status == 201, released.body);
  BOOST_TEST(released.text("/validation/warnings/0/rule") ==
             "schema-deprecated");
  const auto served = node.get(config_path("acme"));
  BOOST_TEST(served.text("/deprecated/schema_ref") == "acme/1.0.0");
  BOOST_TEST(served.text("/deprecated/message") == "Wait for acme/2.0.0");
  const auto etag = served.header("ETag");
  BOOST_TEST(node.get("clients/acme").text("/schemas/0/deprecated/until") ==
             "2999-01-01T00:00:00.000Z");
  BOOST_REQUIRE_EQUAL(deprecate({{"since", "2025-01-01"},
                                 {"until", "2025-06-01"},
                                 {"message", "Use acme/2.0.0"}})
                          .status,
                      201u);
  BOOST_TEST(validate().at("/valid") == false);
  // What is prepared does not outlive what the family said.
  const auto later =
      node.get(config_path("acme"), {}, "If-None-Match: " + etag + "\r\n");
  BOOST_TEST(later.text("/deprecated/message") == "Use acme/2.0.0");
  const auto refused =
      node.publish("acme", "default", {{"servers", {{"a", 1}}}});
  BOOST_TEST(refused.status == 422u, refused.body);
  BOOST_TEST(refused.text("/report/errors/0/message").find("acme/2.0.0") !=
             std::string::npos);
  // What is current under it stays.
  BOOST_TEST(node.get(config_path("acme")).text("/artifact_id") ==
             released.text("/artifact_id"));
}

BOOST_AUTO_TEST_CASE(both_surfaces_put_families_alike) {
  const auto rpc = node.rpc(
      "PutFamily",
      json::array{acme()["descriptor"], acme()["schemas"], acme()["samples"]},
      ledger.admin);
  BOOST_REQUIRE_MESSAGE(rpc.has("/result"), rpc.body);
  const auto rest = put(acme());
  BOOST_TEST(rest.status == 200u);
  BOOST_TEST(rest.text("/client_id") == rpc.text("/result/client_id"));
  const auto wrong =
      node.rpc("PutFamily", {{"descriptor", json::object{}}}, ledger.admin);
  BOOST_TEST(wrong.text("/error/data/code") == "validation_failed");
}

BOOST_AUTO_TEST_CASE(the_command_line_checks_puts_and_shows_a_folder_uc1) {
  const auto folder = ledger.place() / "acme";
  for (auto kind : {"valid", "invalid"})
    std::filesystem::create_directories(folder / "samples" / kind);
  auto body = acme();
  write_text(folder / "family.json", json::serialize(body["descriptor"]));
  write_text(folder / "schema-1.0.0.json", json::serialize(schema("x1.0.0")));
  write_text(folder / "samples/valid/none.json", json::serialize(no_servers));
  write_text(folder / "samples/invalid/missing.json",
             json::serialize(body["samples"].at_pointer("/invalid/missing")));
  const auto good = families({"check", folder.string()});
  BOOST_TEST(good.status == 0, good.err);
  BOOST_TEST(good.out.find("1 valid and 1 invalid") != std::string::npos);
  const auto tried = families({"put", folder.string(), "--dry-run"});
  BOOST_TEST(tried.out == "acme: would be put\n", tried.err);
  const auto made = families({"put", folder.string()});
  BOOST_TEST(made.out == "acme: put\n", made.err);
  const auto listed = families({"list"});
  BOOST_TEST(listed.out.find("acme/1.0.0") != std::string::npos);
  const auto copy = ledger.place() / "copy";
  BOOST_TEST(families({"show", "acme", "--output", copy.string()}).status == 0);
  BOOST_TEST(json::parse(read_text(copy / "schema-1.0.0.json")) ==
             json::value(schema("x1.0.0")));
  BOOST_TEST(families({"put", copy.string()}).out == "acme: nothing changed\n");
  write_text(folder / "samples/valid/none.json", "{\"none\":1}");
  const auto bad = families({"check", folder.string()});
  BOOST_TEST(bad.status == 4, bad.err);
  BOOST_TEST(bad.out.find("/samples/valid/none") != std::string::npos, bad.out);
  write_text(folder / "samples/valid/none.json", "{,}");
  BOOST_TEST(families({"check", folder.string()}).status == 2);
  BOOST_TEST(families({"check", "nowhere"}).status == 3);
}

BOOST_AUTO_TEST_CASE(sync_never_overwrites_what_an_operator_edited) {
  const auto states = [&](std::vector<std::string> words) {
    words.emplace_back("--json");
    const auto said = families(words);
    BOOST_REQUIRE_MESSAGE(said.status == 0, said.err);
    return json::parse(said.out).as_array();
  };
  const auto of = [](const json::array& all, std::string_view id) {
    for (auto& x : all)
      if (x.at("client_id").as_string() == id)
        return std::string{std::string_view{x.at("state").as_string()}};
    return std::string{"none"};
  };
  BOOST_TEST(of(states({"sync"}), "codex") == "current");
  auto family = node.get("clients/codex?descriptor=true").at("/descriptor");
  family.at_pointer("/notes").as_object()["reload"] = "As our operators say.";
  const auto edited = put({{"descriptor", family}}, {}, "codex");
  BOOST_REQUIRE_MESSAGE(edited.status == 201, edited.body);
  const auto all = states({"sync"});
  BOOST_TEST(of(all, "codex") == "edited, left alone");
  BOOST_TEST(of(all, "vscode") == "current");
  BOOST_TEST(node.get("clients/codex").text("/notes/reload") ==
             "As our operators say.");
}

BOOST_AUTO_TEST_SUITE_END()
