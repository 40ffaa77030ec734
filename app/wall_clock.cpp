#include "app/wall_clock.hpp"

#include <chrono>
#include <cstdlib>

namespace signalbox {

namespace {

/// How far a test has put this clock out, in milliseconds.
std::int64_t test_shift() {
#ifdef SIGNALBOX_FAULTS
  if (const auto* text = std::getenv("SIGNALBOX_TEST_CLOCK_SHIFT"))
    return std::atoll(text);
#endif
  return 0;
}

} // namespace

timestamp wall_clock() {
  using namespace std::chrono;
  static const auto shift = test_shift();
  return timestamp{
      duration_cast<milliseconds>(system_clock::now().time_since_epoch())
          .count() +
      shift};
}

} // namespace signalbox
