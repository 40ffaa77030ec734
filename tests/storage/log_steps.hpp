#pragma once

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "storage/log.hpp"

namespace signalbox::test {

inline constexpr timestamp noon{1'700'000'000'000};

/// Appends the texts as one group; the test ends if the log refuses.
inline log_index append(event_log& log, const std::vector<std::string>& texts,
                        timestamp at = noon) {
  std::vector<byte_view> views;
  for (const auto& x : texts)
    views.push_back(as_bytes(x));
  auto first = log.append(views, at);
  if (!first)
    BOOST_FAIL("append: " << first.error().message);
  return *first;
}

/// Tries the same and gives the failure's code; `bug` if it went through.
inline failure refusal(event_log& log, const std::string& text) {
  const auto view = as_bytes(text);
  auto x = log.append({&view, 1}, noon);
  return x ? failure{errc::bug, "the append went through"} : x.error();
}

struct seen_entry {
  std::uint64_t index;
  timestamp time;
  std::string text;
};

/// What a read from `from` visits, and the failure that ended it, if any.
struct seen {
  std::vector<seen_entry> entries;
  result<void> end;

  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const auto& x : entries)
      out.push_back(x.text);
    return out;
  }
};

inline seen read_from(const event_log& log, std::uint64_t from) {
  seen out;
  out.end = log.read(log_index{from}, [&](const log_entry_view& x) {
    out.entries.push_back(
        {to_integer(x.index), x.append_time, std::string(as_text(x.record))});
    return true;
  });
  return out;
}

/// Reads all; the test ends if the log reports a failure.
inline std::vector<std::string> read_texts(const event_log& log,
                                           std::uint64_t from = 0) {
  auto out = read_from(log, from);
  if (!out.end)
    BOOST_FAIL("read: " << out.end.error().message);
  return out.texts();
}

inline void check_same(const std::vector<std::string>& got,
                       const std::vector<std::string>& wanted) {
  BOOST_CHECK_EQUAL_COLLECTIONS(got.begin(), got.end(), wanted.begin(),
                                wanted.end());
}

} // namespace signalbox::test
