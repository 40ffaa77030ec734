#include "policy/checks.hpp"

#include <algorithm>

#include "policy/hidden_unicode.hpp"
#include "policy/secret_scanner.hpp"

namespace signalbox {

namespace {

using std::string_view;

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
    if (has_hidden_unicode(payload[i].key) ||
        has_hidden_unicode(payload.text(i)))
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
