#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "events/errors.hpp"
#include "events/events.hpp"

namespace signalbox {

/// Largest envelope that the fold accepts, in bytes.
inline constexpr std::size_t max_envelope_bytes = 32 * 1024;

/// Largest record of any engine, in bytes.
inline constexpr std::size_t max_record_bytes = 960 * 1024;

/// What a command demands of its aggregate's version.
struct expectation {
  enum class kind : std::uint8_t { any = 0, none = 1, exactly = 2, exists = 3 };
  kind what = kind::any;
  std::uint64_t version = 0; ///< read only with `exactly`
};

/// A further aggregate that must still have this version.
struct precondition {
  std::string_view aggregate;
  std::uint64_t version = 0;
};

/// The last entry that the writer had folded.
struct log_basis {
  ledger_id ledger;
  std::uint64_t incarnation = 0;
  log_index index{};
  std::uint64_t chain = 0; ///< first 8 bytes of H(index), big endian
};

/// All that decides about one entry. Views as in events.hpp.
struct envelope {
  event_id id;
  digest request; ///< SHA-256 of the canonical request
  std::uint32_t attempt = 0;
  std::uint16_t version = 0;
  std::string_view aggregate;
  expectation expected;
  boost::container::small_vector<precondition, 6> preconditions;
  boost::container::small_vector<digest, 4> parts;
  event::body body;
  std::optional<log_basis> basis; ///< absent in entry 0 only
  timestamp not_after{};          ///< on the log's clock; 0: none
  timestamp occurred_at{};
  principal_id principal;
  principal_id node;
  std::string_view correlation;
  std::string_view causation;
  std::string_view traceparent;
};

/// Why a buffer is no envelope.
enum class decode_error {
  malformed,
  unknown_type,
  /// Malformed in the body, of a type that a fold version above 1 turns on:
  /// before that it is of an unknown type, as it is to builds without it.
  malformed_newer,
};

using decode_result = boost::system::result<envelope, decode_error>;

/// Reads an envelope; the result's views point into `bytes`. `malformed` if the
/// buffer is structurally damaged or lacks a required field, `unknown_type` if
/// its body is of a type that this build does not know.
decode_result decode_envelope(byte_view bytes);

byte_buffer encode_envelope(const envelope& x);

/// The id of a command: nobody can burn another principal's key.
/// First 16 bytes of SHA-256(ledger || principal || key).
event_id make_event_id(const ledger_id& ledger, const principal_id& principal,
                       std::string_view idempotency_key);

[[noreturn]] void throw_exception_from_error(decode_error,
                                             const boost::source_location&);

} // namespace signalbox
