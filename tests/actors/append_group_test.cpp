#include "actors/appender.hpp"

#include "tests/actors/keeper_world.hpp"
#include "tests/storage/log_steps.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct group_world {
  faulty_log log;
  node_status status;
  timestamp now{1'800'000'000'000};
  append_group group{log, status, [this] { return now; }};
  std::vector<append_failed> failures;

  group_world() { status.set_ledger_problem(""); }

  std::shared_ptr<const proposal> record(std::string_view text) {
    auto out = std::make_shared<proposal>();
    out->record = to_buffer(as_bytes(text));
    return out;
  }

  bool add(std::shared_ptr<const proposal> x) {
    return group.add({std::move(x)});
  }

  void write() {
    group.write([this](append_failed x) { failures.push_back(std::move(x)); });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(append_group_suite, group_world)

BOOST_AUTO_TEST_CASE(records_that_gathered_are_one_group_in_order) {
  BOOST_CHECK(add(record("a")));
  BOOST_CHECK(!add(record("b")));
  BOOST_CHECK(!add(record("c")));
  write();
  check_same(read_texts(log), {"a", "b", "c"});
  BOOST_CHECK((log.groups() == std::vector<std::size_t>{3}));
  BOOST_CHECK_EQUAL(status.log_end.load(), 3U);
  BOOST_CHECK(failures.empty());
  BOOST_CHECK(add(record("d")));
}

BOOST_AUTO_TEST_CASE(a_group_takes_the_clocks_time) {
  add(record("a"));
  write();
  BOOST_CHECK(read_from(log, 0).entries.at(0).time == now);
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_for_each_record) {
  log.on_append = faulty_log::fault::refuse;
  auto a = record("a");
  auto b = record("b");
  add(a);
  add(b);
  write();
  BOOST_REQUIRE_EQUAL(failures.size(), 2U);
  BOOST_CHECK(failures[0].what == a);
  BOOST_CHECK(failures[1].what == b);
  BOOST_CHECK_EQUAL(failures[0].why->code, errc::read_only);
  BOOST_CHECK_EQUAL(status.append_failures.load(), 1U);
  BOOST_CHECK_EQUAL(status.write_problem(), "the disk is full");
  BOOST_CHECK_EQUAL(status.read_problem(), "");
}

BOOST_AUTO_TEST_CASE(a_failed_group_is_not_written_again) {
  log.on_append = faulty_log::fault::lose;
  add(record("a"));
  write();
  log.on_append = faulty_log::fault::none;
  add(record("b"));
  write();
  check_same(read_texts(log), {"b"});
}

BOOST_AUTO_TEST_CASE(an_empty_group_probes_and_clears_the_problem) {
  log.on_append = faulty_log::fault::refuse;
  add(record("a"));
  write();
  log.on_append = faulty_log::fault::none;
  write();
  BOOST_CHECK_EQUAL(log.probes.load(), 1);
  BOOST_CHECK_EQUAL(status.write_problem(), "");
}

BOOST_AUTO_TEST_CASE(an_empty_group_that_fails_tells_nobody) {
  log.on_append = faulty_log::fault::refuse;
  write();
  BOOST_CHECK(failures.empty());
  BOOST_CHECK_EQUAL(status.write_problem(), "the disk is full");
}

BOOST_AUTO_TEST_SUITE_END()
