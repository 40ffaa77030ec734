#include "app/node_states.hpp"

#include <cstdlib>

namespace signalbox {

namespace {

state_exchange::times compare_times() {
  state_exchange::times out;
#ifdef SIGNALBOX_FAULTS
  // Milliseconds: tests do not wait for a minute.
  if (const auto* text = std::getenv("SIGNALBOX_TEST_STATE_QUIET"))
    out.quiet = std::chrono::milliseconds{std::atoll(text)};
#endif
  return out;
}

} // namespace

std::unique_ptr<state_exchange> open_node_states(const node_log& entries,
                                                 const json_log& log) {
  if (entries.shared == nullptr)
    return nullptr;
  return std::make_unique<state_exchange>(
      [&log](std::string line) {
        log.write(log_level::error, line, {{"component", "ledger"}});
      },
      compare_times());
}

} // namespace signalbox
