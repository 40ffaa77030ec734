#include <chrono>

#include <boost/test/unit_test.hpp>

#include "app/founding_roots.hpp"
#include "storage/data_dir.hpp"
#include "storage/rocksdb_log.hpp"
#include "tests/projections/random_history.hpp"
#include "tests/system/copy_bench.hpp"
#include "tests/system/engines.hpp"

// Long logs that move between the engines.

namespace signalbox::test {

namespace {

/// The directory of a node whose log holds what the fixture has seen.
void write_ledger(const fs::path& data, const ledger_fixture& facts) {
  const auto directory = data_dir::create(data).value();
  auto database = rocksdb_database::create({directory.database()}).value();
  const auto log = rocksdb_log::open(database).value();
  std::vector<log_entry_view> entries;
  for (auto& x : facts.log)
    entries.push_back({log_index{entries.size()}, x.append_time, x.envelope});
  BOOST_REQUIRE(log->copy(entries, {}));
  BOOST_REQUIRE(database->flush());
  ledger_file pins;
  pins.ledger = facts.ledger;
  pins.name = "main";
  pins.root_fingerprint = founding_fingerprint(*log).value();
  pins.node = facts.node;
  BOOST_REQUIRE(write_ledger_file(data, pins));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_copy_proof, copy_bench, *of_one_engine())

BOOST_AUTO_TEST_CASE(a_hundred_thousand_random_events_move_both_ways) {
  using clock = std::chrono::steady_clock;
  ledger_fixture facts;
  facts.now = timestamp{1'600'000'000'000};
  facts.prepare();
  random_history{facts, 5}.run(100'000);
  int voids = 0;
  for (std::size_t i = 0; i < facts.state.size; ++i)
    voids += facts.state.judgements[i].result ==
             static_cast<std::uint16_t>(outcome::expired);
  BOOST_TEST(voids > 100); // not_after is in it
  write_ledger(place / "first", facts);
  copy_options there;
  there.data = place / "first";
  there.to = place / "k";
  there.kafka = plan_of(settings);
  const auto start = clock::now();
  const auto on_kafka = copy_ledger(there);
  BOOST_REQUIRE_MESSAGE(on_kafka, on_kafka.error().message);
  const auto middle = clock::now();
  copy_options back;
  back.data = there.to;
  back.to = place / "b";
  const auto again = copy_ledger(back);
  BOOST_REQUIRE_MESSAGE(again, again.error().message);
  const std::chrono::duration<double> out = middle - start;
  const std::chrono::duration<double> home = clock::now() - middle;
  BOOST_TEST_MESSAGE("to Kafka " << out.count() << " s, back " << home.count()
                                 << " s, H " << again->log.chain.hex()
                                 << ", state " << again->log.state.hex());
  BOOST_TEST(again->log.entries == facts.state.size);
  BOOST_TEST((again->log == on_kafka->log));
  BOOST_TEST((again->log.chain == facts.state.chain));
  BOOST_TEST((again->log.state == facts.state.hash));
}

BOOST_AUTO_TEST_CASE(a_leader_that_dies_in_the_middle_costs_time_alone) {
  const kafka_cluster cluster{3};
  write_text(settings, "bootstrap.servers = " + cluster.bootstrap() +
                           "\nsignalbox.ledger = " + name + '\n');
  ledger_fixture facts;
  facts.prepare();
  random_history{facts, 7}.run(20'000);
  write_ledger(place / "first", facts);
  copy_options options;
  options.data = place / "first";
  options.to = place / "k";
  options.kafka = plan_of(settings);
  options.kafka->layout = {};
  int seen = 0;
  options.progress = [&](std::string_view what, auto, auto) {
    if (what != "copied")
      return;
    if (++seen == 1)
      cluster.lead("signalbox." + name + ".decisions.v1", 0, 2);
    if (seen == 10'000)
      cluster.kill(2);
  };
  const auto done = copy_ledger(options);
  BOOST_REQUIRE_MESSAGE(done, done.error().message);
  BOOST_TEST(seen == 20'000 + 8);
  BOOST_TEST((done->log.chain == facts.state.chain));
  BOOST_TEST((done->log.state == facts.state.hash));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
