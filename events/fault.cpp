#include "events/fault.hpp"

#ifdef SIGNALBOX_FAULTS

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace signalbox {

namespace {

struct seed {
  fault what;
  unsigned every;
};

constexpr std::array<std::string_view, 8> names{
    "answer_on_delivery", "skip_expected",    "skip_precondition",
    "skip_duplicate",     "offset_as_index",  "read_committed",
    "state_row_lost",     "state_row_garbled"};

std::optional<seed> parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos)
    return std::nullopt;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text.substr(0, slash)) {
      seed out{static_cast<fault>(i), 0};
      const auto* last = text.data() + text.size();
      const auto read =
          std::from_chars(text.data() + slash + 1, last, out.every);
      if (read.ec == std::errc{} && read.ptr == last && out.every > 0)
        return out;
    }
  return std::nullopt;
}

std::optional<seed> read_environment() {
  const auto text = seeded_fault();
  if (text.empty())
    return std::nullopt;
  auto out = parse(text);
  if (!out) {
    std::fprintf(stderr, "SIGNALBOX_TEST_FAULT must be NAME/N\n");
    std::abort();
  }
  return out;
}

} // namespace

bool is_due(fault x) {
  static const auto seeded = read_environment();
  static std::atomic<unsigned> reached{0};
  return seeded && seeded->what == x && ++reached % seeded->every == 0;
}

std::string seeded_fault() {
  const auto* text = std::getenv("SIGNALBOX_TEST_FAULT");
  return text == nullptr ? "" : text;
}

} // namespace signalbox

#endif
