#include "actors/updates_publisher.hpp"

#include <algorithm>
#include <csignal>
#include <exception>

#include "actors/defaults.hpp"

namespace signalbox {

using std::chrono::milliseconds;

updates_publisher::updates_publisher(
    updates_config config,
    const std::function<void(std::function<void()>)>& listen)
    : topic_{config.topic}, warn_{config.warn}, course_{std::move(config)} {
  listen([signal = signal_] { signal->raise(); });
}

updates_publisher::~updates_publisher() {
  stop();
}

void updates_publisher::start() {
  // Signals are for the main thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread{[this] { run(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  topic_.listen([signal = signal_] { signal->raise(); });
}

void updates_publisher::stop() {
  is_stopping_ = true;
  topic_.stop();
  topic_.listen(nullptr);
  signal_->raise();
  if (thread_.joinable())
    thread_.join();
}

void updates_publisher::run() {
  using clock = updates_course::clock;
  while (!is_stopping_) {
    signal_->clear();
    auto next = clock::now() + actor_defaults::updates_idle;
    try {
      next = course_.step(clock::now());
    } catch (const std::exception& e) {
      warn_(std::string{"changes were not written to Kafka: "} + e.what());
    }
    if (!is_stopping_)
      signal_->wait(std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(
                                                  next - clock::now())));
  }
}

} // namespace signalbox
