#include "actors/proposal.hpp"

namespace signalbox {

answer_once::~answer_once() {
  give_up();
}

void answer_once::give_up() {
  command_answer lost;
  lost.refused = failure{
      errc::pending, "the node lost track of this command: its outcome shows "
                     "under the command's id, or repeat it with the same key"};
  (*this)(std::move(lost));
}

void answer_once::operator()(command_answer x) {
  if (!done_.exchange(true) && f_)
    f_(std::move(x));
}

} // namespace signalbox
