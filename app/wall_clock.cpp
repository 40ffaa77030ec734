#include "app/wall_clock.hpp"

#include <chrono>

namespace signalbox {

timestamp wall_clock() {
  using namespace std::chrono;
  return timestamp{
      duration_cast<milliseconds>(system_clock::now().time_since_epoch())
          .count()};
}

} // namespace signalbox
