#include "actors/command.hpp"

namespace signalbox {

failure refusal_of_replica() {
  return {errc::read_only,
          "this node is a replica: send what writes to another node"};
}

command::~command() {
  conclusion lost;
  if (proposed)
    lost.answer.refused =
        failure{errc::pending, "the node lost track of this command: its "
                               "outcome shows under the command's id, or "
                               "repeat it with the same key"};
  else
    lost.answer.refused = failure{
        errc::unavailable, "the node stopped before the command was proposed: "
                           "repeat it with the same key"};
  finish(std::move(lost));
}

void command::finish(conclusion x) {
  if (auto f = std::exchange(conclude, nullptr))
    f(std::move(x));
}

} // namespace signalbox
