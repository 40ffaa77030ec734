#pragma once

#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace signalbox::test {

/// The place below objects that a JSON pointer without escapes names; what is
/// missing on the way, or is no object, becomes one.
inline boost::json::value& place_in(boost::json::value& root,
                                    std::string_view pointer) {
  auto* at = &root;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (!at->is_object())
      *at = boost::json::object{};
    at = &at->get_object()[{token.data(), token.size()}];
  }
  return *at;
}

} // namespace signalbox::test
