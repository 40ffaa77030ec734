#include "actors/stream_writer.hpp"

#include <future>
#include <new>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "storage/memory_stream.hpp"

using namespace signalbox;

namespace {

using namespace std::chrono_literals;

/// A memory_stream that runs out of memory on demand. Any thread.
class short_stream final : public event_stream {
 public:
  std::atomic<bool> no_append{false};
  std::atomic<bool> no_trim{false};
  memory_stream kept;

  std::uint64_t begin() const override { return kept.begin(); }
  std::uint64_t end() const override { return kept.end(); }
  result<std::uint64_t> append(std::span<const byte_view> records,
                               timestamp append_time) override {
    if (no_append)
      throw std::bad_alloc{};
    return kept.append(records, append_time);
  }
  result<void> read(std::uint64_t from, const visitor& visit) const override {
    return kept.read(from, visit);
  }
  result<void> read_back(std::uint64_t before,
                         const visitor& visit) const override {
    return kept.read_back(before, visit);
  }
  result<void> trim(timestamp before) override {
    if (no_trim)
      throw std::bad_alloc{};
    return kept.trim(before);
  }
  std::uint64_t bytes() const override { return kept.bytes(); }
};

struct writer_world {
  using told = std::promise<result<void>>;

  short_stream stream;
  std::promise<std::string> warned;
  std::atomic<int> warnings{0};
  stream_writer writer{{.stream = stream,
                        .wall_clock = [] { return timestamp{1'000'000}; },
                        .keep = 1000,
                        .gather = 1ms,
                        .warn =
                            [this](std::string x) {
                              if (++warnings == 1)
                                warned.set_value(std::move(x));
                            },
                        .on_trim = nullptr}};

  result<void> write() {
    auto done = std::make_shared<told>();
    auto answer = done->get_future();
    const auto taken =
        writer.write(byte_buffer(8), [done](auto& x) { done->set_value(x); });
    BOOST_REQUIRE(taken);
    BOOST_REQUIRE((answer.wait_for(60s) == std::future_status::ready));
    return answer.get();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stream_writing, writer_world)

BOOST_AUTO_TEST_CASE(a_group_without_memory_is_told_and_the_next_is_written) {
  stream.no_append = true;
  writer.start();
  const auto refused = write();
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == errc::unavailable);
  BOOST_TEST(writer.counts().failed == 1u);
  BOOST_TEST(stream.end() == 0u);
  stream.no_append = false;
  BOOST_TEST(static_cast<bool>(write()));
  BOOST_TEST(writer.counts().written == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_told_costs_the_others_nothing) {
  auto last = std::make_shared<told>();
  auto answer = last->get_future();
  // Taken before the start, so that all three are one group.
  writer.write(byte_buffer(8), [](auto&) { throw std::bad_alloc{}; });
  writer.write(byte_buffer(8), nullptr);
  writer.write(byte_buffer(8), [last](auto& x) { last->set_value(x); });
  writer.start();
  BOOST_REQUIRE((answer.wait_for(60s) == std::future_status::ready));
  BOOST_TEST(static_cast<bool>(answer.get()));
  BOOST_TEST(writer.counts().written == 3u);
  BOOST_TEST(writer.counts().failed == 1u);
  BOOST_TEST(stream.end() == 3u);
}

BOOST_AUTO_TEST_CASE(a_retention_without_memory_is_a_warning) {
  stream.no_trim = true;
  writer.start();
  auto warning = warned.get_future();
  BOOST_REQUIRE((warning.wait_for(60s) == std::future_status::ready));
  BOOST_TEST(warning.get().starts_with("old entries of a stream"));
  BOOST_TEST(static_cast<bool>(write()));
}

BOOST_AUTO_TEST_SUITE_END()
