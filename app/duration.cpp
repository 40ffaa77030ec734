#include "app/duration.hpp"

#include <charconv>
#include <string>

namespace signalbox {

namespace {

constexpr std::int64_t longest = 3650LL * 24 * 3'600'000;

std::int64_t milliseconds_of(char unit) {
  switch (unit) {
  case 's':
    return 1000;
  case 'm':
    return 60'000;
  case 'h':
    return 3'600'000;
  case 'd':
    return 24 * 3'600'000;
  default:
    return 0;
  }
}

} // namespace

result<std::int64_t> parse_duration(std::string_view text) {
  failure wrong{
      errc::bad_request,
      "a time must look like 90s, 15m, 12h or 30d, ten years at most"};
  if (text.size() < 2)
    return wrong;
  const auto unit = milliseconds_of(text.back());
  std::int64_t number = 0;
  const auto* last = text.data() + text.size() - 1;
  auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || end != last || unit == 0 || number <= 0 ||
      number > longest / unit)
    return wrong;
  return number * unit;
}

result<std::int64_t> parse_seconds(std::string_view text) {
  const bool bare = !text.empty() && text.find_first_not_of("0123456789") ==
                                         std::string_view::npos;
  auto out = parse_duration(bare ? std::string{text} + 's' : std::string{text});
  if (!out)
    return out.error();
  return *out / 1000;
}

} // namespace signalbox
