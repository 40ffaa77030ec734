#include "app/exit_limit.hpp"

#include <cstdlib>

namespace signalbox {

exit_limit::~exit_limit() {
  {
    std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  changed_.notify_all();
  if (watcher_.joinable())
    watcher_.join();
}

void exit_limit::set(std::chrono::seconds limit, int status) {
  std::lock_guard lock{mutex_};
  deadline_ = steady::now() + limit;
  status_ = status;
  if (!watcher_.joinable())
    watcher_ = std::thread{[this] { watch(); }};
  changed_.notify_all();
}

void exit_limit::watch() {
  std::unique_lock lock{mutex_};
  while (!is_over_) {
    if (steady::now() >= deadline_) {
      log_.write(log_level::warning, "the process does not end: it is ended",
                 {{"reason", "a library waits for something that never comes"},
                  {"status", status_}});
      std::_Exit(status_);
    }
    changed_.wait_until(lock, deadline_);
  }
}

} // namespace signalbox
