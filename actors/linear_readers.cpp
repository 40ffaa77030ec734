#include "actors/linear_readers.hpp"

#include <utility>

#include "actors/defaults.hpp"
#include "actors/node_status.hpp"

namespace signalbox {

namespace d = actor_defaults;

namespace {

failure late() {
  return {errc::unavailable,
          "the log is late, so that this node cannot tell what is newest: try "
          "again, or read with consistency=fast"};
}

} // namespace

failure linear_reader::gone() {
  return {errc::unavailable,
          "the ledger is starting or stopping, so that this node cannot tell "
          "what is newest: try again in a moment"};
}

linear_reader::~linear_reader() {
  (*this)(gone());
}

void linear_reader::operator()(const result<void>& x) {
  if (!done_.exchange(true) && f_)
    f_(x);
}

result<void> judge_tick(const command_answer& x) {
  if (x.refused && x.refused->code == errc::pending)
    return late();
  if (x.refused) {
    const auto code = x.refused->code;
    const bool is_told = code == errc::read_only || code == errc::overloaded;
    return failure{is_told ? code : errc::unavailable,
                   "this node cannot tell what is newest: " +
                       x.refused->message};
  }
  if (x.result != outcome::accepted)
    return failure{errc::unavailable,
                   "this node cannot tell what is newest: the ledger did not "
                   "take its tick (void: " +
                       std::string{to_string(x.result)} + ')'};
  return {};
}

void linear_readers::add(std::shared_ptr<linear_reader> x, time_point now) {
  if (size() >= d::max_linear_readers)
    return (*x)(failure{errc::overloaded,
                        "too many linear reads wait on this node: try again, "
                        "or read with consistency=fast"});
  waiting_.push_back({std::move(x), now + d::linear_within});
  count();
}

std::optional<linear_readers::time_point> linear_readers::due() const {
  if (under_way_ || waiting_.empty())
    return std::nullopt;
  return left_ ? *left_ + d::linear_apart : time_point::min();
}

void linear_readers::depart(time_point now) {
  riding_ = std::exchange(waiting_, {});
  under_way_ = true;
  left_ = now;
  ++status_.linear_ticks;
}

void linear_readers::arrive(const result<void>& x) {
  under_way_ = false;
  tell(std::exchange(riding_, {}), x);
}

void linear_readers::expire(time_point now) {
  queue overdue;
  for (auto* from : {&riding_, &waiting_})
    while (!from->empty() && from->front().deadline <= now) {
      overdue.push_back(std::move(from->front()));
      from->pop_front();
    }
  tell(std::move(overdue), late());
}

void linear_readers::abandon(const failure& why) {
  for (auto* from : {&riding_, &waiting_})
    tell(std::exchange(*from, {}), why);
}

void linear_readers::tell(queue xs, const result<void>& x) {
  count();
  for (auto& reader : xs)
    (*reader.who)(x);
}

void linear_readers::count() const {
  status_.linear_readers = size();
}

} // namespace signalbox
