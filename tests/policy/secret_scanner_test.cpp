#include "policy/secret_scanner.hpp"

#include <boost/test/unit_test.hpp>

#include "policy/inputs.hpp"
#include "policy/opaque.hpp"
#include "policy/secret_shapes.hpp"
#include "policy/sensitive_name.hpp"
#include "tests/policy/support.hpp"

using namespace signalbox;
using test::base62;
using test::glue;
using test::hexits;
using test::noise;
using test::upper36;

namespace {

std::vector<finding> scan(const json::value& x,
                          const input_rules& inputs = {}) {
  return scan_secrets(json_nodes{x}, inputs);
}

json::value server(const char* field, json::value x) {
  return {{"servers", {{"a", {{field, std::move(x)}}}}}};
}

json::value environment(const std::string& name, const std::string& value) {
  return server("env", {{name, value}});
}

json::value arguments(std::initializer_list<std::string> xs) {
  json::array out;
  for (auto& x : xs)
    out.emplace_back(x);
  return server("args", out);
}

/// name of the shape, a secret of that shape
struct sample {
  const char* shape;
  std::string text;
};

std::vector<sample> shapes() {
  auto b = [](std::size_t n) { return noise(n, base62, n); };
  auto h = [](std::size_t n) { return noise(n, hexits, n); };
  auto u = [](std::size_t n) { return noise(n, upper36, n); };
  std::vector<sample> out;
  for (auto kind : {"p", "o", "u", "s", "r"})
    out.push_back({"github-token", glue({"gh", kind, "_", b(36)})});
  out.insert(
      out.end(),
      {{"github-token", glue({"github", "_pat_", b(22), "_", b(59)})},
       {"gitlab-token", glue({"glp", "at-", b(20)})},
       {"gitlab-token", glue({"gld", "t-", b(20)})},
       {"anthropic-key", glue({"sk-", "ant-api03-", b(80), "-", b(8), "AA"})},
       {"openai-key", glue({"sk-", "proj-", b(48)})},
       {"openai-key", glue({"sk", "-", b(48)})},
       {"openai-key", glue({"sk-", "or-v1-", h(64)})},
       {"slack-token", glue({"xo", "xb-123456789012-", b(24)})},
       {"slack-token", glue({"xo", "xp-123456789012-", b(24)})},
       {"slack-token", glue({"xa", "pp-1-A0B1C2D3E4-123456789-", h(20)})},
       {"slack-webhook", glue({"https://hooks.", "slack.com/ser",
                               "vices/T00000000/B00000000/", b(24)})},
       {"discord-webhook", glue({"https://discord", ".com/api/web",
                                 "hooks/123456789012345678/", b(68)})},
       {"aws-key", glue({"AK", "IA", u(16)})},
       {"aws-key", glue({"AS", "IA", u(16)})},
       {"google-key", glue({"AI", "za", b(35)})},
       {"google-token", glue({"ya", "29.", b(60)})},
       {"google-secret", glue({"GOC", "SPX-", b(28)})},
       {"atlassian-token", glue({"ATA", "TT3xFfGF0", b(40)})},
       {"npm-token", glue({"np", "m_", b(36)})},
       {"pypi-token", glue({"py", "pi-AgEIcHlwaS5vcmc", b(70)})},
       {"hugging-face-token", glue({"h", "f_", b(34)})},
       {"stripe-key", glue({"sk", "_live_", b(24)})},
       {"stripe-key", glue({"rk", "_live_", b(24)})},
       {"sendgrid-key", glue({"S", "G.", b(22), ".", b(43)})},
       {"twilio-key", glue({"S", "K", h(32)})},
       {"mailgun-key", glue({"ke", "y-", h(32)})},
       {"databricks-token", glue({"da", "pi", h(32)})},
       {"azure-key",
        glue({"DefaultEndpointsProtocol=https;AccountName=x;Account",
              "Key=", b(86), "==;EndpointSuffix=core.windows.net"})},
       {"azure-key", glue({"Endpoint=sb://x/;SharedAccess", "Key=", b(43)})},
       {"azure-signature", glue({"https://x.blob.core.windows.net/c?sv=2024&s",
                                 "ig=", b(43), "%3D"})},
       {"digitalocean-token", glue({"do", "p_v1_", h(64)})},
       {"shopify-token", glue({"shp", "at_", h(32)})},
       {"telegram-token", glue({"123456789", ":AA", b(33)})},
       {"linear-key", glue({"lin", "_api_", b(40)})},
       {"notion-token", glue({"nt", "n_", b(46)})},
       {"notion-token", glue({"sec", "ret_", b(43)})},
       {"figma-token", glue({"fig", "d_", b(40)})},
       {"doppler-token", glue({"dp", ".pt.", b(43)})},
       {"vault-token", glue({"hv", "s.", b(24)})},
       {"grafana-token", glue({"gl", "sa_", b(32), "_", h(8)})},
       {"new-relic-key", glue({"NR", "AK-", u(27)})},
       {"postman-key", glue({"PM", "AK-", h(24), "-", h(34)})},
       {"terraform-token", glue({b(14), ".atlas", "v1.", b(60)})},
       {"groq-key", glue({"gs", "k_", b(52)})},
       {"perplexity-key", glue({"pp", "lx-", b(48)})},
       {"replicate-token", glue({"r", "8_", b(37)})},
       {"xai-key", glue({"x", "ai-", b(80)})},
       {"tavily-key", glue({"tv", "ly-dev-", b(32)})},
       {"sentry-token", glue({"sn", "trys_", b(64)})},
       {"supabase-token", glue({"sb", "p_", h(40)})},
       {"airtable-token", glue({"pa", "t", b(14), ".", h(64)})},
       {"1password-token", glue({"op", "s_ey", "J", b(80)})},
       {"jwt",
        glue({"ey", "JhbGciOiJIUzI1NiJ9", ".ey", "J", b(40), ".", b(43)})},
       {"private-key", glue({"-----BEGIN ", "PRIVATE", " KEY-----\nMIIE"})},
       {"private-key", glue({"-----BEGIN RSA ", "PRIVATE", " KEY-----"})},
       {"private-key", glue({"-----BEGIN OPENSSH ", "PRIVATE", " KEY-----"})},
       {"private-key", glue({"-----BEGIN PGP ", "PRIVATE", " KEY BLOCK-----"})},
       {"age-key", glue({"AGE-SECRET", "-KEY-1", u(58)})}});
  return out;
}

/// What no secret is, although parts of it may look random.
const std::vector<std::string>& look_alikes() {
  static const std::vector<std::string> out{
      "",
      "x",
      "123e4567-e89b-12d3-a456-426614174000",
      "123E4567-E89B-12D3-A456-426614174000",
      "job-123e4567-e89b-12d3-a456-426614174000-done",
      "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "d41d8cd98f00b204e9800998ecf8427e",
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c"
      "5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
      "ghcr.io/acme/server@sha256:"
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "git+https://github.com/acme/"
      "server@da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "release-da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/"
      "SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
      "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      "1.2.3-rc.1+build.20261121",
      "@modelcontextprotocol/server-filesystem@2025.8.21",
      "server-everything@1.2.3",
      "files-mcp==2.0.1",
      "/home/anna/projects/MyServer2/src/Main.java",
      "/usr/local/lib/node_modules/@acme/server/dist/index.js",
      "C:\\Users\\Anna\\AppData\\Roaming\\Code\\User\\mcp.json",
      "~/.config/app/settings.json",
      "https://mcp.example.com/v1/mcp?team=infra&debug=true",
      "https://example.com:8443/a/b/c#section-2",
      "http://127.0.0.1:8765/callback",
      "postgres://${input:db-user}:${input:db-password}@db.example.com/main",
      "postgresql://localhost:5432/main",
      "ssh://git@github.com/acme/server.git",
      "ec2-203-0-113-25.compute-1.amazonaws.com",
      "d111111abcdef8.cloudfront.net",
      "my-very-long-kubernetes-service-name.default.svc.cluster.local",
      "This sentence explains how the token is used, in 3 steps.",
      "Use Bearer authentication with the API.",
      "Basic settings for the team",
      "Bearer ${input:token}",
      "token ${TOKEN}",
      "Bearer $TOKEN",
      "${input:api-key}",
      "${env:GITHUB_TOKEN}",
      "${GITHUB_TOKEN}",
      "${CACHE_DIR:-/var/cache/server}",
      "{env:OPENCODE_TOKEN}",
      "--api-key=${API_KEY}",
      "--header=Authorization: Bearer ${input:token}",
      "Authorization: Bearer ${AUTH}",
      "API_KEY=${API_KEY}",
      "https://example.com/?api_key=${input:key}",
      "--token-file=/run/secrets/token",
      "--auth-url=https://login.example.com/oauth2",
      "--max-tokens=4096",
      "--auth=none",
      "--ssh-key=~/.ssh/id_ed25519",
      "--tls-key=server.pem",
      "aGVsbG8gd29ybGQ=",
      "claude-3-5-sonnet-20241022",
      "thisIsALongCamelCaseIdentifierWithManyWords",
      "getUserAccountSettingsFromRemoteServer",
      "AVeryLongPascalCaseTypeNameForAService2",
      "MY_VERY_LONG_ENVIRONMENT_VARIABLE_NAME_2",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN",
      "00000000000000000000000000000000000000000",
      "2026-11-21T12:00:00.000Z",
      "192.0.2.1,198.51.100.7,203.0.113.9,2001:db8::1",
      "sk-learn",
      "sk-video-tools-for-the-whole-team",
      "npm_config_registry",
      "hf_transfer",
      "key-value-store",
      "+49 30 1234567 890123",
      "arn:aws:iam::123456789012:role/service-role/MyLambdaRole",
      "projects/my-project-123/locations/europe-west4/keyRings/r",
      "\xC3\xA9t\xC3\xA9 \xE2\x80\x94 \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
  };
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(secret_scanner_)

BOOST_AUTO_TEST_CASE(every_known_shape_is_found_by_its_name_nfr5) {
  for (auto& x : shapes()) {
    auto found = find_secret_shape(x.text);
    BOOST_REQUIRE_MESSAGE(found, x.shape);
    BOOST_TEST(*found == x.shape);
    for (auto before : {"=", ":", " ", "\"", "/", "_", "\xC3\xA9 "})
      BOOST_TEST(bool(find_secret_shape(before + x.text)), x.shape);
  }
}

BOOST_AUTO_TEST_CASE(a_secret_is_found_wherever_it_hides_nfr5) {
  for (auto& x : shapes()) {
    json::value deep{{"x", {{{"y", json::array{1, x.text}}}}}};
    for (auto& payload :
         {environment("TEAM", x.text), server("url", json::value(x.text)),
          server("headers", {{"X-Team", x.text}}), arguments({"-v", x.text}),
          arguments({"--config={\"a\":\"" + x.text + "\"}"}), deep,
          server("args", json::value("run --with " + x.text))})
      BOOST_TEST(scan(payload).size() == 1u, x.shape);
  }
}

BOOST_AUTO_TEST_CASE(a_report_never_repeats_a_secret_nfr5) {
  for (auto& x : shapes()) {
    for (auto& payload :
         {environment("TEAM", x.text), json::value{{"a", {{x.text, "b"}}}}}) {
      auto found = scan(payload);
      BOOST_REQUIRE_MESSAGE(found.size() >= 1u, x.shape);
      for (auto& one : found) {
        auto all = one.rule + one.pointer + one.message;
        BOOST_TEST(all.find(x.text) == std::string::npos, x.shape);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_secret_posing_as_a_reference_is_found_nfr5) {
  auto token = glue({"gh", "p_", noise(36, base62)});
  for (auto& text : {"${" + token + "}", "${input:" + token + "}",
                     "${TOKEN:-" + token + "}", "{env:" + token + "}"})
    BOOST_TEST(scan(environment("A", text)).size() == 1u);
  BOOST_TEST(scan(environment("API_KEY", "${API_KEY:-hunter2}")).size() == 1u);
  BOOST_TEST(scan(environment("API_KEY", "$hunter2")).size() == 1u);
}

BOOST_AUTO_TEST_CASE(look_alikes_pass_in_every_place) {
  for (auto& text : look_alikes())
    for (auto& payload :
         {environment("TEAM", text), server("url", json::value(text)),
          arguments({"run", text}), server("headers", {{"X-Team", text}})}) {
      auto found = scan(payload);
      BOOST_TEST(found.empty(), text << "\n" << test::describe(found));
    }
}

BOOST_AUTO_TEST_CASE(values_of_sensitive_names_are_references) {
  for (auto name : {"TOKEN", "GITHUB_TOKEN", "API_KEY", "apiKey", "X-Api-Key",
                    "DB_PASSWORD", "MYSQL_PWD", "SMTP_PASS", "Authorization",
                    "Cookie", "clientSecret", "CLIENT_SECRET", "AUTH",
                    "AWS_CREDENTIALS", "OPENAIAPIKEY", "Private-Token",
                    "passwd", "sessionCookie", "JIRA_PAT"}) {
    BOOST_TEST(is_sensitive_name(name), name);
    BOOST_TEST(scan(environment(name, "hunter2")).size() == 1u, name);
    BOOST_TEST(scan(environment(name, "correct horse battery")).size() == 1u,
               name);
    for (auto fine : {"", "${X}", "${input:x}", "Bearer ${input:x}", "true",
                      "/run/secrets/x", "https://vault.example.com/v1",
                      "session=${COOKIE}; theme=${THEME}"})
      BOOST_TEST(scan(environment(name, fine)).empty(), name << " " << fine);
  }
  for (auto name : {"TOKEN_FILE", "AUTH_URL", "PUBLIC_KEY", "AUTHOR", "MONKEY",
                    "KEYBOARD", "TOKENIZER", "SSH_AUTH_SOCK",
                    "bearer_token_env_var", "PASSAGE", "authority"})
    BOOST_TEST(!is_sensitive_name(name), name);
  BOOST_TEST(scan(environment("MAX_TOKENS", "4096")).empty());
  BOOST_TEST(scan(environment("PASSWORD", "4096")).size() == 1u);
}

BOOST_AUTO_TEST_CASE(numbers_and_switches_under_sensitive_names_pass) {
  json::value x{{"password", true}, {"maxTokens", 4096}, {"auth", {{"a", 1}}}};
  BOOST_TEST(scan(x).empty());
}

BOOST_AUTO_TEST_CASE(secrets_in_arguments_are_found) {
  for (auto& payload :
       {arguments({"--api-key=hunter2"}), arguments({"--token", "hunter2"}),
        arguments({"-e", "DB_PASSWORD=hunter2"}), arguments({"--auth hunter2"}),
        arguments({"-H", "Authorization: hunter2"}),
        arguments({"--header", "X-Api-Key: hunter2"}),
        arguments({"-c", "export TOKEN='hunter2' && run"}),
        arguments({"--json", "{\"password\": \"hunter2\"}"}),
        arguments({"https://example.com/?access_token=hunter2"}),
        arguments({"Server=db;User=sa;Password=hunter2;"}),
        server("command", "npx tool --password hunter2")}) {
    auto found = scan(payload);
    BOOST_TEST(found.size() == 1u, to_canonical(payload));
  }
  BOOST_TEST(scan(arguments({"--token", "--verbose"})).empty());
  BOOST_TEST(scan(arguments({"--token", "${TOKEN}"})).empty());
  BOOST_TEST(scan(arguments({"--token", "${TOKEN}", "plain"})).empty());
}

BOOST_AUTO_TEST_CASE(credentials_in_urls_and_headers_are_found) {
  for (auto text :
       {"https://anna:hunter2@example.com/mcp",
        "postgres://app:hunter2@db/main", "redis://:hunter2@cache:6379/0",
        "https://x-access-token@example.com/", "amqp://a:b@c",
        "https://${USER}:hunter2@example.com",
        "see mongodb+srv://a:hunter2@cluster.example.net"})
    BOOST_TEST(scan(server("url", json::value(text))).size() == 1u, text);
  for (auto text : {"Basic YW5uYTpodW50ZXIy", "Bearer abcDEF123456",
                    "bearer abcdefgh1234", "Authorization: Bearer xyzXYZ789"})
    BOOST_TEST(scan(server("headers", {{"X-Forward", text}})).size() == 1u,
               text);
}

BOOST_AUTO_TEST_CASE(a_disguised_secret_is_found_nfr5) {
  const auto wide = [](const std::string& text) {
    std::string out;
    for (char c : text) {
      const int code = c - 0x20;
      out += code < 0x40 ? "\xef\xbc" : "\xef\xbd";
      out += static_cast<char>(0x80 + code % 0x40);
    }
    return out;
  };
  const auto percent = [](const std::string& text, const char* sign = "%") {
    std::string out;
    for (char c : text) {
      out += sign;
      out += hexits[static_cast<unsigned char>(c) >> 4];
      out += hexits[static_cast<unsigned char>(c) & 15];
    }
    return out;
  };
  const auto token = glue({"gh", "p_", noise(36, base62)});
  for (auto& text : std::vector<std::string>{
           wide(token), percent(token), percent(token, "%25"),
           token.substr(0, 1) + percent(token.substr(1, 2)) + token.substr(3),
           wide(percent(token)), "https://example.com/?x=" + percent(token),
           "API_KEY" + wide("=") + "hunter2", percent("token=hunter2"),
           "https%3A%2F%2Fanna%3Ahunter2%40example.com"}) {
    BOOST_TEST(scan(server("note", json::value(text))).size() == 1u, text);
    BOOST_TEST(!scan_text(text, "").empty(), text);
  }
  BOOST_TEST(scan(server(wide("password").c_str(), "hunter2")).size() == 1u);
  json::value key{{wide(token), 1}};
  auto found = scan(key);
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].pointer == "");
  for (std::string fine :
       {"100% of 50%", "%PATH%", "%APPDATA%\\x", "a%20b%2Fc",
        "https://example.com/a%20file?next=https%3A%2F%2Fexample.com%2Fb",
        "%24%7Binput%3Atoken%7D", "%ZZ%", "\xef\xbc", "\xef\xbb\xbf"})
    BOOST_TEST(scan(server("note", json::value(fine))).empty(), fine);
  BOOST_TEST(scan(server("note", json::value(wide("Hello")))).empty());
}

BOOST_AUTO_TEST_CASE(a_secret_that_a_sentence_states_is_found_nfr5) {
  for (std::string text :
       {"log in with password: hunter2", "Password: hunter22 (changed)",
        "the token = abc123def now", "user anna, secret: s3cr3tX",
        "password: \"hunter2\"", "api_key: a1b2c3d4e5", "PIN:  a1234b",
        "- token: `tok3nvalue`", "password:\thunter2"}) {
    BOOST_TEST(scan(server("description", json::value(text))).size() == 1u,
               text);
    BOOST_TEST(!scan_text(text, "").empty(), text);
  }
  for (std::string fine :
       {"Token: see the wiki", "key: value", "Auth: OAuth instead of basic",
        "password: ask the team", "Secret: ${input:secret}",
        "The token: now read from ${env:TOKEN}", "Key: 3 servers move",
        "tokens: 4096", "max_tokens = 4096", "token: /run/secrets/token1",
        "auth: https://login.example.com/oauth2", "key: id_ed25519.pub",
        "Keys: a, b and c", "Cookie: session=${COOKIE}",
        "Rotate the key: it expires on 2026-11-21.", "author: anna2026",
        "token_file: tokens2.txt"}) {
    BOOST_TEST(scan(server("description", json::value(fine))).empty(), fine);
    BOOST_TEST(scan_text(fine, "").empty(), fine);
  }
}

BOOST_AUTO_TEST_CASE(random_text_is_found_without_a_shape) {
  struct {
    std::string_view alphabet;
    std::size_t length;
    int at_least; ///< of 200
  } cases[] = {{base62, 24, 180},
               {base62, 32, 190},
               {base62, 40, 190},
               {base62, 64, 195},
               {hexits, 48, 175}};
  for (auto& x : cases) {
    int found = 0;
    for (std::uint64_t i = 0; i < 200; ++i)
      found += has_opaque_run(noise(x.length, x.alphabet, i * 77 + 1));
    BOOST_TEST(found >= x.at_least, x.length << ": " << found);
  }
}

BOOST_AUTO_TEST_CASE(names_of_inputs_may_be_sensitive) {
  places names{place::parse("/servers/*/env_http_headers/*").value(),
               place::parse("/servers/*/env_vars/*").value()};
  auto rules = input_rules::compile({}, names, {}).value();
  auto header = server("env_http_headers", {{"Authorization", "GH_TOKEN"}});
  BOOST_TEST(scan(header, rules).empty());
  BOOST_TEST(scan(header).size() == 1u);
  auto token = glue({"gh", "p_", noise(36, base62)});
  BOOST_TEST(scan(server("env_vars", json::array{token}), rules).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_password_prompt_has_no_default) {
  json::value x{{"inputs", {{{"password", true}, {"default", "hunter2"}}}}};
  auto found = scan(x);
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].pointer == "/inputs/0/default");
}

BOOST_AUTO_TEST_CASE(free_text_holds_neither_secrets_nor_addresses_nfr8) {
  auto rules = [](const std::string& text) {
    std::string out;
    for (auto& x : scan_text(text, "/changelog")) {
      BOOST_TEST(x.pointer == "/changelog");
      out += x.rule + " ";
    }
    return out;
  };
  BOOST_TEST(rules("Move the wiki server to 2.0.1, see #123.").empty());
  BOOST_TEST(rules("Pin npm:@acme/server@1.2.3 and image@sha256:"
                   "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0"
                   "f00a08")
                 .empty());
  BOOST_TEST(rules("with API_KEY=hunter2x now") == "secret/assigned-secret ");
  BOOST_TEST(rules("with API_KEY=${API_KEY} now").empty());
  BOOST_TEST(rules("ok \x1b]0;other\x07") == "hidden-unicode ");
  BOOST_TEST(rules("ok \u202e ko") == "hidden-unicode ");
  BOOST_TEST(rules("one line\n\tand another").empty());
  BOOST_TEST(rules("Ask anna@example.com.") == "email ");
  BOOST_TEST(rules("old: " + glue({"gh", "p_", noise(36, base62)})) ==
             "secret/github-token ");
  BOOST_TEST(rules("https://a:hunter2@example.com") ==
             "secret/url-credentials email ");
  for (auto& x : shapes())
    BOOST_TEST(!rules(x.text).empty(), x.shape);
}

BOOST_AUTO_TEST_SUITE_END()
