#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::test {

/// A publish that was answered with 201, or with 200 where a crash had kept the
/// first answer back.
struct acknowledged_publish {
  int round = 0;
  std::string key;     ///< idempotency key
  std::string command; ///< event id in hexadecimal, made from the key
  std::string channel; ///< client/profile
  std::string artifact;
  std::uint64_t channel_version = 0;
  std::uint64_t index = 0;
  std::string token; ///< Signalbox-Token; empty where a retry told it
};

/// A publish that the log holds as accepted.
struct logged_publish {
  std::uint64_t index = 0;
  std::string command;
  std::string channel;
  std::string artifact;
  std::uint64_t channel_version = 0; ///< the version that it expected, plus one
  std::string damage;                ///< what of the record is missing
};

/// What a server told later about an acknowledged publish.
struct later_answer {
  enum class source { at_token, retry };
  source asked = source::at_token;
  int round = 0;
  std::string key;
  unsigned status = 0;
  std::string code; ///< of the problem, if it is one
  std::string artifact;
  std::uint64_t channel_version = 0;
};

/// What a server gave as a channel's current artifact while nobody published.
struct current_config {
  int round = 0;
  std::string channel;
  std::string artifact; ///< empty: it said that nothing was released
  std::uint64_t channel_version = 0;
  std::uint64_t seen = 0; ///< no release after this index had happened yet
  std::string refused;    ///< why it does not verify
};

/// What `signalbox replay` said about a log as a crash left it.
struct replayed_log {
  int round = 0;
  int status = 0;
  std::string said;
};

/// Something that no client may ever be told.
struct wrong_answer {
  int round = 0;
  std::string what;
};

/// All that was seen from outside, over all rounds, beside the log as it is.
struct crash_history {
  std::vector<acknowledged_publish> acknowledged;
  std::vector<later_answer> later;
  std::vector<current_config> configs;
  std::vector<replayed_log> replays;
  std::vector<wrong_answer> wrong;
  std::vector<logged_publish> log; ///< in the log's order
};

} // namespace signalbox::test
