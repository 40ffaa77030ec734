#include <algorithm>
#include <map>
#include <set>

#include "app/kafka_file.hpp"
#include "storage/kafka_updates_topic.hpp"
#include "tests/system/asyncapi.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/metric.hpp"
#include "tests/system/two_nodes.hpp"
#include "tests/system/update_reader.hpp"

// The topic of changes, as those see it who consume it.

namespace signalbox::test {

namespace {

/// Two nodes of a ledger and a plain consumer of its changes.
struct with_consumer : two_nodes {
  with_consumer() : reader{broker, topic()} {
    reader.reads_until([&] { return true; });
  }

  kafka_settings settings() const {
    return read_kafka_file(ledger.data()).value().value();
  }

  std::string topic() const { return kafka_topic(settings(), updates_stream); }

  /// A release in the channel of this client; the entry's index.
  std::uint64_t release(const node_process& at, const std::string& word,
                        const std::string& client = draft_client) {
    const auto done = at.publish(client, "default", small_draft(word));
    BOOST_REQUIRE_MESSAGE(done.status == 201u, done.body);
    artifacts[client].push_back(done.text("/artifact_id"));
    return index_of(done);
  }

  /// Makes the channel's first release current again.
  std::uint64_t take_back(const node_process& at,
                          const std::string& client = draft_client) {
    const auto done =
        at.post("clients/" + client + "/profiles/default/revert",
                json::object{{"artifact_id", artifacts.at(client).front()},
                             {"changelog", "Back"}},
                ledger.admin);
    BOOST_REQUIRE_MESSAGE(done.status < 300u, done.body);
    return index_of(done);
  }

  static std::uint64_t index_of(const answer& x) {
    return test::index_of(x.header("Signalbox-Token"));
  }

  std::uint64_t takeovers() const {
    const std::string name = "signalbox_updates_takeovers_total";
    return metric(one, name) + metric(*two, name);
  }

  /// Whether the consumer has, or gets, this change.
  bool sees(std::uint64_t index) {
    return reader.reads_until([&] {
      return std::any_of(reader.all().begin(), reader.all().end(),
                         [&](auto& x) { return x.index() == index; });
    });
  }

  static bool is_writer(const node_process& x) {
    return metric(x, "signalbox_updates_writer") == 1;
  }

  /// The node that writes the topic, as soon as one does, and the other one.
  std::pair<node_process*, node_process*> writer_and_other() {
    const auto deadline =
        std::chrono::steady_clock::now() + child_process::patience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (is_writer(one) != is_writer(*two))
        return is_writer(one) ? std::pair{&one, &*two} : std::pair{&*two, &one};
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    BOOST_FAIL("no node writes the changes");
    return {};
  }

  /// What holds of every message, whatever happened.
  void check_messages() const {
    const auto validator = update_validator();
    std::map<std::string, std::uint64_t> newest;
    std::map<std::string, std::string> contents;
    for (auto& x : reader.all()) {
      BOOST_TEST(faults_of(validator, x.event) == "", x.value);
      BOOST_TEST(x.content_type ==
                 "application/cloudevents+json; charset=UTF-8");
      BOOST_TEST(std::string_view{x.event.at("subject").as_string()} == x.key);
      BOOST_TEST(x.index() >= newest[x.key], "an index went back: " << x.value);
      newest[x.key] = x.index();
      BOOST_TEST(contents.try_emplace(x.id(), x.value).first->second ==
                 x.value);
    }
  }

  /// The last message of the client's channel against GetConfig at a node.
  void check_state(const node_process& at, const std::string& client) {
    const auto& event = reader.last(client + "/default/1").event;
    const auto config = await(
        [&] {
          return at.get(
              config_path(client) + "?token=" +
              std::string{std::string_view{event.at("id").as_string()}});
        },
        [](auto& x) { return x.code() != "not_yet"; });
    BOOST_REQUIRE_EQUAL(config.status, 200u);
    const auto head = json::parse(base64_text(config.text("/head/payload")));
    for (const auto* name : {"artifact_id", "channel_version", "index"})
      BOOST_TEST(event.at("data").at(name) == head.at(name), name);
    BOOST_TEST(event.at_pointer("/data/version") == config.at("/version"));
  }

  static std::string base64_text(const std::string& x) {
    const auto bytes = from_base64(x).value();
    return std::string{as_text(bytes)};
  }

  std::map<std::string, std::vector<std::string>> artifacts;
  update_reader reader;
};

const std::string other_client = "cursor";

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_updates, *of_one_engine())

BOOST_FIXTURE_TEST_CASE(a_plain_consumer_sees_every_change_of_both_nodes_fr10,
                        with_consumer) {
  std::vector<std::uint64_t> made;
  for (int i = 0; i < 6; ++i) {
    const auto word = std::to_string(i);
    made.push_back(release(i % 2 == 0 ? one : *two, word));
    made.push_back(release(i % 2 == 0 ? *two : one, word, other_client));
  }
  made.push_back(take_back(one));
  // A publication that lost its race is an entry, and no change.
  const auto lost = publish(*two, "late", {{"expected_version", 1}});
  BOOST_REQUIRE_EQUAL(lost.status, 409u);
  made.push_back(release(*two, "after the lost one"));
  made.push_back(release(one, "last", other_client));
  BOOST_REQUIRE(sees(made.back()));
  std::sort(made.begin(), made.end());
  // A node that takes over may tell the last one once more.
  BOOST_TEST(reader.all().size() <= made.size() + takeovers());
  std::vector<std::uint64_t> told;
  for (auto& x : reader.all())
    if (told.empty() || told.back() != x.index())
      told.push_back(x.index());
  BOOST_TEST(told == made, boost::test_tools::per_element());
  check_messages();
  for (auto& client : {draft_client, other_client})
    for (const auto* node : {&one, &*two})
      check_state(*node, client);
  // Who was followed by the other learns of it a moment later.
  writer_and_other();
}

BOOST_FIXTURE_TEST_CASE(a_killed_writer_is_followed_by_the_other, //
                        with_consumer) {
  BOOST_REQUIRE(sees(release(one, "first")));
  const auto [writer, other] = writer_and_other();
  // In the middle of it, and with changes that it has told nobody of.
  for (int i = 0; i < 20; ++i)
    release(*other, std::to_string(i));
  writer->kill();
  std::uint64_t last = 0;
  for (int i = 20; i < 40; ++i)
    last = release(*other, std::to_string(i), other_client);
  BOOST_REQUIRE(sees(last));
  BOOST_TEST(is_writer(*other));
  check_messages();
  writer->restart();
  BOOST_REQUIRE(sees(take_back(*writer)));
  writer_and_other();
  for (auto& client : {draft_client, other_client})
    for (const auto* node : {&one, &*two})
      check_state(*node, client);
  // Every change of both channels is there.
  std::map<std::string, std::set<std::int64_t>> versions;
  for (auto& x : reader.all())
    versions[x.key].insert(
        x.event.at_pointer("/data/channel_version").as_int64());
  BOOST_TEST(versions[draft_client + "/default/1"].size() == 22u);
  BOOST_TEST(versions[other_client + "/default/1"].size() == 20u);
  check_messages();
}

BOOST_FIXTURE_TEST_CASE(a_stopped_writer_that_goes_on_writes_nothing,
                        with_consumer) {
  BOOST_REQUIRE(sees(release(one, "first")));
  const auto [writer, other] = writer_and_other();
  for (int i = 0; i < 5; ++i)
    release(*other, std::to_string(i));
  writer->signal(SIGSTOP);
  std::uint64_t last = 0;
  for (int i = 5; i < 10; ++i)
    last = release(*other, std::to_string(i));
  BOOST_REQUIRE(sees(last));
  writer->signal(SIGCONT);
  // It finds another's messages, or is fenced with its own.
  await([&] { return writer->get("/metrics"); },
        [](auto& x) {
          return x.body.find("\nsignalbox_updates_writer 0") != x.body.npos;
        });
  BOOST_REQUIRE(sees(release(*writer, "from the former writer")));
  BOOST_TEST(is_writer(*other));
  check_messages();
  check_state(one, draft_client);
  check_state(*two, draft_client);
}

BOOST_FIXTURE_TEST_CASE(a_topic_made_anew_is_filled_again, with_consumer) {
  for (int i = 0; i < 3; ++i)
    release(one, std::to_string(i));
  BOOST_REQUIRE(sees(release(*two, "a", other_client)));
  const auto all = settings();
  BOOST_REQUIRE(kafka_topics{all}.remove(topic()));
  kafka_layout layout;
  layout.replication = layout.min_in_sync = 1;
  BOOST_REQUIRE(
      kafka_topics{all}.create(topic(), layout, updates_config(layout)));
  reader.begin_anew();
  BOOST_REQUIRE(reader.reads_until([&] {
    return reader.has(draft_client + "/default/1") &&
           reader.has(other_client + "/default/1");
  }));
  for (auto& client : {draft_client, other_client})
    for (const auto* node : {&one, &*two})
      check_state(*node, client);
  BOOST_REQUIRE(sees(release(*two, "after")));
  check_messages();
}

BOOST_FIXTURE_TEST_CASE(a_replica_takes_no_part, with_consumer) {
  BOOST_REQUIRE(sees(release(one, "first")));
  one.kill();
  BOOST_TEST(two->stop() == 0);
  node_process replica{joined, {"--replica"}};
  BOOST_TEST(!is_writer(replica));
  one.restart();
  BOOST_REQUIRE(sees(release(one, "second")));
  BOOST_TEST(is_writer(one));
  BOOST_TEST(!is_writer(replica));
  check_state(replica, draft_client);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
