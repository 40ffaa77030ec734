#include <map>
#include <memory>
#include <set>

#include <boost/test/unit_test.hpp>

#include "policy/secret_scanner.hpp"
#include "tests/policy/support.hpp"

using namespace signalbox;

namespace {

policy_set shipped(const std::string& file) {
  return parse_policy_set(test::read(test::schemas() / "policies" / file))
      .value();
}

/// The built-in families.
result<sample_grounds> grounds(const policy_sample& x) {
  static std::map<std::string, std::unique_ptr<test::seed>> seeds;
  if (!std::filesystem::exists(test::schemas() / "families" / x.client_id))
    return failure{errc::not_found, "no such client"};
  auto& one = seeds[x.client_id];
  if (!one)
    one = std::make_unique<test::seed>(x.client_id.c_str());
  return sample_grounds{one->client, one->schema, one->schema_ref};
}

void all_as_expected(const policy_set& rules,
                     const std::vector<policy_sample>& samples) {
  BOOST_TEST(!samples.empty());
  for (auto& x : run_samples(rules, samples, grounds))
    BOOST_TEST(x.problem == "", x.name << ": " << x.problem << '\n'
                                       << test::describe(x.findings));
}

/// One sample in a set that strips the server `a`.
sample_result run_one(const std::string& sample) {
  auto rules = parse_policy_set(
      R"({"policy_set_id":"p","version":"1.0.0","description":"d","rules":[
        {"id":"r","action":"deny-servers","names":["a"],"severity":"changed",
         "message":"m","select":{"environments":["prod"]}}],
        "samples":[{"name":"s","client_id":"cursor",)" +
      sample + "}]}");
  return run_samples(*rules, rules->samples, grounds).at(0);
}

const std::string server_a =
    R"("payload":{"mcpServers":{"a":{"command":"x"}}},)";

} // namespace

BOOST_AUTO_TEST_SUITE(policy_samples)

BOOST_AUTO_TEST_CASE(the_baseline_does_what_its_samples_say_fr7) {
  auto samples = parse_samples(
      test::read(test::schemas() / "policies" / "samples" / "baseline.json"));
  all_as_expected(test::baseline(), samples.value());
}

BOOST_AUTO_TEST_CASE(the_example_does_what_its_samples_say_fr7) {
  auto strict = shipped("examples/strict.json");
  all_as_expected(strict, strict.samples);
}

BOOST_AUTO_TEST_CASE(every_rule_of_the_shipped_sets_has_a_sample_fr7) {
  auto check = [](const policy_set& rules,
                  const std::vector<policy_sample>& samples) {
    std::set<std::string> named;
    for (auto& x : samples)
      for (auto& rule : x.rules.value_or(std::vector<std::string>{}))
        named.insert(rule);
    for (auto& rule : rules.rules)
      // A sample with a secret in it could not be put.
      BOOST_TEST((rule.id == "literal-secret" || named.contains(rule.id)),
                 rules.id << ": " << rule.id);
  };
  auto strict = shipped("examples/strict.json");
  check(strict, strict.samples);
  check(test::baseline(),
        parse_samples(test::read(test::schemas() / "policies" / "samples" /
                                 "baseline.json"))
            .value());
}

BOOST_AUTO_TEST_CASE(the_example_holds_no_secret_and_can_be_put_nfr5) {
  auto text = test::read(test::schemas() / "policies/examples/strict.json");
  auto document = parse_json(text).value();
  auto found = scan_secrets(json_nodes{document}, {});
  BOOST_TEST(found.empty(), test::describe(found));
}

BOOST_AUTO_TEST_CASE(a_sample_that_comes_to_something_else_says_so_fr7) {
  auto good = run_one(server_a + R"("profile":"prod","expect":"change",
    "rules":["r"],"becomes":{"mcpServers":{}})");
  BOOST_TEST(good.problem == "");
  auto wrong = run_one(server_a + R"("profile":"prod","expect":"pass")");
  BOOST_TEST(wrong.problem == "expected pass, got change");
  auto rules = run_one(server_a + R"("profile":"prod","expect":"change",
    "rules":["other"])");
  BOOST_TEST(rules.problem == "expected the rules other, got r");
  auto becomes = run_one(server_a + R"("profile":"prod","expect":"change",
    "becomes":{"mcpServers":{"b":{}}})");
  BOOST_TEST(!becomes.problem.empty());
  auto refused = run_one(R"("payload":{"mcpServers":1},"expect":"refuse",
    "rules":["schema"])");
  BOOST_TEST(refused.problem == "");
}

BOOST_AUTO_TEST_CASE(a_sample_goes_to_the_environment_that_it_names_fr7) {
  BOOST_TEST(run_one(server_a + R"("expect":"pass")").problem == "");
  BOOST_TEST(run_one(server_a + R"("environment":["prod"],
    "expect":"change")")
                 .problem == "");
  BOOST_TEST(run_one(server_a + R"("profile":"prod","environment":[],
    "expect":"pass")")
                 .problem == "");
}

BOOST_AUTO_TEST_CASE(a_sample_of_an_unknown_client_fails_fr7) {
  auto rules = test::baseline();
  policy_sample x;
  x.client_id = "nobody";
  x.expected = sample_verdict::refuse;
  auto out = run_samples(rules, {x}, grounds);
  BOOST_TEST(out.at(0).problem == "no such client");
  BOOST_TEST(!all_pass(out));
}

BOOST_AUTO_TEST_CASE(samples_are_read_strictly) {
  for (auto text :
       {R"({"samples":[{"name":"s","client_id":"c","payload":{},
          "expect":"maybe"}]})",
        R"({"samples":[{"name":"s","client_id":"c","payload":{},
          "expect":"pass","extra":1}]})",
        R"({"samples":[{"name":"s","client_id":"c","expect":"pass"}]})",
        R"({"samples":[{"name":"s","client_id":"c","payload":{},
          "expect":"pass","becomes":{}}]})",
        R"({"samples":1})", R"({})"})
    BOOST_TEST(!parse_samples(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
