#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <sys/stat.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/temporary_directory.hpp"

namespace signalbox::test {

/// A certificate that signs itself, for localhost and 127.0.0.1 unless others
/// are named, and its key.
class certificate {
 public:
  /// `number`: its serial. `life`: seconds from now on; below 0 it has expired.
  explicit certificate(long number = 1, long life = 3600,
                       const char* names = "DNS:localhost,IP:127.0.0.1")
      : key_{EVP_EC_gen("P-256")}, made_{X509_new()} {
    auto* x = made_.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), number);
    X509_gmtime_adj(X509_getm_notBefore(x), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x), life);
    X509_set_pubkey(x, key_.get());
    auto* name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(
        name, "CN", MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(x, name);
    extend(NID_subject_alt_name, names);
    extend(NID_basic_constraints, "critical,CA:TRUE");
    if (X509_sign(x, key_.get(), EVP_sha256()) == 0)
      throw std::runtime_error{"no certificate"};
  }

  std::string certificate_text() const {
    return text_of([this](BIO* to) { PEM_write_bio_X509(to, made_.get()); });
  }

  std::string key_text() const {
    return text_of([this](BIO* to) {
      PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0, nullptr,
                               nullptr);
    });
  }

 private:
  void extend(int id, const char* value) {
    auto* x = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
    X509_add_ext(made_.get(), x, -1);
    X509_EXTENSION_free(x);
  }

  template <class Write>
  static std::string text_of(Write write) {
    BIO* to = BIO_new(BIO_s_mem());
    write(to);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(to, &bytes);
    std::string out{bytes, static_cast<std::size_t>(size)};
    BIO_free(to);
    return out;
  }

  struct deleter {
    void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
    void operator()(X509* x) const { X509_free(x); }
  };

  std::unique_ptr<EVP_PKEY, deleter> key_;
  std::unique_ptr<X509, deleter> made_;
};

/// Certificate and key in a directory of their own.
struct certificate_files {
  temporary_directory place;
  std::filesystem::path certificate_path = place / "server.pem";
  std::filesystem::path key_path = place / "server.key";

  explicit certificate_files(const certificate& x = certificate{}) { put(x); }

  void put(const certificate& x) const {
    put_key(x.key_text());
    replace(certificate_path, x.certificate_text());
  }

  void put_key(const std::string& text, ::mode_t mode = 0600) const {
    replace(key_path, text);
    ::chmod(key_path.c_str(), mode);
  }

 private:
  /// In one step, as whoever renews certificates should.
  void replace(const std::filesystem::path& path,
               const std::string& text) const {
    const auto fresh = path.string() + ".new";
    write_text(fresh, text);
    ::chmod(fresh.c_str(), 0600);
    std::filesystem::rename(fresh, path);
  }
};

} // namespace signalbox::test
