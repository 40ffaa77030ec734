#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "actors/runtime.hpp"
#include "api/authentication.hpp"
#include "api/config_answer.hpp"
#include "api/disk_pool.hpp"
#include "api/metrics.hpp"
#include "events/json.hpp"

namespace signalbox {

class activity_log;
class client_reports;
class change_hub;
struct subscription;

/// What an operation answers, for both surfaces: JSON text, or a failure.
struct operation_answer {
  unsigned status = 200;
  std::shared_ptr<const std::string> body; ///< JSON; null: none
  std::string etag;
  std::string token;    ///< consistency token, where one is due
  std::string location; ///< of the command resource, path only
  std::string cursor;   ///< of the next page, where there is one
  std::string next;     ///< that page's path and query
  /// Of a body that is no JSON; empty: application/json.
  std::string media_type;
  std::optional<failure> failed;
  json::object details; ///< beside a failure: report, current_version, winner
  /// Where the answer over REST is a stream: of what.
  std::shared_ptr<subscription> listens;
};

operation_answer answer_json(const json::value& x, unsigned status = 200);
operation_answer answer_text(std::string x, unsigned status = 200);
operation_answer answer_failure(failure x, json::object details = {});

/// Answers exactly once, from any thread.
using operation_reply = std::function<void(operation_answer)>;

/// One call of an operation.
struct operation_call {
  json::object params;
  caller who;
  std::string request_id;
  std::string traceparent;
  std::string if_none_match;
  std::string peer; ///< the caller's address
  std::shared_ptr<const view> seen;

  /// Whom limits count for: the token, or the address.
  std::string counted_as() const { return who.token ? who.token->hex() : peer; }
};

/// What operations work with; all references outlive every call.
struct operation_world {
  runtime& node;
  const config_answers& answers;
  disk_pool& disk;   ///< reads
  disk_pool& checks; ///< what computes for long, so that no read waits behind
  metrics& counters;
  std::shared_ptr<const node_keys> keys;
  std::string ledger_name;
  std::function<timestamp()> wall_clock;
  change_hub& changes;
  client_reports* reports = nullptr; ///< null: this node takes none
  activity_log* activity = nullptr;  ///< null: this node keeps none
};

/// One operation of section 10 of the specification, or one of ours.
struct operation {
  std::string_view name;
  /// Parameters by position (JSON-RPC), separated by commas, in the order of
  /// the specification.
  std::string_view positional;
  /// Further ones, by name alone.
  std::string_view named;
  /// Whether it is a read that may be public.
  bool reading;
  /// What the caller needs otherwise; and for reads that are not public.
  role needs;
  /// Whether it signs with this node's keys whatever the parameters say.
  bool signs;
  void (*run)(const operation_world&, std::shared_ptr<operation_call>,
              operation_reply);
};

/// All of them.
std::span<const operation> all_operations();

/// The first parameter that the operation does not take: a misspelt one must
/// not look as if it had been heeded.
std::optional<failure> check_names(const operation& x,
                                   const json::object& params);

/// Null if there is none of this name.
const operation* find_operation(std::string_view name);

/// Reads parameters and remembers the first that is wrong.
class parameter_reader {
 public:
  explicit parameter_reader(const json::object& params) : params_{params} {}

  std::string text(std::string_view name);
  std::optional<std::string> optional_text(std::string_view name);

  /// An integer from 0 to `max`, or its digits.
  std::optional<std::uint64_t>
  optional_number(std::string_view name,
                  std::uint64_t max = std::numeric_limits<std::int64_t>::max());

  /// A major of a schema: an integer of 32 bits.
  std::optional<std::uint32_t> optional_major(std::string_view name);

  bool flag(std::string_view name);

  /// A list of texts: an array, or text separated by commas.
  std::optional<std::vector<std::string>> optional_list(std::string_view name);

  const json::value* any(std::string_view name) const {
    return params_.if_contains(name);
  }

  const std::optional<failure>& error() const { return error_; }
  void fail(std::string_view name, std::string what);

  /// The same of a member of a parameter.
  void fail_in(std::string_view name, std::string_view member,
               std::string what);

 private:
  const json::object& params_;
  std::optional<failure> error_;
};

/// What a command that the call makes goes with: whose it is, its key (the
/// call's own, or a new one) and the digest of the request.
command_context make_context(const operation_world& world,
                             const operation_call& call);

/// The answer for a command that was not accepted.
operation_answer answer_refusal(const command_answer& x,
                                const event_id& command,
                                const std::string& ledger_name);

} // namespace signalbox
