#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "events/bytes.hpp"
#include "events/ids.hpp"

/// Records of the streams `reports` and `activity`, as they are read and
/// written. Text is a view: into the decoded record when read, into the
/// writer's own memory when written. Numbers and layout are frozen in
/// `schemas/events/streams.fbs`.
namespace signalbox {

/// Names a client instance without telling who it is: see pseudonyms.
using pseudonym = fixed_bytes<16, struct pseudonym_tag>;

/// What a client says became of an artifact (FR-14). The numbers are for ever:
/// append only.
enum class report_result : std::uint8_t {
  other = 0,       ///< none of the following; also a number of a newer build
  applied = 1,     ///< it runs under the artifact
  failed = 2,      ///< it could not apply it and keeps what ran
  rolled_back = 3, ///< it had applied it and went back
  rejected = 4,    ///< signature, schema or head did not hold: not applied
};

inline constexpr std::size_t report_results = 5;

std::string_view to_string(report_result x);
std::optional<report_result> report_result_from_string(std::string_view text);

struct client_reported {
  pseudonym client;
  std::string_view client_id;
  std::string_view profile;
  digest artifact;
  report_result result = report_result::other;
  timestamp applied_at{}; ///< 0: not said
  std::string_view detail;
  std::uint64_t key_mark = 0; ///< pseudonyms::mark(); 0: not told
};

/// What a rule found, without the value.
struct refused_finding {
  std::string_view rule;
  std::string_view pointer;
  bool warning = false;
};

struct draft_refused {
  principal_id principal;
  std::string_view operation;
  std::string_view client_id;
  std::string_view profile;
  std::string_view policy_set_id;
  std::string_view policy_version;
  std::vector<refused_finding> findings;
  std::uint32_t left_out = 0; ///< further findings
};

struct access_denied {
  principal_id principal; ///< zero: nobody known
  std::string_view operation;
  std::string_view reason; ///< code of the failure
};

/// A state hash as it travels: big endian.
using state_sum = fixed_bytes<16, struct state_sum_tag>;

/// What a node's fold came to, for other nodes to compare with theirs.
struct state_hashed {
  log_index index{}; ///< of the last entry that was folded
  digest chain;      ///< its H
  state_sum state;
  std::uint32_t layout = 0; ///< of the rows: only equal ones hash alike

  bool operator==(const state_hashed&) const = default;
};

using stream_body =
    std::variant<client_reported, draft_refused, access_denied, state_hashed>;

/// `client_reported` and so on.
std::string_view kind_of(const stream_body& x);

struct stream_record {
  stream_body body;
  timestamp occurred_at{};
  principal_id node;
  std::string_view correlation;
};

byte_buffer encode_stream_record(const stream_record& x);

/// Nullopt if the buffer is damaged, lacks a required field, or holds an event
/// that this build does not know.
std::optional<stream_record> decode_stream_record(byte_view bytes);

} // namespace signalbox
