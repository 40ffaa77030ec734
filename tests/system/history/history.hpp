#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::test {

/// Nanoseconds of the clients' own steady clock, the same for all of them.
using client_time = std::int64_t;

/// A publish or revert as its writer saw it, from the first byte that it sent
/// to the answer that settled it, over all nodes that it asked.
struct written {
  enum class fate {
    acknowledged, ///< 201, or 200 of what an earlier try had made
    conflict,     ///< 409
    closed,       ///< told for good that it will never be
    unknown,      ///< nobody answered before the end
  };

  int session = 0;
  std::string key;         ///< idempotency key; in the draft too
  std::string command;     ///< event id in hexadecimal
  std::string channel;     ///< client/profile
  bool is_private = false; ///< nobody else writes to the channel
  std::optional<std::uint64_t> expected = {};
  client_time invoked = 0;
  client_time returned = 0;
  fate told = fate::unknown;
  std::string artifact = {};         ///< if an artifact was answered
  std::uint64_t channel_version = 0; ///< at which it was current
  std::uint64_t index = 0; ///< of the change that made it current, maybe later
};

/// A GetConfig that was asked with a token, or for what is newest.
struct read_config {
  int session = 0;
  std::string channel;
  client_time invoked = 0;
  client_time returned = 0;
  std::uint64_t asked = 0; ///< index of the token that was sent; 0: none was
  std::uint64_t channel_version = 0; ///< 0: nothing was there
  std::string artifact = {};
  bool is_linear = false; ///< asked with consistency=linear
  std::uint64_t told = 0; ///< index of the token that came with it
};

/// What GetCommand said of a command whose answer was 202.
struct told_final {
  std::string command;
  std::string outcome;
  std::uint64_t index = 0;
};

/// A message of the topic of changes.
struct told_change {
  std::string id;
  std::string channel;
  std::uint64_t index = 0;
  std::uint64_t channel_version = 0;
  std::string artifact;
};

/// What one subscriber was told in order, over all its connections.
struct followed {
  int subscriber = 0;
  struct change {
    std::uint64_t index = 0;
    std::string channel;
    std::uint64_t channel_version = 0;
    std::string artifact;
  };
  std::vector<change> changes;
  std::uint64_t from = 0; ///< of the token that it began with
};

/// An entry of the log, judged by a fold of its own.
struct logged {
  std::uint64_t index = 0;
  std::string command;
  std::string aggregate; ///< empty: it changes none
  enum class expectation { any, none, exactly, exists };
  expectation expects = expectation::any;
  std::uint64_t expected = 0;
  std::vector<std::pair<std::string, std::uint64_t>> preconditions = {};
  std::string outcome = {}; ///< `accepted` or why not
  std::string node = {};    ///< who wrote it
  std::uint32_t attempt = 0;
  std::string channel = {};  ///< of a publication or revert: client/profile
  std::string artifact = {}; ///< likewise, the one that it makes current
  bool is_revert = false;
};

/// Where a node's copy ended, as a fold from nothing has it.
struct node_end {
  std::string node;
  std::uint64_t entries = 0;
  std::string chain;
  std::string state_hash;
};

/// All that was seen of a fleet from outside, beside its log.
struct history {
  std::vector<written> writes = {};
  std::vector<read_config> reads = {};
  std::vector<told_final> finals = {};
  std::vector<followed> subscribers = {};
  /// What each reader of the topic of changes was told, in order.
  std::vector<std::vector<told_change>> updates = {};
  std::vector<std::string> wrong = {}; ///< answers that nobody may ever get
  std::vector<std::string> stuck = {}; ///< what did not recover in time
  std::vector<logged> log = {};
  std::vector<node_end> ends = {};
};

} // namespace signalbox::test
