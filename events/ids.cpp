#include "events/ids.hpp"

#include <chrono>
#include <cstdio>

namespace signalbox {

namespace {

constexpr std::string_view content_prefix = "sha256:";

/// The number in text[from, from + count), or -1.
int digits(std::string_view text, std::size_t from, std::size_t count) {
  int out = 0;
  for (auto c : text.substr(from, count)) {
    if (c < '0' || c > '9')
      return -1;
    out = out * 10 + (c - '0');
  }
  return out;
}

} // namespace

std::string to_content_id(const digest& x) {
  return std::string{content_prefix} + x.hex();
}

std::optional<digest> from_content_id(std::string_view text) {
  if (!text.starts_with(content_prefix))
    return std::nullopt;
  return digest::from_hex(text.substr(content_prefix.size()));
}

std::string to_rfc3339(timestamp x) {
  using namespace std::chrono;
  sys_time<milliseconds> point{milliseconds{to_integer(x)}};
  auto day = floor<days>(point);
  year_month_day date{day};
  hh_mm_ss time{point - day};
  char out[40];
  std::snprintf(
      out, sizeof(out), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()));
  return out;
}

std::optional<timestamp> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  bool fraction = text.size() == 24;
  if (text.size() != 20 && !fraction)
    return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text.back() != 'Z' || (fraction && text[19] != '.'))
    return std::nullopt;
  int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2),
      h = digits(text, 11, 2), mi = digits(text, 14, 2),
      s = digits(text, 17, 2), ms = fraction ? digits(text, 20, 3) : 0;
  year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                      day{static_cast<unsigned>(d)}};
  if (y < 0 || mo < 0 || d < 0 || !date.ok() || h < 0 || h > 23 || mi < 0 ||
      mi > 59 || s < 0 || s > 59 || ms < 0)
    return std::nullopt;
  auto point = sys_days{date} + hours{h} + minutes{mi} + seconds{s};
  return timestamp{
      duration_cast<milliseconds>(point.time_since_epoch()).count() + ms};
}

} // namespace signalbox
