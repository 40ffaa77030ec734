#include <algorithm>

#include "policy/checks.hpp"
#include "policy/glob.hpp"
#include "policy/url_host.hpp"

namespace signalbox {

namespace {

using std::string_view;

/// 127.0.0.0/8 in dotted form; nothing shorter, which clients read in
/// different ways.
bool is_loopback_address(string_view host) {
  if (!host.starts_with("127.") ||
      std::count(host.begin(), host.end(), '.') != 3)
    return false;
  return host.find_first_not_of("0123456789.") == string_view::npos;
}

/// A backslash, which some parsers take for a slash and some for a letter,
/// never belongs to a loopback host.
bool is_loopback(string_view host) {
  return host == "localhost" || host == "localhost." ||
         host.ends_with(".localhost") || host == "[::1]" ||
         is_loopback_address(host);
}

bool is_plain(string_view raw) {
  auto text = lower_case(raw);
  string_view rest{text};
  if (rest.starts_with("http://"))
    rest.remove_prefix(7);
  else if (rest.starts_with("ws://"))
    rest.remove_prefix(5);
  else
    return false;
  return !is_loopback(host_of(rest));
}

/// An argument may carry the URL behind its name: --url=http://...
bool has_plain(string_view argument) {
  auto sign = argument.find('=');
  return is_plain(argument) ||
         (sign != string_view::npos && is_plain(argument.substr(sign + 1)));
}

} // namespace

std::vector<hit> find_plain_http(const family& client,
                                 const json_nodes& payload) {
  std::vector<hit> out;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    auto text = payload.text(i);
    bool found =
        (matches_any(client.strings.urls, payload, i) && is_plain(text)) ||
        (matches_any(client.strings.arguments, payload, i) && has_plain(text));
    if (found)
      out.push_back({payload.pointer(i)});
  }
  return out;
}

} // namespace signalbox
