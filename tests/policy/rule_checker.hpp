#pragma once

#include <string>

#include "tests/policy/support.hpp"

namespace signalbox::test {

/// Rules in a set of their own, over payloads of one family.
struct rule_checker {
  policy_set rules;
  seed client{"claude-code"};
  policy_target where{"prod", {"prod"}};

  explicit rule_checker(const std::string& list)
      : rules{parse_policy_set(document(list)).value()} {}

  rule_checker(const std::string& list, const char* client_id)
      : rules{parse_policy_set(document(list)).value()}, client{client_id} {}

  static std::string document(const std::string& list) {
    return R"({"policy_set_id":"p","version":"1.0.0","description":"d",)"
           R"("rules":[)" +
           list + "]}";
  }

  checked_draft check(const std::string& payload) const {
    return check_draft(client.client, client.schema, client.schema_ref, rules,
                       payload, where);
  }

  /// `rule pointer` of each finding, one a line.
  std::string found(const std::string& payload) const {
    std::string out;
    for (auto& x : check(payload).findings)
      out += x.rule + " " + x.pointer + "\n";
    return out;
  }

  /// The same in one server `a` of Claude Code.
  std::string found_in(const std::string& server) const {
    return found(R"({"mcpServers":{"a":)" + server + "}}");
  }
};

/// One rule `r` of severity `level` with the members given.
inline std::string rule(const std::string& members,
                        const std::string& level = "error") {
  return R"({"id":"r","severity":")" + level + R"(","message":"m",)" + members +
         "}";
}

} // namespace signalbox::test
