#include "storage/kafka_stream.hpp"

#include <set>

#include "tests/kafka/kafka_stream_engine.hpp"
#include "tests/kafka/stranger.hpp"
#include "tests/storage/stream_contract.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct one_partition {
  event_stream& stream() { return patient; }

  stream_topic topic;
  stream_node node{topic};
  patient_stream patient{node};
};

using rows = std::vector<std::pair<std::uint64_t, std::string>>;

rows rows_of(const event_stream& x) {
  rows out;
  BOOST_REQUIRE(x.read(0, [&](const stream_entry_view& y) {
    out.emplace_back(y.index, as_text(y.record));
    return true;
  }));
  return out;
}

std::uint64_t write(event_stream& to, const std::vector<std::string>& records) {
  return stream_contract::append(to, records);
}

/// The record up to its colon.
std::string key_of(byte_view record) {
  const auto text = as_text(record);
  return std::string{text.substr(0, text.find(':'))};
}

} // namespace

BOOST_AUTO_TEST_SUITE(kafka_stream_contract)
SIGNALBOX_STREAM_CONTRACT(one_partition)
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(kafka_stream_suite)

BOOST_AUTO_TEST_CASE(two_nodes_see_the_same_under_the_same_indexes) {
  const stream_topic topic;
  stream_node first{topic}, second{topic};
  write(first.stream(), {"a", "b"});
  write(second.stream(), {"c"});
  write(first.stream(), {"d"});
  const rows wanted{{0, "a"}, {1, "b"}, {2, "c"}, {3, "d"}};
  for (auto* x : {&first, &second}) {
    BOOST_TEST(x->serves_until([&] { return x->stream().end() == 4; }));
    BOOST_TEST((rows_of(x->stream()) == wanted));
  }
}

BOOST_AUTO_TEST_CASE(each_entry_is_told_once_when_it_is_copied) {
  const stream_topic topic;
  stream_node first{topic}, second{topic};
  write(first.stream(), {"a", "b"});
  std::vector<std::string> told;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (told.size() < 2 && std::chrono::steady_clock::now() < deadline) {
    second.stream().serve([&](const stream_entry_view& x) {
      told.emplace_back(as_text(x.record));
      return true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  // The comparisons that come meanwhile bring nothing twice.
  for (int i = 0; i < 300; ++i) {
    second.stream().serve([&](const stream_entry_view& x) {
      told.emplace_back(as_text(x.record));
      return true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  BOOST_TEST((told == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(the_brokers_stamp_records_and_not_the_node) {
  one_partition x;
  write(x.stream(), {"a"}); // at 1000 milliseconds since 1970
  BOOST_REQUIRE(x.stream().read(0, [&](const stream_entry_view& y) {
    BOOST_CHECK(y.append_time > timestamp{1'600'000'000'000});
    return true;
  }));
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_where_it_was_and_doubles_nothing) {
  const stream_topic topic;
  stream_node first{topic}, second{topic};
  write(first.stream(), {"a"});
  BOOST_REQUIRE(
      second.serves_until([&] { return second.stream().end() == 1; }));
  second.close();
  write(first.stream(), {"b", "c"});
  second.reopen();
  BOOST_TEST((rows_of(second.stream()) == rows{{0, "a"}, {1, "b"}, {2, "c"}}));
}

BOOST_AUTO_TEST_CASE(a_node_that_joins_late_has_the_indexes_of_the_others) {
  const stream_topic topic;
  stream_node first{topic};
  write(first.stream(), {"a", "b", "c", "d"});
  stranger{one_broker().bootstrap()}.drop_before(topic.name(), 0, 2);
  stream_node second{topic};
  BOOST_TEST((rows_of(second.stream()) == rows{{2, "c"}, {3, "d"}}));
  BOOST_TEST(second.stream().begin() == 2u);
  BOOST_TEST(second.warned().find("retention") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_node_that_was_away_past_the_retention_reads_on) {
  const stream_topic topic;
  stream_node first{topic}, second{topic};
  write(first.stream(), {"a"});
  BOOST_REQUIRE(
      second.serves_until([&] { return second.stream().end() == 1; }));
  second.close();
  write(first.stream(), {"b", "c", "d"});
  stranger{one_broker().bootstrap()}.drop_before(topic.name(), 0, 3);
  second.reopen();
  BOOST_TEST((rows_of(second.stream()) == rows{{0, "a"}, {3, "d"}}));
  BOOST_TEST(second.warned().find("dropped 2 records") != std::string::npos);
  BOOST_TEST(write(second.stream(), {"e"}) == 4u);
}

BOOST_AUTO_TEST_CASE(a_mark_of_a_transaction_leaves_a_hole_in_the_indexes) {
  one_partition x;
  write(x.stream(), {"a"});
  stranger other{one_broker().bootstrap()};
  other.begin(x.topic.name(), "b");
  other.finish(stranger::ending::commit);
  other.produce_null(x.topic.name());
  BOOST_TEST(write(x.stream(), {"d"}) == 4u);
  BOOST_TEST(
      (rows_of(x.stream()) == rows{{0, "a"}, {1, "b"}, {3, ""}, {4, "d"}}));
  x.node.reopen();
  BOOST_TEST(x.stream().end() == 5u);
}

BOOST_AUTO_TEST_CASE(a_topic_made_anew_is_copied_anew_at_a_start) {
  const stream_topic topic;
  stream_node x{topic};
  write(x.stream(), {"a", "b", "c"});
  BOOST_REQUIRE(x.serves_until([&] { return x.stream().end() == 3; }));
  x.close();
  topic.make_anew();
  kafka_client{one_broker().bootstrap()}.produce(topic.name(), {"x", "y"});
  (void)x.try_reopen(); // catches up, or goes on where its patience ended
  BOOST_TEST(x.serves_until([&] {
    return rows_of(x.stream()) == rows{{0, "x"}, {1, "y"}};
  }));
  BOOST_TEST(x.warned().find("made anew") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_topic_made_anew_is_noticed_while_running) {
  const stream_topic topic;
  stream_node x{topic};
  write(x.stream(), {"a", "b"});
  BOOST_REQUIRE(x.serves_until([&] { return x.stream().end() == 2; }));
  topic.make_anew();
  kafka_client{one_broker().bootstrap()}.produce(topic.name(), {"x", "y", "z"});
  BOOST_TEST(x.serves_until([&] {
    return rows_of(x.stream()) == rows{{0, "x"}, {1, "y"}, {2, "z"}};
  }));
}

/// One that took the place of another so fast that the node read on in it: its
/// last record is the copy's.
BOOST_AUTO_TEST_CASE(a_topic_made_anew_is_noticed_though_it_was_read_on) {
  const stream_topic topic;
  stream_node x{topic};
  write(x.stream(), {"a", "b"});
  BOOST_REQUIRE(x.serves_until([&] { return x.stream().end() == 2; }));
  x.close();
  topic.make_anew();
  kafka_client{one_broker().bootstrap()}.produce(topic.name(), {"x", "y", "z"});
  x.forge(2, "z");
  (void)x.try_reopen(); // catches up, or goes on where its patience ended
  BOOST_TEST(x.serves_until([&] {
    return rows_of(x.stream()) == rows{{0, "x"}, {1, "y"}, {2, "z"}};
  }));
}

/// Each comparison goes from the first record to the last, in every partition.
BOOST_AUTO_TEST_CASE(comparing_drops_and_doubles_nothing_that_comes_meanwhile) {
  const stream_topic topic{3};
  stream_node first{topic, key_of}, second{topic, key_of};
  std::vector<std::string> told;
  const auto note = [&](const stream_entry_view& x) {
    told.emplace_back(as_text(x.record));
    return true;
  };
  std::vector<std::string> wanted;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{4};
  while (std::chrono::steady_clock::now() < until) {
    wanted.push_back(std::to_string(wanted.size() % 7) + ':' +
                     std::to_string(wanted.size()));
    write(first.stream(), {wanted.back()});
    second.stream().serve(note);
  }
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (told.size() < wanted.size() &&
         std::chrono::steady_clock::now() < deadline)
    second.stream().serve(note);
  std::sort(told.begin(), told.end());
  std::sort(wanted.begin(), wanted.end());
  BOOST_TEST((told == wanted));
  BOOST_TEST(second.warned().find("made anew") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(records_of_one_key_keep_their_order_over_nodes) {
  const stream_topic topic{12};
  stream_node first{topic, key_of}, second{topic, key_of};
  for (int i = 0; i < 20; ++i)
    for (int key = 0; key < 20; ++key)
      write((i % 2 == 0 ? first : second).stream(),
            {std::to_string(key) + ':' + std::to_string(i)});
  for (auto* x : {&first, &second}) {
    BOOST_REQUIRE(x->serves_until([&] { return x->stream().size() == 400; }));
    std::map<std::string, int> next;
    std::set<std::uint64_t> indexes;
    for (auto& [index, text] : rows_of(x->stream())) {
      indexes.insert(index);
      const auto colon = text.find(':');
      BOOST_TEST(std::stoi(text.substr(colon + 1)) ==
                 next[text.substr(0, colon)]++);
    }
    BOOST_TEST(next.size() == 20u);
    BOOST_TEST(indexes.size() == 400u);
  }
  BOOST_TEST((rows_of(first.stream()) == rows_of(second.stream())));
}

BOOST_AUTO_TEST_CASE(a_group_lands_in_several_partitions) {
  const stream_topic topic{3};
  stream_node x{topic, key_of};
  write(x.stream(), {"a:1", "b:1", "c:1", "d:1", "e:1", "f:1"});
  BOOST_TEST(x.serves_until([&] { return x.stream().size() == 6; }));
  x.reopen();
  BOOST_TEST(rows_of(x.stream()).size() == 6u);
}

BOOST_AUTO_TEST_CASE(the_copy_answers_without_a_broker_and_takes_nothing) {
  one_partition x;
  write(x.stream(), {"a"});
  x.node.point_nowhere();
  const auto opened = x.node.try_reopen();
  BOOST_REQUIRE(!opened);
  BOOST_TEST((rows_of(x.stream()) == rows{{0, "a"}}));
  const auto record = as_bytes("b");
  const auto refused = x.node.stream().append({&record, 1}, timestamp{1});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::read_only);
}

BOOST_AUTO_TEST_CASE(a_topic_with_a_danger_is_off_and_names_the_remedy) {
  one_partition x;
  write(x.stream(), {"a"});
  x.topic.change("retention.ms", "-1");
  const auto opened = x.node.try_reopen();
  BOOST_REQUIRE(!opened);
  BOOST_TEST(opened.error().message.find("retention.ms=86400000") !=
             std::string::npos);
  BOOST_TEST((rows_of(x.stream()) == rows{{0, "a"}}));
  const auto record = as_bytes("b");
  BOOST_TEST(!x.node.stream().append({&record, 1}, timestamp{1}));
  // It is taken once it is mended, without a restart.
  x.topic.change("retention.ms", "86400000");
  BOOST_TEST(x.node.serves_until([&] {
    return x.node.stream().append({&record, 1}, timestamp{1}).has_value();
  }));
}

BOOST_AUTO_TEST_CASE(a_topic_of_several_partitions_has_no_order_for_activity) {
  const stream_topic topic{2};
  stream_node keyed{topic, key_of}; // is taken with a key
  temporary_directory dir;
  auto other = kafka_stream::open(
      {.settings = topic.settings,
       .stream = reports_stream,
       .database = rocksdb_database::create({dir.path() / "db"}).value(),
       .tag = 'A',
       .keep = stream_topic::keep});
  BOOST_REQUIRE(other);
  const auto refused = (*other)->catch_up();
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().message.find("must have 1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_topic_that_is_not_there_is_told_with_how_to_make_it) {
  const stream_topic topic;
  stream_node x{topic};
  BOOST_REQUIRE(kafka_topics{topic.settings}.remove(topic.name()));
  const auto opened = x.try_reopen();
  BOOST_REQUIRE(!opened);
  BOOST_CHECK(opened.error().code == errc::not_found);
  BOOST_TEST(opened.error().message.find("kafka-topics --create") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
