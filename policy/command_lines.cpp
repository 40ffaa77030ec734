#include "policy/command_lines.hpp"

namespace signalbox {

namespace {

/// The texts of a list, where a command is one: program and arguments.
command_line words_of(const json_nodes& payload, std::size_t list) {
  command_line out;
  for (auto i = list + 1; i < payload.size() && payload[i].parent >= list &&
                          payload[i].parent != json_nodes::none;
       ++i)
    if (payload[i].parent == list && payload.is_text(i))
      out.words.push_back({i, payload.text(i)});
  return out;
}

} // namespace

std::vector<command_line> command_lines(const family& client,
                                        const json_nodes& payload) {
  std::vector<command_line> out;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    if (!payload.is_text(i) ||
        !matches_any(client.strings.commands, payload, i))
      continue;
    auto server = payload[i].parent;
    if (payload[i].index != json_nodes::none) {
      if (payload[i].index == 0)
        out.push_back(words_of(payload, server));
      continue;
    }
    command_line one{{{i, payload.text(i)}}};
    // Below the server only: nodes are in the document's order.
    for (auto k = server + 1; k < payload.size(); ++k) {
      if (payload[k].parent < server || payload[k].parent == json_nodes::none)
        break;
      auto list = payload[k].parent;
      if (payload.is_text(k) && payload[list].parent == server &&
          matches_any(client.strings.arguments, payload, k))
        one.words.push_back({k, payload.text(k)});
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::string program_name(std::string_view text) {
  auto slash = text.find_last_of("/\\");
  std::string out{slash == std::string_view::npos ? text
                                                  : text.substr(slash + 1)};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  for (auto ending : {".exe", ".cmd", ".bat"})
    if (out.ends_with(ending))
      out.resize(out.size() - 4);
  return out;
}

} // namespace signalbox
