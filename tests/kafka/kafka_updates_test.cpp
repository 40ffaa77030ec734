#include "storage/kafka_updates.hpp"

#include <array>
#include <thread>

#include "storage/kafka_updates_topic.hpp"
#include "tests/kafka/kafka_engine.hpp"
#include "tests/kafka/stranger.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using texts = std::vector<std::string>;

void require(const result<void>& x) {
  if (!x)
    BOOST_FAIL(x.error().message);
}

bool is(const result<void>& x, errc code) {
  return !x && x.error().code == code;
}

/// A topic of changes of its own on the broker.
struct changes_topic {
  changes_topic() {
    settings.deployment = "test";
    settings.ledger = random_id<event_id>().hex();
    settings.client["bootstrap.servers"] = one_broker().bootstrap();
    make();
  }

  void make() const {
    kafka_layout layout;
    layout.replication = layout.min_in_sync = 1;
    require(
        kafka_topics{settings}.create(name(), layout, updates_config(layout)));
  }

  void make_anew() const {
    require(kafka_topics{settings}.remove(name()));
    make();
  }

  void change(const std::string& setting, const std::string& value) const {
    require(kafka_topics{settings}.change(name(), {{setting, value}}));
  }

  std::string name() const { return kafka_topic(settings, updates_stream); }

  kafka_settings settings;
};

/// What one node has of it.
struct changes_node {
  explicit changes_node(const changes_topic& topic) {
    auto made = kafka_updates::open(
        {.settings = topic.settings, .silence = std::chrono::seconds{2}});
    BOOST_REQUIRE_MESSAGE(made, made.error().message);
    updates = std::move(*made);
    updates->rewind();
  }

  updates_topic::visitor note() {
    return [this](const update_record& x) {
      seen.push_back(std::string{x.key} + '=' + std::string{x.value});
      ours += x.is_ours ? 1 : 0;
    };
  }

  result<void> write(const texts& values) {
    std::vector<update_message> messages;
    for (auto& x : values)
      messages.push_back({"a/b/1", x, "application/cloudevents+json"});
    return updates->write(messages);
  }

  void lead() { require(updates->take_over()); }

  /// All that is there, from the first on. A topic that was just made anew may
  /// still look as it was.
  texts all() {
    result<void> read;
    for (int i = 0; i < 20; ++i) {
      seen.clear();
      updates->rewind();
      read = updates->read_to_end(note());
      if (!is(read, errc::history_changed))
        break;
    }
    require(read);
    return seen;
  }

  /// What read() says once it says something of this kind.
  bool comes_true(const std::function<bool(const result<void>&)>& wanted) {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (std::chrono::steady_clock::now() < deadline) {
      if (wanted(updates->read(note())))
        return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return false;
  }

  std::unique_ptr<kafka_updates> updates;
  texts seen;
  int ours = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_updates_suite)

BOOST_AUTO_TEST_CASE(what_one_node_writes_another_reads_in_order) {
  const changes_topic topic;
  changes_node writer{topic}, reader{topic};
  require(reader.updates->check());
  writer.lead();
  require(writer.write({"1", "2"}));
  require(writer.write({"3"}));
  const texts wanted{"a/b/1=1", "a/b/1=2", "a/b/1=3"};
  BOOST_TEST(reader.comes_true([&](auto&) { return reader.seen == wanted; }));
  BOOST_TEST(
      reader.comes_true([&](auto&) { return reader.updates->is_at_end(); }));
  BOOST_TEST(reader.ours == 0);
  BOOST_TEST(writer.comes_true([&](auto&) { return writer.ours == 3; }));
  BOOST_TEST((reader.all() == wanted));
}

BOOST_AUTO_TEST_CASE(an_empty_topic_has_an_end) {
  const changes_topic topic;
  changes_node x{topic};
  BOOST_TEST(x.all().empty());
  BOOST_TEST(x.updates->is_at_end());
}

BOOST_AUTO_TEST_CASE(whoever_takes_over_fences_the_one_before) {
  const changes_topic topic;
  changes_node first{topic}, second{topic};
  first.lead();
  require(first.write({"1"}));
  second.lead();
  BOOST_CHECK(is(first.write({"late"}), errc::conflict));
  BOOST_CHECK(is(first.write({"later"}), errc::unavailable)); // no writer now
  require(second.write({"2"}));
  const texts wanted{"a/b/1=1", "a/b/1=2"};
  BOOST_TEST((second.all() == wanted));
  first.lead();
  BOOST_CHECK(is(second.write({"late"}), errc::conflict));
  require(first.write({"3"}));
  BOOST_TEST(second.all().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_transaction_left_open_hides_nothing_once_taken_over) {
  const changes_topic topic;
  changes_node x{topic};
  x.lead();
  require(x.write({"1"}));
  {
    stranger other{one_broker().bootstrap(), topic.settings.deployment + '.' +
                                                 topic.settings.ledger +
                                                 ".updates"};
    other.begin(topic.name(), "never");
    changes_node next{topic};
    next.lead();
    require(next.write({"2"}));
    const texts wanted{"a/b/1=1", "a/b/1=2"};
    BOOST_TEST((next.all() == wanted));
    BOOST_CHECK_THROW(other.finish(stranger::ending::commit),
                      std::runtime_error);
  }
}

/// Whoever wrote on would tell changes again that lie in the topic, hidden.
BOOST_AUTO_TEST_CASE(what_a_stranger_hides_is_missed_and_told) {
  const changes_topic topic;
  changes_node first{topic}, second{topic};
  first.lead();
  require(first.write({"1"}));
  stranger other{one_broker().bootstrap()};
  other.begin(topic.name(), "never");
  require(first.write({"2"}));
  second.lead();
  second.updates->rewind();
  const auto read = second.updates->read_to_end(second.note());
  BOOST_CHECK(is(read, errc::unavailable));
  BOOST_TEST(read.error().message.find("find-hanging") != std::string::npos);
  other.finish(stranger::ending::abort);
  const texts wanted{"a/b/1=1", "a/b/1=2"};
  BOOST_TEST((second.all() == wanted));
}

BOOST_AUTO_TEST_CASE(a_topic_made_anew_under_a_writer_is_noticed) {
  const changes_topic topic;
  changes_node writer{topic}, reader{topic};
  writer.lead();
  require(writer.write({"1", "2", "3"}));
  require(writer.updates->read_to_end(writer.note()));
  require(reader.updates->read_to_end(reader.note()));
  topic.make_anew();
  for (auto* x : {&writer, &reader})
    BOOST_TEST(x->comes_true([&](auto& read) {
      return is(read, errc::history_changed) ||
             (x->updates->check() &&
              is(x->updates->read(x->note()), errc::history_changed));
    }));
  writer.lead();
  require(writer.write({"4"}));
  BOOST_TEST((writer.all() == texts{"a/b/1=4"}));
}

BOOST_AUTO_TEST_CASE(a_topic_that_was_emptied_is_noticed) {
  const changes_topic topic;
  changes_node x{topic};
  x.lead();
  require(x.write({"1", "2", "3"}));
  require(x.updates->read_to_end(x.note()));
  topic.change("cleanup.policy", "compact,delete");
  stranger{one_broker().bootstrap()}.drop_before(topic.name(), 0, 3);
  topic.change("cleanup.policy", "compact");
  require(x.updates->check());
  BOOST_CHECK(is(x.updates->read(x.note()), errc::history_changed));
  BOOST_TEST(x.all().empty());
}

BOOST_AUTO_TEST_CASE(a_setting_that_drops_states_is_named_with_its_remedy) {
  const changes_topic topic;
  changes_node x{topic};
  require(x.updates->check());
  topic.change("cleanup.policy", "compact,delete");
  const auto refused = x.updates->check();
  BOOST_CHECK(is(refused, errc::read_only));
  BOOST_TEST(refused.error().message.find("cleanup.policy=compact") !=
             std::string::npos);
  topic.change("cleanup.policy", "compact");
  require(x.updates->check());
  require(kafka_topics{topic.settings}.remove(topic.name()));
  const auto missing = x.updates->check();
  BOOST_CHECK(is(missing, errc::not_found));
  BOOST_TEST(missing.error().message.find("kafka-topics --create") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_brokers_nothing_is_taken_over_and_a_stop_is_soon) {
  changes_topic topic;
  topic.settings.client["bootstrap.servers"] = "127.0.0.1:1";
  changes_node x{topic};
  BOOST_CHECK(is(x.updates->check(), errc::unavailable));
  x.updates->stop();
  const auto began = std::chrono::steady_clock::now();
  BOOST_CHECK(is(x.updates->take_over(), errc::unavailable));
  BOOST_TEST(
      (std::chrono::steady_clock::now() - began < std::chrono::seconds{5}));
}

BOOST_AUTO_TEST_SUITE_END()
