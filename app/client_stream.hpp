#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "app/server_address.hpp"

namespace signalbox {

using places = boost::asio::ip::tcp::resolver::results_type;

/// Where the server is. `localhost`, and what ends in it, is this machine
/// whatever a name server says (RFC 6761 section 6.3).
places find_server(boost::asio::io_context& context, const server_address& to,
                   boost::system::error_code& failed);

/// The connection of a client command, plain or through TLS, for what Asio and
/// Beast do with streams. Only for .cpp files: the header is heavy.
///
/// TLS is 1.2 or newer; the server's certificate must be signed by someone in
/// `ca_file`, or else by someone whom the system trusts, and be made out to the
/// host of the address.
class client_stream {
 public:
  using tcp = boost::beast::tcp_stream;
  using tls = boost::asio::ssl::stream<tcp>;
  using executor_type = tcp::executor_type;

  /// Throws boost::system::system_error if `ca_file` cannot be used.
  client_stream(boost::asio::io_context& context, const server_address& to,
                const std::string& ca_file);

  /// Connects, and shakes hands if that is needed.
  template <class Done>
  void async_open(const places& at, Done done) {
    socket().async_connect(
        at, [this, done](boost::system::error_code failed, auto&&) mutable {
          if (failed || !tls_)
            return done(failed);
          tls_->async_handshake(tls::client, std::move(done));
        });
  }

  template <class Buffers, class Done>
  void async_read_some(const Buffers& to, Done&& done) {
    if (tls_)
      tls_->async_read_some(to, std::forward<Done>(done));
    else
      plain_->async_read_some(to, std::forward<Done>(done));
  }

  template <class Buffers, class Done>
  void async_write_some(const Buffers& from, Done&& done) {
    if (tls_)
      tls_->async_write_some(from, std::forward<Done>(done));
    else
      plain_->async_write_some(from, std::forward<Done>(done));
  }

  tcp& socket() { return tls_ ? tls_->next_layer() : *plain_; }
  executor_type get_executor() { return socket().get_executor(); }

  /// What is to be said if the server's certificate was not trusted.
  std::optional<failure> distrust(const std::string& url);

 private:
  std::optional<boost::asio::ssl::context> trust_;
  std::optional<tcp> plain_;
  std::optional<tls> tls_;
};

/// Errors: `not_found`; `bad_key`: holds no certificate in PEM.
result<void> check_ca_file(const std::string& path);

} // namespace signalbox
