#include "app/completion.hpp"

#include <algorithm>
#include <functional>

namespace signalbox {

namespace {

// In all scripts a place is the commands typed so far, each after a blank:
// '' at first, ' keys', ' keys rotate'.

using visitor =
    std::function<void(const std::string& place, const command_shape&)>;

void walk(const command_shape& x, const std::string& place,
          const visitor& visit) {
  visit(place, x);
  for (auto& word : x.words)
    walk(word, place + ' ' + word.name, visit);
}

/// One line, fit for single quotes where `quote` is how one is written there.
std::string one_line(std::string_view text, std::string_view quote) {
  std::string out;
  for (char c : text)
    if (c == '\'')
      out += quote;
    else
      out += c == '\n' ? ' ' : c;
  return out;
}

std::vector<std::string> spellings(const option_shape& x) {
  std::vector<std::string> out{"--" + x.name};
  if (!x.letter.empty())
    out.push_back('-' + x.letter);
  return out;
}

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (auto& x : words)
    out += (out.empty() ? "" : " ") + x;
  return out;
}

/// What may stand at a place: its words first, then its options.
std::vector<std::string> candidates(const command_shape& x) {
  std::vector<std::string> out;
  for (auto& word : x.words)
    out.push_back(word.name);
  for (auto& option : x.options)
    for (auto& text : spellings(option))
      out.push_back(text);
  return out;
}

/// The options after which something of the user's own follows.
std::vector<std::string> with_values(const command_shape& x) {
  std::vector<std::string> out;
  for (auto& option : x.options)
    if (option.takes_value)
      for (auto& text : spellings(option))
        out.push_back(text);
  return out;
}

/// The places as a pattern of `case`, but for the first.
std::string known_places(const command_shape& root) {
  std::string out;
  walk(root, "", [&](auto& place, auto&) {
    if (!place.empty())
      out += (out.empty() ? "'" : "|'") + place + '\'';
  });
  return out;
}

} // namespace

std::string complete_bash(const command_shape& root) {
  std::string out = R"(# Completion of signalbox for bash.
_signalbox() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  local place= words= values= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$place ${COMP_WORDS[i]}" in
    )";
  out += known_places(root);
  out += ")\n      place+=\" ${COMP_WORDS[i]}\" ;;\n    esac\n  done\n"
         "  case \"$place\" in\n";
  walk(root, "", [&](auto& place, auto& x) {
    out += "  '" + place + "')\n    words='" + join(candidates(x)) + "'\n";
    if (auto values = with_values(x); !values.empty())
      out += "    values='" + join(values) + "'\n";
    out += "    ;;\n";
  });
  // Without a reply bash completes file names (-o default).
  out += R"(  esac
  COMPREPLY=()
  case " $values " in *" $prev "*) return ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _signalbox signalbox
)";
  return out;
}

std::string complete_zsh(const command_shape& root) {
  constexpr std::string_view quote = "'\\''";
  std::string out = R"(#compdef signalbox
# Completion of signalbox for zsh.
_signalbox() {
  local place= i
  local -a names options values
  for ((i = 2; i < CURRENT; i++)); do
    case "$place ${words[i]}" in
    )";
  out += known_places(root);
  out += ")\n      place+=\" ${words[i]}\" ;;\n    esac\n  done\n"
         "  case \"$place\" in\n";
  walk(root, "", [&](auto& place, auto& x) {
    out += "  '" + place + "')\n";
    for (auto& word : x.words)
      out += "    names+=('" + word.name + ':' + one_line(word.summary, quote) +
             "')\n";
    for (auto& option : x.options)
      for (auto& text : spellings(option))
        out += "    options+=('" + text + ':' + one_line(option.help, quote) +
               "')\n";
    if (auto values = with_values(x); !values.empty())
      out += "    values=(" + join(values) + ")\n";
    out += "    ;;\n";
  });
  out += R"(  esac
  if (( ${values[(Ie)${words[CURRENT-1]}]} )); then
    _files
  elif [[ ${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif (( $#names )); then
    _describe word names
  else
    _files
  fi
}
if [[ $funcstack[1] == _signalbox ]]; then
  _signalbox "$@"
else
  compdef _signalbox signalbox
fi
)";
  return out;
}

std::string complete_fish(const command_shape& root) {
  constexpr std::string_view quote = "\\'";
  auto places = known_places(root);
  std::replace(places.begin(), places.end(), '|', ' ');
  std::string out = R"(# Completion of signalbox for fish.
function __signalbox_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    switch "$place $word"
      case )";
  out += places;
  out += R"(
        set place "$place $word"
    end
  end
  test "$place" = "$argv[1]"
end
)";
  walk(root, "", [&](auto& place, auto& x) {
    const auto here =
        "complete -c signalbox -n \"__signalbox_at '" + place + "'\"";
    for (auto& word : x.words)
      out += here + " -f -a " + word.name + " -d '" +
             one_line(word.summary, quote) + "'\n";
    for (auto& option : x.options) {
      out += here + " -l " + option.name;
      if (!option.letter.empty())
        out += " -s " + option.letter;
      if (option.takes_value)
        out += " -r";
      out += " -d '" + one_line(option.help, quote) + "'\n";
    }
  });
  return out;
}

} // namespace signalbox
