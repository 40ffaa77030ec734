#include "actors/updates_course.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "tests/actors/updates_world.hpp"

using namespace signalbox;
using namespace signalbox::test;
using namespace std::chrono_literals;

namespace {

/// Two nodes of a ledger, under a clock that the test moves.
struct two_nodes {
  changing_ledger ledger;
  changes_in_memory topic;
  changes_node first{ledger, topic, 1};
  changes_node second{ledger, topic, 2};
  updates_course::clock::time_point now{1h};

  void run(changes_node& x, std::chrono::milliseconds time) { run({&x}, time); }
  void run_both(std::chrono::milliseconds time) {
    run({&first, &second}, time);
  }

  void run(const std::vector<changes_node*>& nodes,
           std::chrono::milliseconds time) {
    for (const auto end = now + time; now < end; now += 100ms)
      for (auto* x : nodes)
        x->step_at(now);
  }

  void fold_both() {
    first.fold();
    second.fold();
  }

  /// The first node writes.
  void start() {
    ledger.change();
    fold_both();
    run(first, 5s);
    BOOST_REQUIRE(first.counts().is_writer);
    BOOST_TEST(first.warnings.empty());
    BOOST_REQUIRE_EQUAL(topic.messages.size(), 1u);
  }

  /// Under each key the index never goes back, and the last message says what
  /// is in force; one id has one content.
  void check_topic(const view& seen) const {
    std::map<std::string, std::uint64_t> last;
    std::map<std::string, std::string> contents;
    for (auto& x : topic.messages) {
      const auto id = read_cloud_event(ledger.ledger, x.value);
      BOOST_REQUIRE(id);
      auto& before = last[x.key];
      BOOST_TEST(to_integer(id->index) >= before);
      before = to_integer(id->index);
      BOOST_TEST(contents.try_emplace(to_string(*id), x.value).first->second ==
                 x.value);
    }
    BOOST_TEST(last.size() == seen.channel_count);
    for (auto& [key, index] : last)
      BOOST_TEST(index == to_integer(seen.find_channel(key)->row.change_index));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(updates_course_suite, two_nodes)

BOOST_AUTO_TEST_CASE(every_change_is_told_once_in_order_fr10) {
  start();
  ledger.change("second");
  ledger.change();
  ledger.change("second");
  ledger.take_back();
  fold_both();
  run_both(5s);
  BOOST_TEST(first.warnings.empty());
  BOOST_REQUIRE_EQUAL(topic.messages.size(), 5u);
  BOOST_TEST(topic.messages[1].key == "claude-code/second/1");
  const auto last = json::parse(topic.messages[4].value);
  BOOST_TEST(last.at("type") == "signalbox.config.reverted");
  BOOST_TEST(last.at("subject") == "claude-code/default/1");
  BOOST_TEST(last.at("data").at("channel_version") == 3);
  BOOST_TEST(!second.counts().is_writer);
  BOOST_TEST(first.counts().written == 5u);
  check_topic(first.seen());
}

BOOST_AUTO_TEST_CASE(a_void_publication_leaves_no_message) {
  start();
  auto late = ledger.command(ledger.publication(7, "1.0.7"));
  late.expected = {expectation::kind::exactly, 0};
  BOOST_REQUIRE(ledger.append(late) == outcome::conflict);
  fold_both();
  run_both(10s);
  BOOST_TEST(topic.messages.size() == 1u);
  BOOST_TEST(topic.writers == 1u);
}

BOOST_AUTO_TEST_CASE(while_the_writer_writes_nobody_else_stands) {
  start();
  for (int i = 0; i < 100; ++i) {
    ledger.change();
    fold_both();
    run_both(1s);
  }
  BOOST_TEST(topic.writers == 1u);
  BOOST_TEST(topic.messages.size() == 101u);
}

BOOST_AUTO_TEST_CASE(another_node_takes_over_from_one_that_is_silent) {
  start();
  ledger.change();
  ledger.change("second");
  fold_both();
  run(second, 1500ms);
  BOOST_TEST(!second.counts().is_writer);
  run(second, 4s);
  BOOST_TEST(second.counts().is_writer);
  BOOST_TEST(topic.messages.size() == 3u);
  // The former one wakes up: it learns of it, and writes nothing.
  ledger.change();
  first.fold();
  run(first, 100ms);
  BOOST_TEST(!first.counts().is_writer);
  BOOST_TEST(first.counts().lost == 1u);
  second.fold();
  run_both(5s);
  BOOST_TEST(topic.writers == 2u);
  BOOST_TEST(topic.messages.size() == 4u);
  check_topic(first.seen());
}

BOOST_AUTO_TEST_CASE(of_two_that_stand_at_once_one_stays_the_writer) {
  ledger.change();
  ledger.change();
  fold_both();
  // One writes it all while the other one is about to take over.
  topic.before_take_over = [this] { run(first, 5s); };
  run(second, 5s);
  run_both(1s);
  BOOST_TEST(topic.writers == 2u);
  BOOST_TEST(!first.counts().is_writer);
  BOOST_TEST(second.counts().is_writer);
  BOOST_TEST(topic.messages.size() == 3u); // the last one twice
  check_topic(first.seen());
}

BOOST_AUTO_TEST_CASE(a_fenced_writer_that_saw_nothing_yet_writes_nothing) {
  start();
  // Somebody takes over, and has not written yet.
  memory_updates other{topic};
  BOOST_REQUIRE(other.take_over());
  ledger.change();
  first.fold();
  run(first, 100ms);
  BOOST_TEST(!first.counts().is_writer);
  BOOST_TEST(first.counts().lost == 1u);
  BOOST_TEST(topic.messages.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_writer_waits_until_it_has_folded_what_is_told) {
  start();
  const auto behind = ledger.log.size();
  ledger.change();
  ledger.change();
  first.fold();
  run(first, 1s);
  BOOST_REQUIRE_EQUAL(topic.messages.size(), 3u);
  changes_node third{ledger, topic, 3}; // knows it all
  changes_node slow{ledger, topic, 4};
  second.fold(behind);
  second.is_whole = false;
  run(second, 60s);
  BOOST_TEST(!second.counts().is_writer);
  BOOST_TEST(topic.messages.size() == 3u);
  second.is_whole = true;
  ledger.change();
  second.fold();
  run(second, 10s);
  BOOST_TEST(topic.messages.size() == 4u);
  check_topic(second.seen());
}

BOOST_AUTO_TEST_CASE(an_emptied_topic_gets_what_is_in_force_in_order) {
  start();
  ledger.change("second");
  for (int i = 0; i < 5; ++i)
    ledger.change();
  fold_both();
  run(first, 1s);
  BOOST_REQUIRE_EQUAL(topic.messages.size(), 7u);
  topic.make_anew();
  run(first, 1s);
  // The last change of each channel, and of the past the newest two.
  BOOST_REQUIRE_EQUAL(topic.messages.size(), 3u);
  BOOST_TEST(topic.messages[0].key == "claude-code/second/1");
  check_topic(first.seen());
  // Where its writer is gone, another one fills it.
  topic.make_anew();
  run(second, 6s);
  BOOST_TEST(topic.messages.size() == 3u);
  check_topic(first.seen());
}

BOOST_AUTO_TEST_CASE(a_channel_that_the_topic_lacks_is_told_by_a_new_writer) {
  start();
  ledger.change("second");
  ledger.change();
  fold_both();
  run(first, 1s);
  std::erase_if(topic.messages,
                [](auto& x) { return x.key == "claude-code/second/1"; });
  // A stranger's words under a channel's key count as none.
  topic.messages.push_back({"claude-code/default/1", "nonsense", 0});
  ledger.change("third");
  fold_both();
  run(second, 6s);
  BOOST_REQUIRE_EQUAL(topic.messages.size(), 6u);
  BOOST_TEST(topic.messages[3].key == "claude-code/second/1");
  BOOST_TEST(topic.messages[4].key == "claude-code/default/1");
  BOOST_TEST(topic.messages[5].key == "claude-code/third/1");
}

BOOST_AUTO_TEST_CASE(what_may_have_been_written_is_looked_at_before_more_is) {
  start();
  topic.fails_after = 0; // and is written all the same
  ledger.change();
  ledger.change();
  fold_both();
  run(first, 100ms);
  BOOST_TEST(!first.counts().is_writer);
  topic.fails_after = ~std::size_t{0};
  ledger.change();
  fold_both();
  run(first, 15s);
  BOOST_TEST(first.counts().is_writer);
  BOOST_TEST(topic.messages.size() == 4u);
  check_topic(first.seen());
}

BOOST_AUTO_TEST_CASE(without_brokers_it_waits_and_tells_how_far_behind_it_is) {
  start();
  topic.down = failure{errc::unavailable, "no broker answers"};
  ledger.change();
  first.fold();
  run(first, 60s);
  BOOST_TEST(topic.messages.size() == 1u);
  BOOST_TEST(first.counts().behind.count() > 0);
  BOOST_TEST(first.warnings.size() < 20u);
  topic.down.reset();
  run(first, 70s);
  BOOST_TEST(topic.messages.size() == 2u);
  BOOST_TEST(first.counts().behind.count() == 0);
}

BOOST_AUTO_TEST_CASE(a_topic_with_a_danger_is_left_alone_until_it_is_mended) {
  topic.refusal = failure{errc::read_only, "cleanup.policy is 'delete'"};
  ledger.change();
  first.fold();
  run(first, 60s);
  BOOST_TEST(topic.messages.empty());
  BOOST_TEST(topic.writers == 0u);
  BOOST_REQUIRE_EQUAL(first.warnings.size(), 1u);
  BOOST_TEST(first.warnings[0].find("cleanup.policy") != std::string::npos);
  topic.refusal.reset();
  run(first, 20s);
  BOOST_TEST(topic.messages.size() == 1u);
  // It is looked at again while it is written.
  topic.refusal = failure{errc::read_only, "cleanup.policy is 'delete'"};
  run(first, 11s);
  BOOST_TEST(!first.counts().is_writer);
}

BOOST_AUTO_TEST_CASE(a_node_outside_the_ledger_never_writes) {
  first.may_write = false;
  ledger.change();
  first.fold();
  run(first, 60s);
  BOOST_TEST(topic.writers == 0u);
  first.may_write = true;
  run(first, 6s);
  BOOST_TEST(topic.messages.size() == 1u);
  first.may_write = false; // taken out while it writes
  ledger.change();
  first.fold();
  run(first, 60s);
  BOOST_TEST(topic.messages.size() == 1u);
  BOOST_TEST(!first.counts().is_writer);
}

BOOST_AUTO_TEST_CASE(after_a_restore_every_channel_is_told_anew) {
  start();
  ledger.change("second");
  fold_both();
  run(first, 1s);
  BOOST_REQUIRE(ledger.restore(ledger.incarnation + 1) == outcome::accepted);
  fold_both();
  run(first, 1s);
  BOOST_REQUIRE_EQUAL(topic.messages.size(), 4u);
  for (std::size_t i = 2; i < 4; ++i) {
    const auto event = json::parse(topic.messages[i].value);
    BOOST_TEST(event.at("data").at("incarnation") == ledger.incarnation + 1);
  }
}

BOOST_AUTO_TEST_CASE(an_event_says_what_a_cloud_event_must) {
  start();
  const auto event = json::parse(topic.messages[0].value).as_object();
  BOOST_TEST(event.at("specversion") == "1.0");
  BOOST_TEST(std::string_view{event.at("source").as_string()} ==
             "urn:signalbox:ledger:" + ledger.ledger.hex());
  BOOST_TEST(event.at("datacontenttype") == "application/json");
  const auto& data = event.at("data").as_object();
  BOOST_TEST(event.at("id") == data.at("token"));
  BOOST_TEST(event.at("time") == data.at("changed_at"));
  BOOST_TEST(data.at("version") == "1.0.1");
  BOOST_TEST(data.at("index") == 8);
  BOOST_TEST(data.at("changelog") == "change 8");
  BOOST_TEST(!data.contains("head"));
  // Of another ledger it is none.
  BOOST_CHECK(!read_cloud_event(ledger_id{}, topic.messages[0].value));
  BOOST_CHECK(!read_cloud_event(ledger.ledger, "[]"));
  BOOST_CHECK(!read_cloud_event(ledger.ledger, ""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(updates_election_suite)

BOOST_AUTO_TEST_CASE(two_that_fence_one_another_do_so_ever_more_rarely) {
  using clock = updates_election::clock;
  updates_election x{{2s, 30s}, 7};
  clock::time_point now{1h};
  std::vector<clock::duration> waits;
  for (int i = 0; i < 8; ++i) {
    x.calm(now);
    BOOST_TEST(!x.stands(now));
    waits.push_back(x.due() - now);
    now = x.due();
    BOOST_TEST(x.stands(now));
    x.elected(now);
    now += 1s;
    x.lost(now); // at once, by the other one
  }
  BOOST_CHECK(waits.front() >= 2s && waits.front() <= 4s);
  BOOST_CHECK(waits.back() >= 30s && waits.back() <= 60s);
  // Whoever held out begins with the shortest again.
  x.elected(now);
  now += 31s;
  x.lost(now);
  BOOST_CHECK(x.due() - now <= 4s);
}

BOOST_AUTO_TEST_SUITE_END()
