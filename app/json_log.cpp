#include "app/json_log.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <spdlog/async.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include "app/wall_clock.hpp"
#include "events/ids.hpp"

namespace signalbox {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds last_words{2};
/// Before the next try to write to a reader that takes nothing.
constexpr std::chrono::milliseconds retry_pause{5};

spdlog::level::level_enum to_spdlog(log_level x) {
  switch (x) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// An open file of our own to where `out` leads, that never makes a writer
/// wait; the flags of the one that was given are shared with other processes.
/// Nothing for what cannot be opened so, such as a socket.
int open_again(int out) {
  struct stat what {};
  const bool waits = ::fstat(out, &what) == 0 &&
                     (S_ISFIFO(what.st_mode) || S_ISCHR(what.st_mode));
  const auto path = "/proc/self/fd/" + std::to_string(out);
  return waits ? ::open(path.c_str(),
                        O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
               : -1;
}

/// Writes on the log's own thread, and never waits inside the kernel: a reader
/// that stalls for ever cannot hold up the exit.
class patient_sink final
    : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit patient_sink(int out) : given_{out}, own_{open_again(out)} {}
  ~patient_sink() override {
    if (own_ >= 0)
      ::close(own_);
  }

  /// Any thread: what is not written by then is dropped.
  void end_by(clock::time_point x) { deadline_ = x; }

  std::uint64_t dropped() const { return dropped_; }

 private:
  void sink_it_(const spdlog::details::log_msg& x) override {
    std::string line{x.payload.data(), x.payload.size()};
    line += '\n';
    std::string_view rest = line;
    while (!rest.empty() && write_some(rest)) {
    }
    if (!rest.empty())
      ++dropped_;
  }

  void flush_() override {}

  /// False if nothing more of this line will be taken.
  bool write_some(std::string_view& rest) const {
    const auto n = write_now(rest);
    if (n >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(n));
      return true;
    }
    if (errno == EINTR)
      return true;
    if (errno != EAGAIN || clock::now() >= deadline_.load())
      return false;
    std::this_thread::sleep_for(retry_pause);
    return true;
  }

  ssize_t write_now(std::string_view x) const {
    if (own_ >= 0)
      return ::write(own_, x.data(), x.size());
    const auto n =
        ::send(given_, x.data(), x.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return n < 0 && errno == ENOTSOCK ? ::write(given_, x.data(), x.size()) : n;
  }

  const int given_;
  const int own_;
  std::atomic<clock::time_point> deadline_{clock::time_point::max()};
  std::atomic<std::uint64_t> dropped_{0};
};

} // namespace

struct json_log::impl {
  explicit impl(int out)
      : sink{std::make_shared<patient_sink>(out)},
        thread{std::make_shared<spdlog::details::thread_pool>(max_waiting, 1)},
        logger{std::make_shared<spdlog::async_logger>(
            "signalbox", sink, thread,
            spdlog::async_overflow_policy::overrun_oldest)} {}

  std::shared_ptr<patient_sink> sink;
  std::shared_ptr<spdlog::details::thread_pool> thread;
  std::shared_ptr<spdlog::async_logger> logger;
};

json_log::json_log(log_level least, int out)
    : impl_{std::make_unique<impl>(out)} {
  impl_->logger->set_level(to_spdlog(least));
}

json_log::~json_log() {
  impl_->sink->end_by(clock::now() + last_words);
  impl_->thread.reset(); // ends its thread once the queue is empty
}

void json_log::write(log_level level, std::string_view message,
                     boost::json::object fields) const {
  if (!impl_->logger->should_log(to_spdlog(level)))
    return;
  boost::json::object line{{"ts", to_rfc3339(wall_clock())},
                           {"level", to_string(level)},
                           {"msg", message}};
  for (auto& [name, value] : fields)
    line[name] = std::move(value);
  impl_->logger->log(to_spdlog(level), "{}", boost::json::serialize(line));
}

std::uint64_t json_log::dropped() const {
  return impl_->sink->dropped() + impl_->thread->overrun_counter();
}

} // namespace signalbox
