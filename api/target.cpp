#include "api/target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace signalbox {

namespace {

constexpr std::size_t max_segments = 16;
constexpr std::size_t max_parameters = 32;

failure bad(std::string what) {
  return {errc::bad_request, "request target: " + std::move(what)};
}

} // namespace

result<target> parse_target(std::string_view text) {
  auto parsed = boost::urls::parse_origin_form({text.data(), text.size()});
  if (!parsed)
    return bad("not a path with an optional query");
  target out;
  for (auto segment : parsed->segments()) {
    std::string decoded{segment.begin(), segment.end()};
    if (decoded.empty() || decoded == "." || decoded == ".." ||
        decoded.find('\0') != std::string::npos)
      return bad("empty, '.' and '..' segments are refused");
    if (out.segments.size() == max_segments)
      return bad("too many segments");
    out.segments.push_back(std::move(decoded));
  }
  for (auto parameter : parsed->params()) {
    if (out.parameters.size() == max_parameters)
      return bad("too many parameters");
    out.parameters.emplace_back(
        std::string{parameter.key.begin(), parameter.key.end()},
        std::string{parameter.value.begin(), parameter.value.end()});
  }
  return out;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto comma = text.find(',');
    if (auto piece = text.substr(0, comma); !piece.empty())
      out.emplace_back(piece);
    if (comma == std::string_view::npos)
      break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

} // namespace signalbox
