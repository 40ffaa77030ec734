#include "api/disk_pool.hpp"

#include <atomic>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace signalbox {

struct disk_pool::impl {
  impl(std::size_t threads, std::size_t most)
      : pool{threads}, max_queued{most} {}

  boost::asio::thread_pool pool;
  std::size_t max_queued;
  std::atomic<std::size_t> queued{0};
  std::atomic<bool> stopped{false};
};

disk_pool::disk_pool(std::size_t threads, std::size_t max_queued)
    : impl_{std::make_unique<impl>(threads, max_queued)} {}

disk_pool::~disk_pool() {
  stop();
}

bool disk_pool::run(std::function<void()> task) {
  auto& x = *impl_;
  if (x.stopped || x.queued.fetch_add(1) >= x.max_queued) {
    if (!x.stopped)
      x.queued.fetch_sub(1);
    return false;
  }
  boost::asio::post(x.pool, [&x, task = std::move(task)] {
    task();
    x.queued.fetch_sub(1);
  });
  return true;
}

void disk_pool::stop() {
  if (!impl_->stopped.exchange(true))
    impl_->pool.join();
}

} // namespace signalbox
