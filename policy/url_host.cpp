#include "policy/url_host.hpp"

#include <algorithm>
#include <string>

#include "policy/glob.hpp"
#include "policy/references.hpp"

namespace signalbox {

namespace {

using std::string_view;

bool is_scheme(string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

bool is_plain(string_view host) {
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2)
    return host.find_first_not_of("0123456789abcdef:.", 1) == host.size() - 1;
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

} // namespace

string_view host_of(string_view rest) {
  auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (auto at = authority.rfind('@'); at != string_view::npos)
    authority.remove_prefix(at + 1);
  if (authority.starts_with('['))
    return authority.substr(
        0, std::min(authority.find(']') + 1, authority.size()));
  return authority.substr(0, authority.find(':'));
}

std::optional<url_host> find_host(string_view text) {
  auto blanked = blank_references(text);
  auto marks = std::count(blanked.begin(), blanked.end(), reference_mark);
  auto sign = blanked.find("://");
  if (sign == std::string::npos)
    return marks == 0 ? std::nullopt
                      : std::optional{url_host{"", host_kind::reference}};
  auto end = std::min(blanked.find_first_of("/?#", sign + 3), blanked.size());
  blanked.resize(end); // nothing behind the authority matters
  marks = std::count(blanked.begin(), blanked.end(), reference_mark);
  std::erase(blanked, reference_mark);
  sign = blanked.find("://");
  // Clients drop leading blanks.
  auto start = std::min(blanked.find_first_not_of(" \t\r\n"), sign);
  if (!is_scheme(string_view{blanked}.substr(start, sign - start)))
    return marks == 0 ? std::nullopt
                      : std::optional{url_host{"", host_kind::reference}};
  auto authority = string_view{blanked}.substr(sign + 3);
  url_host out{lower_case(host_of(authority)), host_kind::plain};
  if (out.name.ends_with('.'))
    out.name.pop_back();
  if (marks > 0)
    out.kind = host_kind::reference;
  else if (authority.find('\\') != string_view::npos || !is_plain(out.name))
    out.kind = host_kind::odd;
  return out;
}

} // namespace signalbox
