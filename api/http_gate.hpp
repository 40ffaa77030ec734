#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "api/http_handler.hpp"

namespace signalbox {

/// One answer on its way to its connection.
struct answered {
  std::uint64_t key = 0; ///< of the connection
  std::uint64_t sequence = 0;
  http_response response;
  std::unique_ptr<http_stream> stream = nullptr; ///< null: the response is all
};

/// Where answers and tasks wait for their worker. Outlives the worker as long
/// as replies are out, and is shut when the worker ends. Any thread.
class http_gate final : public http_lane {
 public:
  struct items {
    std::vector<answered> answers;
    std::vector<std::function<void()>> tasks;
  };

  /// `wake` is called when something waits where nothing did.
  explicit http_gate(std::function<void()> wake) : wake_{std::move(wake)} {}

  void push(answered x);
  void run(std::function<void()> task) override;

  items take();

  /// What waits is dropped, like all that comes later.
  void shut();

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
  items waiting_;
};

/// The reply to one request, through a gate.
reply make_gate_reply(std::shared_ptr<http_gate> gate, std::uint64_t key,
                      std::uint64_t sequence);

} // namespace signalbox
