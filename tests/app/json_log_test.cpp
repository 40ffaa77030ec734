#include "app/json_log.hpp"

#include <chrono>
#include <future>
#include <string>
#include <thread>

#include <unistd.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace signalbox {

namespace {

using namespace std::chrono_literals;

struct byte_pipe {
  int ends[2] = {-1, -1};

  byte_pipe() { BOOST_REQUIRE_EQUAL(::pipe(ends), 0); }
  ~byte_pipe() {
    close_writer();
    ::close(ends[0]);
  }

  void close_writer() {
    if (ends[1] >= 0)
      ::close(std::exchange(ends[1], -1));
  }

  std::string read_all() {
    std::string out;
    char some[4096];
    for (;;) {
      const auto n = ::read(ends[0], some, sizeof some);
      if (n <= 0)
        return out;
      out.append(some, static_cast<std::size_t>(n));
    }
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(json_logs)

BOOST_AUTO_TEST_CASE(each_line_is_an_object_and_none_is_lost_at_the_end) {
  byte_pipe x;
  auto read = std::async(std::launch::async, [&] { return x.read_all(); });
  {
    const json_log log{log_level::info, x.ends[1]};
    log.write(log_level::debug, "left out");
    for (int i = 0; i < 1000; ++i)
      log.write(log_level::warning, "a line",
                {{"number", i}, {"text", std::string(7000, 'x') + "\n{}"}});
  }
  x.close_writer();
  const auto text = read.get();
  int lines = 0;
  for (std::size_t from = 0; from < text.size(); ++lines) {
    const auto end = text.find('\n', from);
    BOOST_REQUIRE(end != std::string::npos);
    const auto line = boost::json::parse(text.substr(from, end - from));
    BOOST_TEST(line.at("number") == lines);
    BOOST_TEST(line.at("level") == "warning");
    BOOST_TEST(line.at("msg") == "a line");
    from = end + 1;
  }
  BOOST_TEST(lines == 1000);
}

BOOST_AUTO_TEST_CASE(a_reader_that_stalls_holds_up_nobody) {
  byte_pipe x;
  constexpr std::uint64_t lines = 3 * json_log::max_waiting;
  const auto began = std::chrono::steady_clock::now();
  {
    const json_log log{log_level::info, x.ends[1]};
    for (std::uint64_t i = 0; i < lines; ++i)
      log.write(log_level::info, "a line", {{"text", std::string(100, 'x')}});
    // 64 KiB of pipe and the queue hold some; the oldest others are dropped.
    BOOST_TEST(log.dropped() > json_log::max_waiting);
    BOOST_TEST(log.dropped() < lines);
  }
  BOOST_TEST((std::chrono::steady_clock::now() - began < 30s));
}

BOOST_AUTO_TEST_CASE(a_reader_that_wakes_gets_the_newest_lines) {
  byte_pipe x;
  constexpr int lines = 2 * static_cast<int>(json_log::max_waiting);
  std::future<std::string> read;
  {
    const json_log log{log_level::info, x.ends[1]};
    for (int i = 0; i < lines; ++i)
      log.write(log_level::info, "a line",
                {{"number", i}, {"text", std::string(100, 'x')}});
    read = std::async(std::launch::async, [&] { return x.read_all(); });
  }
  x.close_writer();
  const auto text = read.get();
  const auto last = text.rfind('\n', text.size() - 2);
  BOOST_TEST(boost::json::parse(text.substr(last + 1)).at("number") ==
             lines - 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox
