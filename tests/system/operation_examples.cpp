#include "tests/system/operation_examples.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "events/hash.hpp"
#include "projections/chain.hpp"

namespace signalbox::test {

namespace {

json::object place() {
  return {{"client_id", "codex"}, {"profile", "default"}};
}

template <class T>
json::object with(json::object x, std::string_view name, const T& value) {
  x[name] = json::value_from(value);
  return x;
}

json::object policy_set() {
  return {{"policy_set_id", "example"},
          {"version", "1.0.0"},
          {"description", "An example"},
          {"rules", json::array{}}};
}

json::object template_name() {
  return {{"client_id", "codex"}, {"template_id", "search"}};
}

json::object named_template() {
  const json::object server{{"command", "search-mcp"},
                            {"args", json::array{"--port", "${param:port}"}}};
  return {{"client_id", "codex"},
          {"template_id", "search"},
          {"version", "1.0.0"},
          {"description", "A search server"},
          {"payload", {{"mcp_servers", {{"search", server}}}}},
          {"parameters", {{"port", {{"type", "integer"}, {"default", 8080}}}}}};
}

json::object filled_draft() {
  return with(place(), "template",
              json::object{{"template_id", "search"},
                           {"parameters", {{"port", 9000}}}});
}

const std::string another_node(32, '7');

json::object binding() {
  return with(place(), "policy_set_id", "baseline");
}

using strings = std::vector<std::string>;
using stage = example_stage;

} // namespace

example_stage::example_stage() {
  const json::object key{{"idempotency_key", "the-first"}};
  first = node.publish("codex", "default", sample("codex", "no-servers"), key);
  second =
      node.publish("codex", "default", sample("codex", "every-optional-field"));
  command = make_event_id(
                *ledger_id::from_hex(first.text("/ledger_id")),
                *principal_id::from_hex(first.text("/provenance/publisher_id")),
                "the-first")
                .hex();
  draft = sample("codex", "stdio-pinned-npx");
  write_text(file("draft.json"), json::serialize(draft));
  write_text(file("policy.json"), json::serialize(policy_set()));
  write_text(file("template.json"), json::serialize(named_template()));
  for (int i = 0; i < 3; ++i)
    tokens.push_back(node.post("tokens", {{"roles", {"reader"}}}, ledger.admin)
                         .text("/token_id"));
  const auto admin = (ledger.data() / "admin.token").string();
  const auto root = (ledger.data() / "keys" / "root.pem").string();
  ledger.signalbox({"keys", "request", "--online", "--url", node.url,
                    "--token-file", admin, "--out", file("request")});
  ledger.signalbox({"keys", "sign", "--root", root, "--in", file("request"),
                    "--out", file("signed")});
  envelope = json::parse(read_text(file("signed")));
}

const std::vector<operation_example>& operation_examples() {
  static const std::vector<operation_example> all{
      {"ListClients", [](auto&, auto) { return json::object{}; },
       [](auto&) { return strings{"clients"}; }},
      {"GetClient",
       [](auto&, auto) {
         return json::object{{"client_id", "codex"}};
       },
       [](auto&) {
         return strings{"clients", "codex"};
       }},
      {"GetSchema",
       [](auto&, auto) {
         return json::object{{"client_id", "codex"}, {"version", "1.0.0"}};
       }},
      {"ListProfiles",
       [](auto&, auto) {
         return json::object{{"client_id", "codex"}};
       },
       [](auto&) {
         return strings{"profiles", "codex"};
       }},
      {"GetConfig", [](auto&, auto) { return place(); },
       [](auto&) {
         return strings{"get", "codex", "default"};
       }},
      {"GetConfig",
       [](auto&, auto) {
         return with(place(), "inputs", json::array{"DB_URL", "OTHER"});
       },
       [](auto&) {
         return strings{"get", "codex", "default", "--inputs", "DB_URL,OTHER"};
       }},
      {"GetConfig",
       [](auto&, auto) { return with(place(), "form", "envelope"); },
       [](auto&) {
         return strings{"get", "codex", "default", "--form", "envelope"};
       }},
      {"GetConfig",
       [](const stage& x, auto) {
         return with(place(), "at", x.first.header("Signalbox-Token"));
       },
       [](const stage& x) {
         return strings{"get", "codex", "default", "--at",
                        x.first.header("Signalbox-Token")};
       }},
      {"DiffConfig",
       [](const stage& x, auto) {
         return with(with(place(), "patch", true), "current_artifact_id",
                     x.first.text("/artifact_id"));
       },
       [](const stage& x) {
         return strings{"diff",    "codex",     "default",
                        "--patch", "--current", x.first.text("/artifact_id")};
       }},
      {"DiffConfig",
       [](const stage& x, auto) {
         return with(place(), "current_artifact_id",
                     x.second.text("/artifact_id"));
       },
       [](const stage& x) {
         return strings{"diff", "codex", "default", "--current",
                        x.second.text("/artifact_id")};
       }},
      {"PollChanges",
       [](const stage& x, auto) {
         return json::object{{"since_token", x.first.header("Signalbox-Token")},
                             {"client_id", "codex"}};
       }},
      {"PollChanges",
       [](auto&, auto) {
         return json::object{{"limit", 1}};
       }},
      {"SubscribeConfigUpdates", [](auto&, auto) { return place(); }},
      {"GetKeyset", [](auto&, auto) { return json::object{}; },
       [](auto&) {
         return strings{"keysets", "--current"};
       }},
      {"GetKeyset",
       [](auto&, auto) {
         return json::object{{"version", 1}};
       }},
      {"GetCommand",
       [](const stage& x, auto) {
         return json::object{{"command_id", x.command}};
       }},
      {"GetAudit",
       [](auto&, auto) {
         return json::object{{"client_id", "codex"},
                             {"kind", json::array{"artifact_published"}},
                             {"limit", 1}};
       },
       [](auto&) {
         return strings{"audit",  "--client",           "codex",
                        "--kind", "artifact_published", "--limit",
                        "1"};
       }},
      {"GetAudit",
       [](auto&, auto) {
         return json::object{{"order", "oldest"}, {"limit", 1000}};
       },
       [](auto&) {
         return strings{"audit", "--order", "oldest", "--limit", "1000"};
       }},
      {"GetAuditRecord",
       [](auto&, auto) {
         return json::object{{"index", "3"}};
       },
       [](auto&) {
         return strings{"audit", "show", "3"};
       }},
      {"ReportClientState",
       [](const stage& x, auto) {
         return with(with(with(place(), "client_fingerprint", "host-1"),
                          "result", "applied"),
                     "artifact_id", x.second.text("/artifact_id"));
       },
       [](const stage& x) {
         return strings{"report",
                        "codex",
                        "default",
                        "--fingerprint",
                        "host-1",
                        "--artifact",
                        x.second.text("/artifact_id")};
       },
       likeness::same_form},
      {"GetDeployments",
       [](auto&, auto) {
         return json::object{{"client_id", "codex"}};
       },
       [](auto&) {
         return strings{"deployments", "--client", "codex"};
       },
       likeness::same_form},
      {"ValidateDraft",
       [](const stage& x, auto) {
         return with(place(), "draft_payload", x.draft);
       },
       [](const stage& x) {
         return strings{"validate", "codex", "default", x.file("draft.json")};
       }},
      {"Publish",
       [](const stage& x, auto) {
         return with(with(place(), "draft_payload", x.draft), "changelog",
                     "A third");
       },
       [](const stage& x) {
         return strings{"publish",     "codex",
                        "default",     x.file("draft.json"),
                        "--changelog", "A third"};
       }},
      {"PutTemplate", [](auto&, auto) { return named_template(); },
       [](const stage& x) {
         return strings{"templates", "put", x.file("template.json")};
       }},
      {"ListTemplates", [](auto&, auto) { return json::object{}; },
       [](auto&) {
         return strings{"templates", "list"};
       }},
      {"ListTemplates",
       [](auto&, auto) {
         return json::object{{"client_id", "codex"}};
       },
       [](auto&) {
         return strings{"templates", "list", "codex"};
       }},
      {"GetTemplate", [](auto&, auto) { return template_name(); },
       [](auto&) {
         return strings{"templates", "get", "codex", "search"};
       }},
      {"GetTemplate",
       [](auto&, auto) { return with(template_name(), "version", "1.0.0"); },
       [](auto&) {
         return strings{"templates", "get", "codex", "search@1.0.0"};
       }},
      {"ValidateDraft", [](auto&, auto) { return filled_draft(); },
       [](auto&) {
         return strings{"validate", "codex",   "default",  "--template",
                        "search",   "--param", "port=9000"};
       }},
      {"Publish",
       [](auto&, auto) { return with(filled_draft(), "changelog", "Filled"); },
       [](auto&) {
         return strings{"publish",    "codex",       "default",
                        "--template", "search",      "--param",
                        "port=9000",  "--changelog", "Filled"};
       }},
      {"ActivateFold", [](auto&, auto) { return json::object{}; },
       [](auto&) {
         return strings{"ledger", "activate"};
       }},
      {"Revert",
       [](auto&, auto) {
         return with(with(place(), "version", "1.0.0"), "changelog", "Back");
       },
       [](auto&) {
         return strings{"revert", "codex",       "default", "--to",
                        "1.0.0",  "--changelog", "Back"};
       }},
      // A seed as it is: nothing to change, so all surfaces answer alike.
      {"PutFamily",
       [](auto&, auto) {
         const auto text =
             read_text(std::filesystem::path{SIGNALBOX_SOURCE_DIR} /
                       "schemas/families/codex/family.json");
         return json::object{{"client_id", "codex"},
                             {"descriptor", json::parse(text)}};
       }},
      {"PutProfile",
       [](auto&, auto) {
         return json::object{{"client_id", "codex"},
                             {"profile", "canary"},
                             {"environment", json::array{"prod", "eu"}}};
       },
       [](auto&) {
         return strings{"profiles", "put",  "codex", "canary",
                        "--tag",    "prod", "--tag", "eu"};
       }},
      {"ListPolicySets", [](auto&, auto) { return json::object{}; },
       [](auto&) {
         return strings{"policies", "list"};
       }},
      {"GetPolicySet",
       [](auto&, auto) {
         return json::object{{"policy_set_id", "baseline"},
                             {"version", "1.0.0"}};
       },
       [](auto&) {
         return strings{"policies", "show", "baseline", "1.0.0"};
       }},
      {"PutPolicySet",
       [](auto&, auto) {
         return json::object{{"document", policy_set()}};
       },
       [](const stage& x) {
         return strings{"policies", "put", x.file("policy.json")};
       }},
      {"BindPolicySet",
       [](auto&, auto) { return with(binding(), "dry_run", true); },
       [](auto&) {
         return strings{"policies", "bind",     "codex",
                        "default",  "baseline", "--dry-run"};
       }},
      {"BindPolicySet", [](auto&, auto) { return binding(); },
       [](auto&) {
         return strings{"policies", "bind", "codex", "default", "baseline"};
       }},
      {"BindPolicySet",
       [](auto&, auto) { return with(binding(), "profile", "*"); },
       [](auto&) {
         return strings{"policies", "bind", "codex", "*", "baseline"};
       }},
      {"Reseal", [](auto&, auto) { return place(); },
       [](auto&) {
         return strings{"reseal", "codex", "default"};
       }},
      {"ListTokens", [](auto&, auto) { return json::object{}; },
       [](auto&) {
         return strings{"tokens", "list"};
       }},
      {"IssueToken",
       [](auto&, auto) {
         return json::object{{"roles", json::array{"reader"}}};
       },
       [](auto&) {
         return strings{"tokens", "issue", "--role", "reader"};
       },
       likeness::same_form},
      {"RevokeToken",
       [](const stage& x, surface by) {
         return json::object{
             {"token_id", x.tokens[static_cast<std::size_t>(by)]}};
       },
       [](const stage& x) {
         return strings{"tokens", "revoke", x.tokens[2]};
       },
       likeness::same_form},
      {"ListNodes", [](auto&, auto) { return json::object{}; },
       [](auto&) {
         return strings{"nodes", "list"};
       }},
      {"PutNode",
       [](auto&, auto) {
         return json::object{{"node_id", another_node}};
       },
       [](auto&) {
         return strings{"nodes", "add", another_node};
       }},
      {"PutNode",
       [](auto&, auto) {
         return json::object{{"node_id", another_node}, {"active", false}};
       },
       [](auto&) {
         return strings{"nodes", "remove", another_node};
       }},
      {"PutKeyset",
       [](const stage& x, auto) {
         return json::object{{"envelope", x.envelope},
                             {"idempotency_key", "the-keyset"}};
       }},
  };
  return all;
}

std::string target_of(const operation_request& x) {
  namespace urls = boost::urls;
  auto out = x.path;
  char mark = '?';
  for (auto& [name, value] : x.query) {
    out += mark + name + '=' + urls::encode(value, urls::unreserved_chars);
    mark = '&';
  }
  return out;
}

answer ask_rest(const example_stage& x, const operation_example& y) {
  const auto request =
      spell(*find_operation(y.operation), y.params(x, surface::rest)).value();
  const auto method = request.method == http_method::post      ? "POST"
                      : request.method == http_method::put     ? "PUT"
                      : request.method == http_method::delete_ ? "DELETE"
                                                               : "GET";
  const bool has_body =
      request.method == http_method::post || request.method == http_method::put;
  return x.node.ask(method, target_of(request), x.ledger.admin,
                    has_body ? json::serialize(request.body) : "");
}

} // namespace signalbox::test
