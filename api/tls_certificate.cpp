#include "api/tls_certificate.hpp"

#include <string>

#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace signalbox {

namespace {

constexpr ::mode_t others = S_IRWXG | S_IRWXO;
constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr int tickets_of_tls_1_3 = 1;

failure bad_file(const std::filesystem::path& file, const std::string& what) {
  return {errc::bad_key, file.string() + ": " + what};
}

/// What OpenSSL says of its last failure, without what it says of older ones.
std::string openssl_reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const auto* text = ERR_reason_error_string(code);
  return text != nullptr ? text : "unknown error";
}

struct context_deleter {
  void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
};
using context_owner = std::unique_ptr<SSL_CTX, context_deleter>;

result<void> check_file(const std::filesystem::path& file, ::mode_t forbidden) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    return failure{errc::not_found, file.string() + ": there is no such file"};
  if ((status.st_mode & forbidden) != 0)
    return bad_file(file,
                    "others may use this key; run: chmod 600 " + file.string());
  return {};
}

// HTTP/1.1 for who asks what there is; others are not told.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size,
                    void*) {
  static constexpr unsigned char known[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, known, sizeof known - 1, offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Nobody is there to type one.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

context_owner make_context() {
  context_owner out{SSL_CTX_new(TLS_server_method())};
  auto* x = out.get();
  if (x == nullptr)
    return nullptr;
  SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION);
  SSL_CTX_set_options(x, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                             SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(x, ciphers_of_tls_1_2);
  SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(x, tickets_of_tls_1_3);
  // What waits to be sent may be copied meanwhile; what is idle keeps no
  // buffers.
  SSL_CTX_set_mode(x, SSL_MODE_ENABLE_PARTIAL_WRITE |
                          SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                          SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(x, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(x, no_passphrase);
  return out;
}

result<std::time_t> check_period(const tls_files& files, SSL_CTX* context) {
  const auto* end = X509_get0_notAfter(SSL_CTX_get0_certificate(context));
  std::tm utc{};
  if (ASN1_TIME_to_tm(end, &utc) != 1)
    return bad_file(files.certificate, "its end cannot be read");
  const auto out = ::timegm(&utc);
  if (out <= std::time(nullptr))
    return bad_file(files.certificate,
                    "the certificate has expired: put a new one in place");
  return out;
}

} // namespace

result<std::shared_ptr<const tls_certificate>>
tls_certificate::load(const tls_files& files) {
  if (auto fits = check_file(files.certificate, 0); !fits)
    return fits.error();
  if (auto fits = check_file(files.key, others); !fits)
    return fits.error();
  ERR_clear_error();
  auto context = make_context();
  if (!context)
    return failure{errc::bug, "no TLS context: " + openssl_reason()};
  if (SSL_CTX_use_certificate_chain_file(context.get(),
                                         files.certificate.c_str()) != 1)
    return bad_file(files.certificate,
                    "is no certificate in PEM: " + openssl_reason());
  // Its failure may also be that the two do not belong together.
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(),
                                  SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    return bad_file(files.key, "is no unencrypted key in PEM that belongs to " +
                                   files.certificate.string() + ": " +
                                   openssl_reason());
  auto end = check_period(files, context.get());
  if (!end)
    return end.error();
  return std::shared_ptr<const tls_certificate>{
      new tls_certificate{context.release(), *end}};
}

tls_certificate::~tls_certificate() {
  SSL_CTX_free(context_);
}

result<std::shared_ptr<tls_keeper>> tls_keeper::open(tls_files files) {
  std::shared_ptr<tls_keeper> out{new tls_keeper{std::move(files)}};
  if (auto read = out->renew(); !read)
    return read.error();
  return out;
}

std::shared_ptr<const tls_certificate> tls_keeper::current() const {
  const std::lock_guard lock{mutex_};
  return current_;
}

result<tls_keeper::outcome> tls_keeper::renew_if_changed() {
  if (look() == read_)
    return outcome::unchanged;
  return renew();
}

result<tls_keeper::outcome> tls_keeper::renew() {
  // Looked at first: what changes while it is read is read again.
  read_ = look();
  auto next = tls_certificate::load(files_);
  if (!next)
    return next.error();
  const std::lock_guard lock{mutex_};
  current_ = std::move(*next);
  return outcome::renewed;
}

tls_keeper::mark tls_keeper::look_at(const std::filesystem::path& file) {
  struct stat x {};
  if (::stat(file.c_str(), &x) != 0)
    return {};
  return {x.st_dev, x.st_ino, static_cast<std::uint64_t>(x.st_size),
          x.st_mtim.tv_sec, x.st_mtim.tv_nsec};
}

tls_keeper::marks tls_keeper::look() const {
  return {look_at(files_.certificate), look_at(files_.key)};
}

} // namespace signalbox
