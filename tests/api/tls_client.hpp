#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <sys/socket.h>

namespace signalbox::test {

/// A blocking client over TLS on 127.0.0.1 that trusts everybody. Throws what
/// fails, also when nothing comes in time.
class tls_client {
 public:
  using response =
      boost::beast::http::response<boost::beast::http::string_body>;

  explicit tls_client(std::uint16_t port, int newest = TLS1_3_VERSION) {
    SSL_CTX_set_max_proto_version(context_.native_handle(), newest);
    if (newest < TLS1_2_VERSION) { // which nobody does by default
      SSL_CTX_set_min_proto_version(context_.native_handle(), newest);
      SSL_CTX_set_security_level(context_.native_handle(), 0);
    }
    stream_ = std::make_unique<stream>(io_, context_);
    auto& socket = stream_->next_layer();
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    const timeval patience{20, 0};
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience,
                 sizeof patience);
    stream_->handshake(stream::client);
  }

  void send(std::string_view bytes) {
    boost::asio::write(*stream_,
                       boost::asio::buffer(bytes.data(), bytes.size()));
  }

  /// Past TLS: what the server takes for a part of a record.
  void send_raw(std::string_view bytes) {
    boost::asio::write(stream_->next_layer(),
                       boost::asio::buffer(bytes.data(), bytes.size()));
  }

  response read() {
    response out;
    boost::beast::http::read(*stream_, input_, out);
    return out;
  }

  response get(std::string_view target) {
    send("GET " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n\r\n");
    return read();
  }

  /// Whether the server ends TLS in order, and says nothing before that.
  bool is_closed() {
    char byte = 0;
    boost::system::error_code failed;
    stream_->read_some(boost::asio::buffer(&byte, 1), failed);
    return failed == boost::asio::error::eof;
  }

  std::string version() { return SSL_get_version(stream_->native_handle()); }

  /// The serial of the server's certificate.
  long serial() {
    auto* x = SSL_get1_peer_certificate(stream_->native_handle());
    const auto out = ASN1_INTEGER_get(X509_get0_serialNumber(x));
    X509_free(x);
    return out;
  }

 private:
  using stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

  boost::asio::io_context io_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
  std::unique_ptr<stream> stream_;
  boost::beast::flat_buffer input_;
};

} // namespace signalbox::test
