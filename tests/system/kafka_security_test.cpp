#include <chrono>

#include <librdkafka/rdkafka.h>

#include "tests/system/engines.hpp"
#include "tests/system/safe_cluster.hpp"
#include "tests/system/two_nodes.hpp"
#include "tests/system/update_reader.hpp"

// Passwords and TLS between nodes and a real broker.

namespace signalbox::test {

namespace {

using steady = std::chrono::steady_clock;

/// What is told at once, on a machine that does much else; a start waits for
/// the streams too.
constexpr std::chrono::seconds prompt{12}, start_limit{30};

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

answer publish(const node_process& node, const std::string& word) {
  return node.publish(draft_client, "default", small_draft(word));
}

/// Nothing that anybody can see of a node holds the secret.
void check_hidden(const node_process& node, const test_ledger& ledger,
                  const std::string& secret) {
  BOOST_TEST(!says(node.log(), secret));
  for (auto* page : {"/metrics", "/readyz/write", "/readyz/read", "/healthz"})
    BOOST_TEST(!says(node.get(page).body, secret), page);
  BOOST_TEST(!says(node.get("audit?limit=1000", ledger.admin).body, secret));
}

void check_serves_and_survives(safe_cluster& cluster, const way_in& way) {
  const test_ledger ledger{"ed25519", {}, way.servers()};
  const node_process node{ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "before").status, 201U);
  cluster.restart(1);
  why_not_ready(node, "ready to write");
  const auto after = publish(node, "after");
  BOOST_REQUIRE_EQUAL(after.status, 201U);
  BOOST_TEST(get_at(node, draft_client, after.header("Signalbox-Token"))
                 .text("/artifact_id") == after.text("/artifact_id"));
  if (way.has("sasl.password"))
    check_hidden(node, ledger, way.at("sasl.password"));
}

/// What is wrong with the settings, and the words that tell it.
struct fault {
  const char* name;
  way_in way;
  std::vector<std::string> words;
};

std::vector<fault> faults_of(const safe_cluster& cluster) {
  const auto good = cluster.by_password("node");
  // The same address, in words that are not the certificate's.
  auto local = good.at("bootstrap.servers");
  local.replace(0, local.find(':'), "127.1");
  return {{"a wrong password",
           good.with("sasl.password", "wrong-secret"),
           {"SASL authentication error", "sasl.password"}},
          {"an unknown authority",
           good.with("ssl.ca.location", cluster.file("stranger-ca.pem")),
           {"unable to get local issuer certificate", "ssl.ca.location"}},
          {"a wrong host name",
           good.with("bootstrap.servers", local),
           {"hostname mismatch", "bootstrap.servers"}},
          {"no TLS where it is wanted",
           good.with("security.protocol", "SASL_PLAINTEXT"),
           {"set security.protocol to SSL or SASL_SSL"}},
          {"TLS where there is none",
           good.with("bootstrap.servers", cluster.bootstrap()),
           {"SSL handshake failed", "Does this listener speak TLS"}},
          {"no certificate of the client",
           cluster.by_certificate()
               .without("ssl.certificate.location")
               .without("ssl.key.location"),
           {"refuses this node's certificate", "ssl.certificate.location"}}};
}

void check_creation(const test_ledger& ledger, const fault& x) {
  const temporary_directory place;
  x.way.write(place / "settings");
  const auto begin = steady::now();
  const auto done =
      ledger.signalbox({"ledger", "create", "--data", place / "data", "--kafka",
                        place / "settings", "--kafka-replication", "1",
                        "--kafka-min-in-sync", "1"});
  BOOST_TEST((steady::now() - begin < prompt));
  BOOST_TEST(done.status != 0);
  for (auto& word : x.words)
    BOOST_TEST(says(done.err, word), word << ": " << done.err);
  BOOST_TEST(says(done.err, x.way.at("bootstrap.servers")), done.err);
  BOOST_TEST(!std::filesystem::exists(place / "data"));
  if (x.way.has("sasl.password"))
    BOOST_TEST(!says(done.out + done.err, x.way.at("sasl.password")));
}

/// Puts other settings where a node finds them; the topics stay.
void give_settings(const test_ledger& ledger, const way_in& way) {
  const auto place = ledger.data() / "kafka.properties";
  const way_in old{read_text(place)};
  way.with("signalbox.deployment", old.at("signalbox.deployment"))
      .with("signalbox.ledger", old.at("signalbox.ledger"))
      .write(place);
}

void check_start(const test_ledger& ledger, const fault& x) {
  give_settings(ledger, x.way);
  const auto begin = steady::now();
  const node_process node{ledger};
  BOOST_TEST((steady::now() - begin < start_limit));
  // What was copied is served, and the log says at once what is wrong.
  BOOST_TEST(node.get(config_path(draft_client)).status == 200U);
  for (auto& word : x.words)
    BOOST_TEST(says(node.log(), word), word << ": " << node.log());
  const auto why = why_not_ready(node, x.words.back());
  for (auto& word : x.words)
    BOOST_TEST(says(why, word), word << ": " << why);
  BOOST_TEST(publish(node, "now").code() == "read_only");
  if (x.way.has("sasl.password"))
    check_hidden(node, ledger, x.way.at("sasl.password"));
}

/// Allows a user this by Kafka's own tool.
void allow(const safe_cluster& cluster, const std::string& user,
           std::vector<std::string> what) {
  what.insert(what.begin(), {"org.apache.kafka.tools.AclCommand", "--add",
                             "--allow-principal", "User:" + user});
  cluster.kafka_tool(std::move(what));
}

void forbid(const safe_cluster& cluster, const std::string& user,
            std::vector<std::string> what) {
  what.insert(what.begin(), {"org.apache.kafka.tools.AclCommand", "--remove",
                             "--force", "--allow-principal", "User:" + user});
  cluster.kafka_tool(std::move(what));
}

/// A node that may read no longer could not tell what becomes of its writes.
void check_read_is_needed(const safe_cluster& cluster, const node_process& node,
                          const std::string& topics) {
  const std::vector<std::string> read{
      "--operation", "Read", "--topic", topics, "--resource-pattern-type",
      "prefixed"};
  forbid(cluster, "node", read);
  why_not_ready(node, "AUTHORIZATION_FAILED");
  BOOST_TEST(publish(node, "unread").code() == "read_only");
  await([&] { return node.get(config_path(draft_client)); },
        [](auto& x) { return !x.header("Age").empty(); });
  allow(cluster, "node", read);
  why_not_ready(node, "ready to write");
  BOOST_TEST(publish(node, "read again").status == 201U);
}

/// The client library asks for the group that nodes name and never join.
void allow_group(const safe_cluster& cluster, const std::string& user) {
  allow(cluster, user,
        {"--operation", "Describe", "--group", "signalbox-unused"});
}

/// Kafka's authorizer, under which nobody may do what is not allowed; the
/// certificate's owner makes topics.
std::vector<std::string> with_authorizer() {
  return {"--set",
          "authorizer.class.name="
          "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
          "--set", "super.users=User:ANONYMOUS;User:CN=node"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_security, *of_one_engine())

BOOST_AUTO_TEST_CASE(a_ledger_is_served_by_password_and_by_certificate) {
  safe_cluster cluster;
  check_serves_and_survives(cluster, cluster.by_password("node"));
  check_serves_and_survives(cluster, cluster.by_certificate());
}

/// Brokers of Kafka 4 refuse the SCRAM of older client libraries, whatever the
/// password: then that is what is said.
BOOST_AUTO_TEST_CASE(scram_is_served_or_its_fault_is_told) {
  safe_cluster cluster;
  const auto way = cluster.by_password("node", "scram");
  if (rd_kafka_version() >= 0x02060100)
    return check_serves_and_survives(cluster, way);
  const temporary_directory place;
  way.write(place / "settings");
  const auto done =
      run({{program.string(), "ledger", "create", "--data", place / "data",
            "--kafka", place / "settings"},
           {"SIGNALBOX_PASSPHRASE=correct horse battery staple"}});
  BOOST_TEST(done.status != 0);
  BOOST_TEST(says(done.err, "librdkafka 2.6.1 or newer"), done.err);
  BOOST_TEST(!says(done.err, way.at("sasl.password")));
}

BOOST_AUTO_TEST_CASE(what_brokers_refuse_is_told_at_once_with_its_remedy) {
  safe_cluster cluster;
  const test_ledger ledger{"ed25519", {}, cluster.by_certificate().servers()};
  {
    node_process node{ledger};
    BOOST_REQUIRE_EQUAL(publish(node, "first").status, 201U);
    BOOST_TEST(node.stop() == 0);
  }
  for (auto& x : faults_of(cluster))
    BOOST_TEST_CONTEXT(x.name) {
      check_creation(ledger, x);
      check_start(ledger, x);
    }
}

BOOST_AUTO_TEST_CASE(a_password_that_becomes_wrong_stops_writes_alone) {
  safe_cluster cluster;
  const auto way = cluster.by_password("node");
  const test_ledger ledger{"ed25519", {}, way.servers()};
  node_process node{ledger};
  BOOST_REQUIRE_EQUAL(publish(node, "before").status, 201U);
  const auto served = node.get(config_path(draft_client));
  // The broker's list of users is in its settings.
  const auto place = cluster.folder() / "node-1" / "server.properties";
  auto settings = read_text(place);
  const auto user = "user_node=\"" + way.at("sasl.password") + '"';
  BOOST_REQUIRE(says(settings, user));
  settings.replace(settings.find(user), user.size(),
                   "user_node=\"the-new-secret\"");
  write_text(place, settings);
  cluster.restart(1);
  const auto why = why_not_ready(node, "sasl.password");
  BOOST_TEST(says(why, "SASL authentication error"), why);
  await([&] { return node.get("/readyz/write"); },
        [&](auto&) { return says(node.log(), "Correct sasl.mechanisms"); });
  BOOST_TEST(publish(node, "refused").code() == "read_only");
  const auto stale = node.get(config_path(draft_client));
  BOOST_TEST(stale.body == served.body);
  BOOST_TEST(!stale.header("Age").empty());
  check_hidden(node, ledger, way.at("sasl.password"));
  give_settings(ledger, way.with("sasl.password", "the-new-secret"));
  BOOST_TEST(node.stop() == 0);
  node.restart();
  why_not_ready(node, "ready to write");
  BOOST_TEST(publish(node, "again").status == 201U);
  check_hidden(node, ledger, "the-new-secret");
}

BOOST_AUTO_TEST_CASE(settings_with_a_password_are_their_owners_alone) {
  const temporary_directory place;
  write_text(place / "settings", "bootstrap.servers = 127.0.0.1:1\n"
                                 "sasl.password = hunter2\n");
  ::chmod((place / "settings").c_str(), 0644);
  const auto done =
      run({{program.string(), "ledger", "create", "--data", place / "data",
            "--kafka", place / "settings"},
           {"SIGNALBOX_PASSPHRASE=correct horse battery staple"}});
  BOOST_TEST(done.status != 0);
  BOOST_TEST(says(done.err, "chmod 600 " + (place / "settings").string()),
             done.err);
  BOOST_TEST(!says(done.err, "hunter2"));
}

/// The permissions of docs/operating.md, and no more than these.
BOOST_AUTO_TEST_CASE(nodes_replicas_and_subscribers_need_these_permissions) {
  safe_cluster cluster{with_authorizer()};
  const test_ledger ledger{"ed25519", {}, cluster.by_certificate().servers()};
  const auto topics = ledger.decisions_topic().substr(
      0, ledger.decisions_topic().find("decisions.v1"));
  give_settings(ledger, cluster.by_password("node"));
  {
    const node_process node{ledger};
    const auto why = why_not_ready(node, "AUTHORIZATION_FAILED");
    BOOST_TEST(says(why, "kafka-acls"), why);
  }
  allow(cluster, "node",
        {"--operation", "Read", "--operation", "Write", "--operation",
         "Describe", "--operation", "DescribeConfigs", "--topic", topics,
         "--resource-pattern-type", "prefixed"});
  allow_group(cluster, "node");
  allow(cluster, "node",
        {"--operation", "Write", "--operation", "Describe",
         "--transactional-id", topics, "--resource-pattern-type", "prefixed"});
  {
    node_process node{ledger};
    why_not_ready(node, "ready to write");
    const auto made = publish(node, "allowed");
    BOOST_REQUIRE_EQUAL(made.status, 201U);
    BOOST_TEST(node.post("clients/claude-code/profiles/default/reports",
                         {{"client_fingerprint", "host-1"},
                          {"artifact_id", made.text("/artifact_id")},
                          {"result", "applied"}},
                         {})
                   .text("/status") == "accepted");
    await([&] { return node.get("/metrics"); },
          [](auto& x) { return says(x.body, "signalbox_updates_total 1"); });
    BOOST_TEST(!says(node.log(), "AUTHORIZATION_FAILED"), node.log());
    check_read_is_needed(cluster, node, topics);
    BOOST_TEST(node.stop() == 0);
  }
  allow_group(cluster, "replica");
  allow(cluster, "replica",
        {"--operation", "Read", "--operation", "DescribeConfigs", "--topic",
         topics, "--resource-pattern-type", "prefixed"});
  give_settings(ledger, cluster.by_password("replica"));
  {
    const node_process replica{ledger, {"--replica"}};
    BOOST_TEST(replica.get(config_path(draft_client)).status == 200U);
    await([&] { return replica.get("deployments"); },
          [](auto& x) { return x.at("/clients") == 1; });
    BOOST_TEST(!says(replica.log(), "AUTHORIZATION_FAILED"), replica.log());
  }
  allow(cluster, "consumer",
        {"--operation", "Read", "--topic", topics + "updates.v1", "--group",
         "unused"});
  const auto way = cluster.by_password("consumer");
  update_reader::settings more;
  for (auto* name : {"security.protocol", "ssl.ca.location", "sasl.mechanisms",
                     "sasl.username", "sasl.password"})
    more.emplace_back(name, way.at(name));
  update_reader reader{way.at("bootstrap.servers"), topics + "updates.v1",
                       more};
  BOOST_TEST(reader.reads_until([&] { return !reader.all().empty(); }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
