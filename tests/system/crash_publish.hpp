#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/system/crash_history.hpp"
#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// One publish or revert as it is sent, and sent again, under one idempotency
/// key. Every publish of a test has a draft of its own, which holds the key.
struct publish_call {
  std::string key;
  std::string client;
  std::string profile;
  std::optional<std::uint64_t> expected = {}; ///< channel version
  std::string back_to = {}; ///< of a revert: the artifact to be current again

  std::string channel() const { return client + '/' + profile; }
};

/// The request, ready to be sent on a connection that stays open.
std::string to_request(const publish_call& x, const std::string& token);

/// A GET below the ledger's path, likewise.
std::string to_get(const std::string& path);

/// The artifact that an answer holds, with what says when it was current: its
/// head, or its place in the past.
struct told_artifact {
  std::string artifact;
  std::string publisher; ///< principal, in hexadecimal
  std::string word;      ///< what the draft held
  std::uint64_t channel_version = 0;
  std::uint64_t index = 0;
};

/// Throws for an answer that holds none.
told_artifact read_artifact(const answer& x);

} // namespace signalbox::test
