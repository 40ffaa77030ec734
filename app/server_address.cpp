#include "app/server_address.hpp"

#include <boost/url.hpp>

namespace signalbox {

namespace {

constexpr const char* http_port = "80";
constexpr const char* https_port = "443";

} // namespace

result<server_address> parse_server_address(const std::string& url) {
  const auto base = boost::urls::parse_uri(url);
  if (!base || (base->scheme() != "http" && base->scheme() != "https") ||
      base->host().empty())
    return failure{errc::bad_request,
                   "'" + url +
                       "' is no address: use http://HOST[:PORT] or "
                       "https://HOST[:PORT]"};
  server_address out;
  out.tls = base->scheme() == "https";
  out.host = base->host_address();
  out.port = base->port();
  if (out.port.empty())
    out.port = out.tls ? https_port : http_port;
  out.authority = base->encoded_host_and_port();
  out.prefix = base->encoded_path();
  while (out.prefix.ends_with('/'))
    out.prefix.pop_back();
  return out;
}

} // namespace signalbox
