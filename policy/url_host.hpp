#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// The host of what follows `scheme://`, as it stands there.
std::string_view host_of(std::string_view rest);

/// How far the text of a URL says which host is asked.
enum class host_kind {
  plain,     ///< letters, digits, dots, hyphens and underscores, or an address
  reference, ///< an input is part of it: known at the client only
  odd,       ///< clients may read it in different ways
};

struct url_host {
  /// Lower case, without port and last dot. Beside a reference what is literal
  /// text, such as the default of `${HOST:-example.com}`.
  std::string name;
  host_kind kind = host_kind::plain;
};

/// None if the text is no URL with an authority, and no reference that may
/// become one.
std::optional<url_host> find_host(std::string_view text);

} // namespace signalbox
