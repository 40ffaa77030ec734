#include "tests/storage/mounted_disk.hpp"
#include "tests/storage/rocksdb_engine.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

rocksdb_config on(const mounted_disk& disk) {
  rocksdb_config out;
  out.directory = disk.path() / "db";
  return out;
}

/// Appends until the log refuses; gives the texts that were acknowledged.
std::vector<std::string> append_until_refused(event_log& log) {
  std::vector<std::string> out;
  while (true) {
    auto text = std::to_string(out.size()) + std::string(50'000, 'x');
    const auto view = as_bytes(text);
    if (!log.append({&view, 1}, noon))
      return out;
    out.push_back(std::move(text));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_disk)

BOOST_AUTO_TEST_CASE(a_disk_that_fills_up_refuses_appends_and_keeps_reads) {
  mounted_disk disk{"16m"};
  rocksdb_engine x{on(disk)};
  auto wanted = append_until_refused(x.log());
  BOOST_REQUIRE(!wanted.empty());
  for (int i = 0; i < 5; ++i) {
    const auto refused = refusal(x.log(), "more");
    BOOST_CHECK(refused.code == errc::read_only);
    BOOST_TEST(refused.message.find("is full") != std::string::npos);
    BOOST_CHECK(read_texts(x.log()) == wanted);
  }
  BOOST_TEST(x.log().health().reason.find("is full") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(appends_work_again_when_there_is_room) {
  mounted_disk disk{"32m"};
  rocksdb_engine x{on(disk)};
  append(x.log(), {"a"});
  disk.fill();
  auto wanted = append_until_refused(x.log());
  wanted.insert(wanted.begin(), "a");
  BOOST_CHECK(refusal(x.log(), "more").code == errc::read_only);
  BOOST_CHECK(read_texts(x.log()) == wanted);
  disk.free();
  append(x.log(), {}); // the probe: the lost group's fate is decided here
  BOOST_CHECK(x.log().health().state == log_health::mode::writable);
  const auto first = append(x.log(), {"after"});
  const auto all = read_texts(x.log());
  BOOST_TEST(all.size() == to_integer(first) + 1);
  BOOST_TEST(all.back() == "after");
  BOOST_REQUIRE(all.size() >= wanted.size());
  BOOST_CHECK(std::equal(wanted.begin(), wanted.end(), all.begin()));
  x.reopen();
  BOOST_CHECK(read_texts(x.log()) == all);
}

BOOST_AUTO_TEST_CASE(a_start_on_a_full_disk_serves_reads) {
  mounted_disk disk{"32m"};
  rocksdb_engine x{on(disk)};
  append(x.log(), {"a", "b"});
  x.close();
  disk.fill();
  x.open();
  BOOST_TEST(x.log().health().reason.find("is full") != std::string::npos);
  check_same(read_texts(x.log()), {"a", "b"});
  BOOST_CHECK(refusal(x.log(), "c").code == errc::read_only);
  disk.free();
  BOOST_TEST(to_integer(append(x.log(), {"c"})) == 2u);
  check_same(read_texts(x.log()), {"a", "b", "c"});
}

BOOST_AUTO_TEST_CASE(a_read_only_file_system_serves_reads_until_remounted) {
  mounted_disk disk{"32m"};
  rocksdb_engine x{on(disk)};
  append(x.log(), {"a", "b"});
  x.close();
  disk.make_read_only();
  x.open();
  check_same(read_texts(x.log()), {"a", "b"});
  const auto refused = refusal(x.log(), "c");
  BOOST_CHECK(refused.code == errc::read_only);
  BOOST_TEST(refused.message.find("is read-only") != std::string::npos);
  BOOST_TEST(x.log().health().reason == refused.message);
  disk.make_writable();
  BOOST_TEST(to_integer(append(x.log(), {"c"})) == 2u);
  x.reopen();
  check_same(read_texts(x.log()), {"a", "b", "c"});
}

BOOST_AUTO_TEST_SUITE_END()
