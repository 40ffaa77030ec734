#include "storage/memory_log.hpp"

#include "tests/storage/log_contract.hpp"

namespace {

struct memory_engine {
  signalbox::event_log& log() { return log_; }
  signalbox::memory_log log_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(memory_log_contract)

SIGNALBOX_LOG_CONTRACT(memory_engine)
SIGNALBOX_OWN_LOG_CONTRACT(memory_engine)

BOOST_AUTO_TEST_CASE(refused_appends_leave_the_reads) {
  signalbox::memory_log log;
  signalbox::test::append(log, {"a"});
  log.refuse_appends("full");
  const auto x = signalbox::test::refusal(log, "b");
  BOOST_CHECK(x.code == signalbox::errc::read_only);
  BOOST_TEST(x.message == "full");
  BOOST_TEST(log.health().reason == "full");
  signalbox::test::check_same(signalbox::test::read_texts(log), {"a"});
  log.refuse_appends("");
  BOOST_TEST(to_integer(signalbox::test::append(log, {"b"})) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
