#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/operation_request.hpp"
#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// The three ways to an operation.
enum class surface : std::uint8_t { rest, rpc, command };

/// A node with all that the examples speak of: two releases of codex/default
/// and what came of them.
struct example_stage : node_fixture {
  example_stage();

  std::string file(const std::string& name) const {
    return (ledger.place() / name).string();
  }

  answer first;                    ///< release of codex/default
  answer second;                   ///< the current one
  std::string command;             ///< id of the command that made `first`
  json::value draft;               ///< one more draft, also in `draft.json`
  json::value envelope;            ///< the next keyset, signed
  std::vector<std::string> tokens; ///< ids of three tokens to revoke
};

/// How the answers of the three surfaces compare: the same bytes of JSON, or
/// the same members of the same types, where each call makes something new.
enum class likeness : std::uint8_t { same, same_form };

/// One call of an operation, whichever way it goes.
struct operation_example {
  std::string operation;
  std::function<json::object(const example_stage&, surface)> params;
  /// Words of the command that does the same; empty: `signalbox call`.
  std::function<std::vector<std::string>(const example_stage&)> words = nullptr;
  likeness alike = likeness::same;
};

/// One example for each operation at least, in an order in which they work.
/// Whoever adds an operation adds a row.
const std::vector<operation_example>& operation_examples();

/// An example over REST, as the administrator.
answer ask_rest(const example_stage& x, const operation_example& y);

/// The path below the ledger with its query, encoded.
std::string target_of(const operation_request& x);

} // namespace signalbox::test
