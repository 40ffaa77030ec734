#include "api/activity_scan.hpp"

#include <boost/test/unit_test.hpp>

#include "storage/memory_stream.hpp"

using namespace signalbox;

namespace {

/// What two nodes and a stranger left: between two denied calls the nodes told
/// each other what their folds came to.
struct activity_of_nodes {
  activity_of_nodes() {
    add(access_denied{{}, "Publish", "unauthenticated"});
    for (std::uint64_t i = 0; i < 10; ++i)
      add(state_hashed{log_index{i}, {}, {}, 3});
    add(access_denied{{}, "Revert", "unauthenticated"});
  }

  void add(const stream_body& x) {
    const auto bytes = encode_stream_record({x, timestamp{1}, {}, {}});
    const byte_view record{bytes};
    stream.append({&record, 1}, timestamp{1}).value();
  }

  std::vector<std::string> operations(audit_order order) {
    const audit_filter filter;
    const audit_reader reader{audit_reader::sight::everything, {}};
    activity_scan scan{&stream, filter, reader, order, std::nullopt};
    std::vector<std::string> out;
    while (!scan.ended()) {
      audit_budget budget;
      if (scan.peek(budget).value() != nullptr)
        out.push_back(scan.take().operation);
    }
    return out;
  }

  memory_stream stream;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit_of_activity, activity_of_nodes)

BOOST_AUTO_TEST_CASE(what_nodes_tell_each_other_is_not_shown_fr13) {
  const std::vector<std::string> oldest{"Publish", "Revert"};
  const std::vector<std::string> newest{"Revert", "Publish"};
  BOOST_TEST(operations(audit_order::oldest_first) == oldest,
             boost::test_tools::per_element());
  BOOST_TEST(operations(audit_order::newest_first) == newest,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nor_by_its_number_fr13) {
  BOOST_TEST(read_activity_record(stream, 0).has_value());
  const auto hidden = read_activity_record(stream, 5);
  BOOST_REQUIRE(!hidden.has_value());
  BOOST_CHECK(hidden.error().code == errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()
