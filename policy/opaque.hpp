#pragma once

#include <string_view>

namespace signalbox {

/// Whether the text has a long run that looks random: the last net under the
/// known shapes of secrets. Measured by how often neighbours change between
/// lower case, upper case and digits, which telling names and random text
/// differ in more clearly than in entropy.
///
/// UUIDs, hex digests of the usual lengths (so git hashes), integrity strings
/// (`sha512-...`) and everything under 20 characters pass.
bool has_opaque_run(std::string_view text);

} // namespace signalbox
