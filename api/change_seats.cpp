#include "api/change_seats.hpp"

#include <mutex>
#include <unordered_map>

namespace signalbox {

struct change_seats::book {
  explicit book(seat_limits x) : limits{x} {}

  void give_back(const std::string& caller) {
    const std::lock_guard lock{mutex};
    --taken;
    auto i = callers.find(caller);
    if (--i->second == 0)
      callers.erase(i);
  }

  const seat_limits limits;
  std::mutex mutex;
  std::size_t taken = 0;
  std::unordered_map<std::string, std::size_t> callers;
};

change_seats::change_seats(seat_limits limits)
    : book_{std::make_shared<book>(limits)} {}

result<change_seats::seat> change_seats::take(const std::string& caller) {
  auto& x = *book_;
  const std::lock_guard lock{x.mutex};
  if (x.taken >= x.limits.all)
    return failure{errc::overloaded, "too many listen for changes on this "
                                     "node: try again later"};
  auto& held = x.callers[caller];
  if (held >= x.limits.per_caller)
    return failure{errc::overloaded,
                   "this caller listens for changes " + std::to_string(held) +
                       " times already, as often as one may: close some, or "
                       "name several clients and profiles in one subscription"};
  ++held;
  ++x.taken;
  return seat{nullptr,
              [kept = book_, caller](void*) { kept->give_back(caller); }};
}

std::size_t change_seats::taken() const {
  const std::lock_guard lock{book_->mutex};
  return book_->taken;
}

} // namespace signalbox
