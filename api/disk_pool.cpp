#include "api/disk_pool.hpp"

#include <atomic>
#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace signalbox {

namespace {

/// A place in the queue, given back whatever becomes of the task.
class place {
 public:
  explicit place(std::atomic<std::size_t>& taken) : taken_{&taken} {}
  place(place&& x) noexcept : taken_{std::exchange(x.taken_, nullptr)} {}
  place& operator=(place&&) = delete;
  ~place() {
    if (taken_ != nullptr)
      --*taken_;
  }

 private:
  std::atomic<std::size_t>* taken_;
};

} // namespace

struct disk_pool::impl {
  impl(std::size_t threads, std::size_t most, failure_function f)
      : max_queued{most}, on_failure{std::move(f)}, pool{threads} {}

  // An exception that leaves a thread of the pool would end the process.
  void perform(const std::function<void()>& task) noexcept {
    try {
      task();
    } catch (const std::exception& x) {
      note_failure(x.what());
    } catch (...) {
      note_failure("an exception of unknown type");
    }
  }

  void note_failure(std::string_view why) noexcept try {
    ++failures;
    if (on_failure)
      on_failure(why);
  } catch (...) { // counted already; there is nobody left to tell
  }

  const std::size_t max_queued;
  const failure_function on_failure;
  std::atomic<std::size_t> queued{0};
  std::atomic<std::uint64_t> overloads{0};
  std::atomic<std::uint64_t> failures{0};
  std::atomic<bool> stopped{false};
  boost::asio::thread_pool pool; // first to go: its tasks use the rest
};

disk_pool::disk_pool(std::size_t threads, std::size_t max_queued,
                     failure_function on_failure)
    : impl_{
          std::make_unique<impl>(threads, max_queued, std::move(on_failure))} {}

disk_pool::~disk_pool() {
  stop();
}

bool disk_pool::run(std::function<void()> task) {
  auto& x = *impl_;
  if (x.stopped)
    return false;
  const auto before = x.queued.fetch_add(1);
  place mine{x.queued};
  if (before >= x.max_queued) {
    ++x.overloads;
    return false;
  }
  boost::asio::post(x.pool, [&x, held = std::move(mine),
                             work = std::move(task)] { x.perform(work); });
  return true;
}

void disk_pool::stop() {
  if (!impl_->stopped.exchange(true))
    impl_->pool.join();
}

std::uint64_t disk_pool::overloads() const {
  return impl_->overloads;
}

std::uint64_t disk_pool::failures() const {
  return impl_->failures;
}

} // namespace signalbox
