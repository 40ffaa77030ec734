#include "policy/json_patch.hpp"

#include <exception>

#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonpatch/jsonpatch.hpp>

namespace signalbox {

result<std::string> make_json_patch(std::string_view from,
                                    std::string_view to) {
  try {
    auto patch = jsoncons::jsonpatch::from_diff(jsoncons::json::parse(from),
                                                jsoncons::json::parse(to));
    return patch.to_string();
  } catch (const std::exception&) {
    return failure{errc::bad_json, "a patch needs two JSON texts"};
  }
}

} // namespace signalbox
