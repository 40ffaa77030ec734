#include "app/client_stream.hpp"

#include <array>
#include <filesystem>
#include <string>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

namespace signalbox {

namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;

ssl::context make_trust(const std::string& ca_file) {
  ssl::context out{ssl::context::tls_client};
  SSL_CTX_set_min_proto_version(out.native_handle(), TLS1_2_VERSION);
  if (ca_file.empty())
    out.set_default_verify_paths();
  else
    out.load_verify_file(ca_file);
  out.set_verify_mode(ssl::verify_peer);
  return out;
}

bool is_address(const std::string& host) {
  boost::system::error_code failed;
  boost::asio::ip::make_address(host, failed);
  return !failed;
}

} // namespace

places find_server(asio::io_context& context, const server_address& to,
                   boost::system::error_code& failed) {
  const bool here = to.host == "localhost" || to.host.ends_with(".localhost");
  if (!here)
    return asio::ip::tcp::resolver{context}.resolve(to.host, to.port, failed);
  const auto number = to.port.size() > 5 ? 0x1'0000 : std::stoul(to.port);
  if (number > 0xffff) {
    failed = asio::error::service_not_found;
    return {};
  }
  const auto port = static_cast<asio::ip::port_type>(number);
  const std::array<asio::ip::tcp::endpoint, 2> loopback{{
      {asio::ip::address_v4::loopback(), port},
      {asio::ip::address_v6::loopback(), port},
  }};
  return places::create(loopback.begin(), loopback.end(), to.host, to.port);
}

client_stream::client_stream(boost::asio::io_context& context,
                             const server_address& to,
                             const std::string& ca_file) {
  if (!to.tls) {
    plain_.emplace(context);
    return;
  }
  trust_.emplace(make_trust(ca_file));
  tls_.emplace(context, *trust_);
  tls_->set_verify_callback(ssl::host_name_verification{to.host});
  // An address is no name that a server could be told (RFC 6066 section 3).
  if (!is_address(to.host))
    SSL_set_tlsext_host_name(tls_->native_handle(), to.host.c_str());
}

std::optional<failure> client_stream::distrust(const std::string& url) {
  const auto why =
      tls_ ? SSL_get_verify_result(tls_->native_handle()) : X509_V_OK;
  if (why == X509_V_OK)
    return std::nullopt;
  return failure{errc::bad_signature,
                 "the certificate of " + url + " is not trusted (" +
                     X509_verify_cert_error_string(why) +
                     "): nothing was sent; if it is your own, name who signed "
                     "it with --ca-file"};
}

result<void> check_ca_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return failure{errc::not_found, path + ": there is no such file"};
  boost::system::error_code failed;
  ssl::context{ssl::context::tls_client}.load_verify_file(path, failed);
  if (failed)
    return failure{errc::bad_key, path + ": holds no certificate in PEM"};
  return {};
}

} // namespace signalbox
