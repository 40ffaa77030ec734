#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "events/dsse.hpp"
#include "events/errors.hpp"
#include "events/keyset.hpp"

namespace signalbox {

/// A keyset file: one DSSE envelope, an array of them, or one on each line.
/// Errors: `bad_json`, `too_large`.
result<std::vector<dsse_envelope>> parse_keysets(std::string_view text);

/// Walks from the pinned root to the newest keyset. The first keyset must be
/// signed by the roots of that fingerprint; each further one has the next
/// version and is signed by the threshold of the one before. The last must not
/// have expired. Their order in the list does not matter.
result<keyset> walk_keysets(const digest& pinned_root,
                            std::span<const dsse_envelope> keysets,
                            timestamp at);

} // namespace signalbox
