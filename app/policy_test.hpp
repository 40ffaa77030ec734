#pragma once

#include <iosfwd>

#include "app/invocation.hpp"
#include "events/json.hpp"

namespace signalbox {

/// `policies test`: runs samples under policy sets in files.
exit_code run_policies_test(const invocation& x);

/// A table of samples as PutPolicySet answers them; nothing for none.
void print_samples(std::ostream& out, const json::value& samples);

} // namespace signalbox
