#include "api/http_gate.hpp"

namespace signalbox {

namespace {

class gate_sink final : public reply_sink {
 public:
  gate_sink(std::shared_ptr<http_gate> gate, std::uint64_t key,
            std::uint64_t sequence)
      : gate_{std::move(gate)}, key_{key}, sequence_{sequence} {}

  void answer(http_response x) override {
    gate_->push({key_, sequence_, std::move(x)});
  }

  void stream(http_response head, std::unique_ptr<http_stream> body) override {
    gate_->push({key_, sequence_, std::move(head), std::move(body)});
  }

 private:
  std::shared_ptr<http_gate> gate_;
  std::uint64_t key_;
  std::uint64_t sequence_;
};

} // namespace

void http_gate::push(answered x) {
  const std::lock_guard lock{mutex_};
  if (!wake_)
    return;
  waiting_.answers.push_back(std::move(x));
  if (waiting_.answers.size() + waiting_.tasks.size() == 1)
    wake_();
}

void http_gate::run(std::function<void()> task) {
  const std::lock_guard lock{mutex_};
  if (!wake_)
    return;
  waiting_.tasks.push_back(std::move(task));
  if (waiting_.answers.size() + waiting_.tasks.size() == 1)
    wake_();
}

http_gate::items http_gate::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

void http_gate::shut() {
  items dropped; // outside the lock: what it holds may call back
  const std::lock_guard lock{mutex_};
  wake_ = nullptr;
  std::swap(dropped, waiting_);
}

reply make_gate_reply(std::shared_ptr<http_gate> gate, std::uint64_t key,
                      std::uint64_t sequence) {
  return reply{std::make_unique<gate_sink>(std::move(gate), key, sequence)};
}

} // namespace signalbox
