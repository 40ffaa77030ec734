#pragma once

#include "policy/json_reader.hpp"
#include "policy/policy_rule.hpp"

namespace signalbox {

/// Reads one rule of a policy set; what is wrong is kept in the reader.
policy_rule read_rule(json_reader& in);

} // namespace signalbox
