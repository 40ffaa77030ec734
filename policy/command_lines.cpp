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

/// One option of `env`: the letter it stands for if it takes a value, else 0,
/// and the value where it stands in the same word.
struct env_option {
  char letter = 0;
  std::optional<std::string_view> value;
};

env_option long_env_option(std::string_view text) {
  const auto sign = text.find('=');
  const auto name = text.substr(0, sign);
  env_option out;
  if (sign != text.npos)
    out.value = text.substr(sign + 1);
  // It takes every unambiguous beginning.
  for (std::string_view known :
       {"--unset", "--chdir", "--split-string", "--argv0"})
    if (name.size() > 2 && known.starts_with(name))
      out.letter = known == "--split-string" ? 'S' : 'u';
  return out;
}

env_option read_env_option(std::string_view text) {
  if (text.starts_with("--"))
    return long_env_option(text);
  const auto at = text.find_first_of("uCSa", 1);
  if (at == text.npos)
    return {};
  env_option out{text[at], {}};
  if (at + 1 < text.size())
    out.value = text.substr(at + 1);
  return out;
}

/// Words that are still to be read, the next one last: taking one and putting
/// others in its place costs no more than they are.
using waiting_words = std::vector<command_line::word>;

void put_split(waiting_words& rest, std::size_t at, std::string_view text) {
  constexpr std::string_view gaps = " \t\n\r\f\v\"'";
  for (auto end = text.find_last_not_of(gaps); end != text.npos;
       end = text.find_last_not_of(gaps)) {
    const auto gap = text.find_last_of(gaps, end);
    const auto begin = gap == text.npos ? 0 : gap + 1;
    rest.push_back({at, text.substr(begin, end + 1 - begin)});
    text = text.substr(0, begin);
  }
}

/// Takes `env`'s options and assignments away.
void skip_env_options(waiting_words& rest) {
  while (!rest.empty()) {
    auto [at, text] = rest.back();
    const bool option = text.starts_with('-');
    if (!option && text.find('=') == text.npos)
      return;
    rest.pop_back();
    auto read = option ? read_env_option(text) : env_option{};
    if (read.letter == 0)
      continue;
    if (!read.value) {
      if (rest.empty())
        return;
      at = rest.back().at;
      read.value = rest.back().text;
      rest.pop_back();
    }
    if (read.letter == 'S')
      put_split(rest, at, *read.value);
  }
}

/// Takes one wrapper away; false if the next word is none.
bool unwrap(waiting_words& rest) {
  if (rest.empty())
    return false;
  const auto program = program_name(rest.back().text);
  if (program == "env") {
    rest.pop_back();
    skip_env_options(rest);
    return true;
  }
  if (program != "cmd" || rest.size() < 3)
    return false;
  const auto next = rest[rest.size() - 2].text;
  if (next != "/c" && next != "/C")
    return false;
  rest.resize(rest.size() - 2);
  return true;
}

} // namespace

std::optional<command_line> unwrapped(const command_line& line) {
  waiting_words rest{line.words.rbegin(), line.words.rend()};
  bool found = false;
  while (unwrap(rest))
    found = true;
  if (!found || rest.empty())
    return std::nullopt;
  return command_line{{rest.rbegin(), rest.rend()}};
}

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
