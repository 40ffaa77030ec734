#include "api/http_worker_context.hpp"

#include <random>

namespace signalbox {

namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

} // namespace

http_worker_context::http_worker_context(const http_config& cfg,
                                         http_handler& served,
                                         std::size_t number,
                                         http_send_budget& all)
    : config{cfg}, handler{served}, worker{number}, budget{all},
      now{std::chrono::steady_clock::now()}, random_{random_seed()} {}

std::string_view http_worker_context::head_end(ending x) {
  const auto second = std::time(nullptr);
  if (second != date_of_) {
    date_of_ = second;
    std::tm utc{};
    gmtime_r(&second, &utc);
    char text[64];
    const auto n = std::strftime(text, sizeof text,
                                 "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    const std::string date{text, n};
    ends_[0] = date + "\r\n";
    ends_[1] = date + "Connection: close\r\n\r\n";
    ends_[2] = date + "Connection: keep-alive\r\n\r\n";
  }
  return ends_[static_cast<std::size_t>(x)];
}

// splitmix64: ids must differ, not resist.
std::string http_worker_context::make_request_id() {
  auto x = random_ += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  std::string text(16, '0');
  for (auto& c : text) {
    c = "0123456789abcdef"[x & 15];
    x >>= 4;
  }
  return text;
}

} // namespace signalbox
