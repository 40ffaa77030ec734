#include "storage/head_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>

#include "events/hash.hpp"
#include "storage/atomic_file.hpp"
#include "storage/file_descriptor.hpp"
#include "storage/log_failures.hpp"

namespace signalbox {

namespace {

constexpr std::size_t longest = 1024;

std::string render(const head_mark& mark) {
  auto out = "signalbox-head 1\nindex " +
             std::to_string(to_integer(mark.index)) + "\nhash " +
             mark.hash.hex() + "\n";
  return out + "sum " + sha256(as_bytes(out)).hex() + "\n";
}

/// Reads what stands between `name` and the end of its line.
std::string_view field(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  if (at == std::string_view::npos)
    return {};
  text.remove_prefix(at + name.size());
  return text.substr(0, text.find('\n'));
}

std::optional<head_mark> parse(std::string_view text) {
  const auto number = field(text, "\nindex ");
  std::uint64_t index = 0;
  std::from_chars(number.data(), number.data() + number.size(), index);
  const auto hash = digest::from_hex(field(text, "\nhash "));
  if (!hash)
    return std::nullopt;
  const head_mark out{log_index{index}, *hash};
  // One form only: what does not render to the same bytes was not ours.
  if (render(out) != text)
    return std::nullopt;
  return out;
}

failure refused(const std::filesystem::path& path, int error) {
  return {errc::io, path.string() + ": " + std::strerror(error)};
}

} // namespace

head_file::head_file(std::filesystem::path path) : path_{std::move(path)} {}

result<void> head_file::write(const head_mark& mark) const {
  return write_atomic_file(path_, render(mark),
                           {.mode = 0600, .sole_writer = true});
}

result<std::optional<head_mark>> head_file::read() const {
  file_descriptor file{::open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file && errno == ENOENT)
    return std::optional<head_mark>{};
  std::string text(longest, '\0');
  const auto n = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (n < 0)
    return refused(path_, errno);
  text.resize(static_cast<std::size_t>(n));
  auto out = parse(text);
  if (!out)
    return failure{errc::log_corrupt,
                   path_.string() +
                       " is damaged: how far the log went is not known. "
                       "Compare the log's end and H with another node or a "
                       "backup, then remove the file"};
  return out;
}

result<void> check_head(const event_log& log, const head_mark& mark) {
  if (to_integer(mark.index) < to_integer(log.end()))
    return {};
  return log_cut(log.end(), mark.index);
}

} // namespace signalbox
