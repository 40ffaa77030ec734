#include "policy/render.hpp"

#include "policy/defaults.hpp"
#include "policy/toml_writer.hpp"
#include "policy/yaml_writer.hpp"

namespace signalbox {

namespace {

void new_line(std::string& out, std::size_t depth) {
  out += '\n';
  out.append(2 * depth, ' ');
}

/// Length of the string literal at the start of the text.
std::size_t literal_length(std::string_view text) {
  std::size_t i = 1;
  while (i < text.size() && text[i] != '"')
    i += text[i] == '\\' ? 2 : 1;
  return i + 1;
}

} // namespace

std::string pretty_json(std::string_view canonical) {
  std::string out;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < canonical.size(); ++i) {
    char c = canonical[i];
    bool empty = i + 1 < canonical.size() &&
                 (canonical[i + 1] == '}' || canonical[i + 1] == ']');
    if (c == '"') {
      auto n = literal_length(canonical.substr(i));
      out += canonical.substr(i, n);
      i += n - 1;
    } else if ((c == '{' || c == '[') && empty) {
      out += canonical.substr(i++, 2);
    } else if (c == '{' || c == '[') {
      out += c;
      new_line(out, ++depth);
    } else if (c == '}' || c == ']') {
      new_line(out, --depth);
      out += c;
    } else if (c == ',') {
      out += c;
      new_line(out, depth);
    } else {
      out += c;
      if (c == ':')
        out += ' ';
    }
  }
  return out + '\n';
}

namespace {

result<std::string> write(render_kind kind, const json::value& payload,
                          std::string_view canonical) {
  switch (kind) {
  case render_kind::json:
    return pretty_json(canonical);
  case render_kind::toml:
    return to_toml(payload);
  case render_kind::yaml:
    return to_yaml(payload);
  }
  return failure{errc::bug, "no writer of this kind"};
}

} // namespace

result<std::string> render(render_kind kind, const json::value& payload,
                           std::string_view canonical) {
  auto out = write(kind, payload, canonical);
  if (out && out->size() > policy_defaults::max_rendered)
    return failure{errc::too_large,
                   "the client's file is larger than " +
                       std::to_string(policy_defaults::max_rendered) +
                       " bytes"};
  return out;
}

} // namespace signalbox
