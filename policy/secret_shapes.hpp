#pragma once

#include <optional>
#include <string_view>

namespace signalbox {

/// The name of a known kind of secret that the text holds (`github-token`,
/// `private-key`); nullopt if there is none. One automaton looks for all of
/// them at once; safe to call from any thread.
std::optional<std::string_view> find_secret_shape(std::string_view text);

/// Whether the text holds an e-mail address.
bool has_email_address(std::string_view text);

} // namespace signalbox
