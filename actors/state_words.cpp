#include "actors/state_words.hpp"

#include <algorithm>

#include "actors/defaults.hpp"

namespace signalbox {

bool differs(agreement x) {
  return x == agreement::other_state || x == agreement::other_history;
}

agreement compare(const state_place& own, const state_hashed& said) {
  const auto mine = announce(own);
  if (said.chain != mine.chain)
    return agreement::other_history;
  if (said.layout != mine.layout)
    return agreement::same_history;
  return said.state == mine.state ? agreement::equal : agreement::other_state;
}

void state_words::hear(const state_word& x) {
  waiting_.push_back(x);
  if (waiting_.size() > actor_defaults::words_awaited)
    waiting_.pop_front();
}

state_words::judged state_words::judge_one(const state_word& x,
                                           const state_place& own) {
  auto& known = last_[x.node];
  judged out{x.node, x.said.index, compare(own, x.said), false};
  out.is_news = differs(out.verdict) && out.verdict != known.verdict;
  known = {x.said, out.verdict, false};
  return out;
}

std::vector<state_words::judged> state_words::judge(const state_places& own,
                                                    std::uint64_t size) {
  std::vector<judged> out;
  std::deque<state_word> ahead;
  for (auto& x : waiting_)
    if (to_integer(x.said.index) >= size)
      ahead.push_back(x);
    else if (const auto* mine = own.find(x.said.index))
      out.push_back(judge_one(x, *mine));
  waiting_ = std::move(ahead);
  return out;
}

void state_words::keep(
    const std::function<bool(const principal_id&)>& is_member) {
  std::erase_if(last_, [&](auto& x) { return !is_member(x.first); });
}

const state_hashed* state_words::unsettled() const {
  for (auto& [node, x] : last_)
    if (differs(x.verdict) && !x.is_settled)
      return &x.said;
  return nullptr;
}

void state_words::settle(log_index upto) {
  for (auto& [node, x] : last_)
    if (x.said.index <= upto)
      x.is_settled = true;
}

void state_words::judge_again(const state_places& own) {
  std::erase_if(last_, [&](auto& x) { return !own.find(x.second.said.index); });
  for (auto& [node, x] : last_) {
    x.verdict = compare(*own.find(x.said.index), x.said);
    x.is_settled = true;
  }
}

std::size_t state_words::alarms() const {
  return static_cast<std::size_t>(
      std::count_if(last_.begin(), last_.end(),
                    [](auto& x) { return differs(x.second.verdict); }));
}

std::vector<principal_id> state_words::opponents() const {
  std::vector<principal_id> out;
  log_index since{~std::uint64_t{0}};
  for (auto& [node, x] : last_)
    if (x.verdict == agreement::other_history) {
      out.push_back(node);
      since = std::min(since, x.said.index);
    }
  // Who agreed before they differed says nothing about what came then.
  const auto allies =
      1 + std::count_if(last_.begin(), last_.end(), [&](auto& x) {
        return x.second.verdict != agreement::other_history &&
               x.second.said.index >= since;
      });
  if (static_cast<std::size_t>(allies) > out.size())
    out.clear();
  return out;
}

} // namespace signalbox
