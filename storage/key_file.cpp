#include "storage/key_file.hpp"

#include "storage/atomic_file.hpp"
#include "storage/file_descriptor.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace signalbox {

namespace {

namespace fs = std::filesystem;

/// A key file has about 400 bytes, a passphrase fewer; whatever is larger is
/// another file.
constexpr std::size_t max_file_bytes = 64 * 1024;

constexpr ::mode_t owner_only = S_IRUSR | S_IWUSR;
constexpr ::mode_t others = S_IRWXG | S_IRWXO;

/// Reads errno: call it first.
failure refused(std::string_view verb, const fs::path& path) {
  auto reason = std::generic_category().message(errno);
  return {errc::io,
          "cannot " + std::string{verb} + " " + path.string() + ": " + reason};
}

failure bad_key(const fs::path& path, std::string_view what) {
  return {errc::bad_key, path.string() + ": " + std::string{what}};
}

std::string octal(::mode_t mode) {
  char out[8];
  std::snprintf(out, sizeof(out), "%04o", static_cast<unsigned>(mode & 07777));
  return out;
}

result<void> check_private(int fd, const fs::path& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0)
    return refused("look at", path);
  if (!S_ISREG(status.st_mode))
    return bad_key(path, "not a regular file");
  if ((status.st_mode & others) != 0)
    return bad_key(path, "has mode " + octal(status.st_mode) +
                             ", so others may use it; run: chmod 600 " +
                             path.string());
  return {};
}

/// The content of a file that only its owner may read.
result<std::string> read_private(const fs::path& path) {
  // Not blocking: a pipe in place of the file must be refused, not awaited.
  file_descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file)
    return refused("open", path);
  if (auto checked = check_private(file.get(), path); !checked)
    return checked.error();
  std::string out(max_file_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < out.size()) {
    auto n = ::read(file.get(), out.data() + size, out.size() - size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return refused("read", path);
    if (n == 0)
      break;
    size += static_cast<std::size_t>(n);
  }
  if (size > max_file_bytes)
    return bad_key(path, "too large for a key or a passphrase");
  out.resize(size);
  return out;
}

} // namespace

result<void> write_key_file(const fs::path& path, const private_key& key,
                            std::string_view passphrase) {
  auto pem = key.to_encrypted_pem(passphrase);
  if (!pem)
    return pem.error();
  return write_atomic_file(path, *pem, {.mode = owner_only, .replace = false});
}

result<private_key> read_key_file(const fs::path& path,
                                  std::string_view passphrase) {
  auto pem = read_private(path);
  if (!pem)
    return pem.error();
  auto key = private_key::from_encrypted_pem(*pem, passphrase);
  if (!key)
    return bad_key(path,
                   "holds no key that can be used: " + key.error().message);
  return key;
}

result<std::string> read_secret_line(const fs::path& path) {
  auto text = read_private(path);
  if (!text)
    return text.error();
  auto line = text->substr(0, text->find('\n'));
  if (line.ends_with('\r'))
    line.pop_back();
  if (line.empty())
    return bad_key(path, "the first line is empty");
  return line;
}

result<std::string> read_passphrase_variable(const std::string& name) {
  auto* value = std::getenv(name.c_str());
  if (!value || *value == '\0')
    return failure{errc::bad_key, "the environment variable " + name +
                                      " holds no passphrase; set it"};
  return std::string{value};
}

} // namespace signalbox
