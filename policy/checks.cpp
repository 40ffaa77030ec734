#include "policy/checks.hpp"

#include <algorithm>
#include <array>

#include "policy/secret_scanner.hpp"

namespace signalbox {

namespace {

using std::string_view;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Takes one code point off the front of valid UTF-8.
char32_t take(string_view& text) {
  auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  char32_t out = first < 0x80   ? first
                 : first < 0xE0 ? first & 0x1Fu
                 : first < 0xF0 ? first & 0x0Fu
                                : first & 0x07u;
  for (; !text.empty() && first >= 0x80 && is_continuation(text.front());
       text.remove_prefix(1))
    out = out << 6 | (static_cast<unsigned char>(text.front()) & 0x3Fu);
  return out;
}

struct range {
  char32_t first, last;
};

/// Variation selectors 1 to 16 stay allowed: emoji are written with them.
constexpr std::array<range, 18> hidden{{
    {0x0000, 0x0008},
    {0x000B, 0x000C},
    {0x000E, 0x001F},
    {0x007F, 0x009F},
    {0x00AD, 0x00AD},
    {0x034F, 0x034F},
    {0x061C, 0x061C},
    {0x115F, 0x1160},
    {0x17B4, 0x17B5},
    {0x180B, 0x180F},
    {0x200B, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0x3164, 0x3164},
    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},
    {0xFFF9, 0xFFFB},
    {0xE0000, 0xE0FFF},
}};

bool has_hidden(string_view text) {
  while (!text.empty()) {
    auto x = take(text);
    for (auto& r : hidden)
      if (x >= r.first && x <= r.last)
        return true;
  }
  return false;
}

bool is_portable_name(string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '-';
         });
}

} // namespace

std::vector<hit> find_literal_secrets(const family& client,
                                      const json_nodes& payload) {
  std::vector<hit> out;
  for (auto& x : scan_secrets(payload, client.inputs))
    out.push_back({x.pointer, x.rule.substr(x.rule.find('/') + 1)});
  return out;
}

std::vector<hit> find_hidden_unicode(const json_nodes& payload) {
  std::vector<hit> out;
  for (std::size_t i = 0; i < payload.size(); ++i)
    if (has_hidden(payload[i].key) || has_hidden(payload.text(i)))
      out.push_back({payload.pointer(i)});
  return out;
}

std::vector<hit> find_reserved_keys(const json_nodes& payload) {
  std::vector<hit> out;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    auto key = payload[i].key;
    if (key == "__proto__" || key == "constructor" || key == "prototype")
      out.push_back({payload.pointer(i)});
  }
  return out;
}

std::vector<hit> find_bad_server_names(const family& client,
                                       const json_nodes& payload) {
  std::vector<hit> out;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    for (auto* xs : {&client.strings.commands, &client.strings.urls}) {
      for (auto& x : *xs) {
        if (!x.matches(payload, i))
          continue;
        auto server = x.first_wildcard(payload, i);
        if (server != json_nodes::none && payload.is_member(server) &&
            !is_portable_name(payload[server].key))
          out.push_back({payload.pointer(server)});
      }
    }
  }
  return out;
}

} // namespace signalbox
