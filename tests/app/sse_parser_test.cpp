#include "app/sse_parser.hpp"

#include <boost/test/unit_test.hpp>

using namespace signalbox;

BOOST_AUTO_TEST_SUITE(sse_parsers)

BOOST_AUTO_TEST_CASE(an_event_is_told_when_it_is_whole_fr10) {
  const std::string text = ": comment\nretry: 5\n\nid: a1\nevent: published\n"
                           "data: {\"x\":1}\n\n";
  sse_parser x;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    x.feed(text.substr(i, 1));
    BOOST_REQUIRE(!x.next());
  }
  x.feed("\n");
  const auto event = x.next();
  BOOST_REQUIRE(event);
  BOOST_TEST(event->id == "a1");
  BOOST_TEST(event->type == "published");
  BOOST_TEST(event->data == "{\"x\":1}");
  BOOST_TEST(!x.next());
}

BOOST_AUTO_TEST_CASE(an_id_holds_until_the_next_one_fr10) {
  sse_parser x;
  x.feed("id: 1\ndata: a\n\ndata: b\n\nid: 2\n\n");
  BOOST_TEST(x.next()->id == "1");
  const auto second = x.next();
  BOOST_TEST(second->id == "1");
  BOOST_TEST(second->type == "message");
  BOOST_TEST(!x.next());
  BOOST_TEST(x.last_id() == "2");
}

BOOST_AUTO_TEST_CASE(lines_may_end_with_a_return_and_data_may_have_more_fr10) {
  sse_parser x;
  x.feed("event:plain\r\ndata: a\r\ndata:  b\r\ndata\r\n\r\n");
  const auto event = x.next();
  BOOST_REQUIRE(event);
  BOOST_TEST(event->type == "plain");
  BOOST_TEST(event->data == "a\n b\n");
}

BOOST_AUTO_TEST_SUITE_END()
