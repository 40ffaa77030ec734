#include "policy/place.hpp"

#include <algorithm>

namespace signalbox {

namespace {

std::optional<std::string> unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1'))
      return std::nullopt;
    out += token[i] == '0' ? '~' : '/';
  }
  return out;
}

bool fits(const std::string& token, const json_nodes& nodes, std::size_t i) {
  if (token == "*")
    return true;
  if (nodes.is_member(i))
    return nodes[i].key == token;
  return std::to_string(nodes[i].index) == token;
}

} // namespace

result<place> place::parse(std::string_view text) {
  place out;
  if (!text.empty() && text.front() != '/')
    return failure{errc::bad_request, "a place is a JSON pointer with '*'"};
  while (!text.empty()) {
    text.remove_prefix(1);
    auto end = std::min(text.find('/'), text.size());
    auto token = unescape(text.substr(0, end));
    if (!token)
      return failure{errc::bad_request, "a place has a bad '~' escape"};
    out.tokens_.push_back(std::move(*token));
    text.remove_prefix(end);
  }
  return out;
}

bool place::matches(const json_nodes& nodes, std::size_t i) const {
  for (auto token = tokens_.rbegin(); token != tokens_.rend(); ++token) {
    if (nodes[i].parent == json_nodes::none || !fits(*token, nodes, i))
      return false;
    i = nodes[i].parent;
  }
  return nodes[i].parent == json_nodes::none;
}

std::size_t place::first_wildcard(const json_nodes& nodes,
                                  std::size_t i) const {
  auto found = std::find(tokens_.begin(), tokens_.end(), "*");
  if (found == tokens_.end())
    return json_nodes::none;
  for (auto below = tokens_.end() - found - 1; below > 0; --below)
    i = nodes[i].parent;
  return i;
}

std::optional<place> place::to_first_wildcard() const {
  auto found = std::find(tokens_.begin(), tokens_.end(), "*");
  if (found == tokens_.end())
    return std::nullopt;
  place out;
  out.tokens_.assign(tokens_.begin(), found + 1);
  return out;
}

bool matches_any(const places& xs, const json_nodes& nodes, std::size_t i) {
  return std::any_of(xs.begin(), xs.end(),
                     [&](auto& x) { return x.matches(nodes, i); });
}

} // namespace signalbox
