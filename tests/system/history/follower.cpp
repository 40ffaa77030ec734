#include "tests/system/history/follower.hpp"

#include <chrono>
#include <optional>
#include <thread>

#include "app/sse_parser.hpp"

namespace signalbox::test {

namespace {

using steady = std::chrono::steady_clock;

/// Streams beat every second: more than this is a node that stands.
constexpr std::chrono::milliseconds silence{4000};

} // namespace

follower::follower(fleet& all, int number, std::uint32_t seed,
                   std::chrono::seconds patience)
    : all_{all}, random_{seed}, patience_{patience}, token_{all.start()} {
  heard_.subscriber = number;
  heard_.from = index_of(token_);
}

bool follower::is_done(const std::atomic<std::uint64_t>& last) const {
  return last > 0 && !heard_.changes.empty() &&
         heard_.changes.back().index >= last;
}

void follower::run(const std::atomic<std::uint64_t>& last) {
  std::optional<steady::time_point> deadline;
  while (!is_done(last) && (!deadline || steady::now() < *deadline)) {
    if (last > 0 && !deadline)
      deadline = steady::now() + patience_;
    try {
      listen(last);
    } catch (const std::exception&) { // the stream broke
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
  }
}

void follower::listen(const std::atomic<std::uint64_t>& last) {
  http_client client{all_.ports()[random_() % fleet::size], 0, silence};
  client.send(
      "GET /v1/ledgers/main/subscribe?client_id=claude-code HTTP/1.1\r\n"
      "Host: test\r\nAccept: text/event-stream\r\nLast-Event-ID: " +
      token_ + "\r\n\r\n");
  if (!client.read_head().starts_with("HTTP/1.1 200 "))
    throw std::runtime_error{"no stream"};
  sse_parser events;
  while (!is_done(last)) {
    events.feed(client.read_line());
    const auto event = events.next();
    if (!event || (event->type != "published" && event->type != "reverted"))
      continue;
    token_ = event->id;
    const auto x = json::parse(event->data);
    heard_.changes.push_back(
        {x.at("index").to_number<std::uint64_t>(),
         std::string{x.at("client_id").as_string()} + '/' +
             std::string{x.at("profile").as_string()},
         x.at("channel_version").to_number<std::uint64_t>(),
         std::string{x.at("artifact_id").as_string()}});
  }
}

} // namespace signalbox::test
