#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>

#include "events/errors.hpp"

struct ssl_ctx_st;

namespace signalbox {

/// Where certificate and key lie, both PEM.
struct tls_files {
  std::filesystem::path
      certificate;           ///< the server's, then those that signed it
  std::filesystem::path key; ///< not encrypted, mode 0600
};

/// A certificate with its key, ready for new connections: TLS 1.2 and 1.3,
/// forward secrecy only, no renegotiation, no compression. Immutable; a
/// connection keeps what it began with.
class tls_certificate {
 public:
  /// Errors: `not_found`, `bad_key`: unreadable, readable by others, encrypted,
  /// not belonging together, or expired. The message names the file and says
  /// what to do.
  static result<std::shared_ptr<const tls_certificate>>
  load(const tls_files& files);

  ~tls_certificate();
  tls_certificate(const tls_certificate&) = delete;

  ssl_ctx_st* context() const { return context_; }
  std::time_t expires_at() const { return expires_at_; }

 private:
  tls_certificate(ssl_ctx_st* context, std::time_t expires_at)
      : context_{context}, expires_at_{expires_at} {}

  ssl_ctx_st* context_;
  std::time_t expires_at_;
};

/// The certificate of now. New files are taken without a restart; bad ones
/// change nothing. `current` on any thread, the rest on one.
class tls_keeper {
 public:
  /// Errors: those of tls_certificate::load.
  static result<std::shared_ptr<tls_keeper>> open(tls_files files);

  std::shared_ptr<const tls_certificate> current() const;

  enum class outcome : std::uint8_t { unchanged, renewed };

  /// Reads the files if they changed since they were read last, whether that
  /// went well or not.
  /// Errors: those of tls_certificate::load; what was in use stays.
  result<outcome> renew_if_changed();

  /// Reads them in any case.
  result<outcome> renew();

 private:
  /// What tells one version of a file from the next.
  struct mark {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    bool operator==(const mark&) const = default;
  };
  using marks = std::array<mark, 2>;

  explicit tls_keeper(tls_files files) : files_{std::move(files)} {}
  static mark look_at(const std::filesystem::path& file);
  marks look() const;

  const tls_files files_;
  marks read_; // what the files were when they were read last
  mutable std::mutex mutex_;
  std::shared_ptr<const tls_certificate> current_;
};

} // namespace signalbox
