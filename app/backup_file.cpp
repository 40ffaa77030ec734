#include "app/backup_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <boost/json/object.hpp>

#include "app/growing_file.hpp"
#include "app/json_text.hpp"
#include "events/envelope.hpp"
#include "events/hash.hpp"
#include "events/json.hpp"
#include "policy/names.hpp"
#include "storage/big_endian.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view format = "signalbox-backup/1";
constexpr std::uint32_t end_mark = 0xffffffff;
constexpr std::uint64_t place_every = 256;
constexpr std::size_t most_header = 4096;

/// Above what any engine takes: a stranger's record on a topic, at most.
constexpr std::size_t most_record = 64 * 1024 * 1024;

constexpr std::size_t trailer_body = 8 + 32 + 16 + 32;

std::string u64_text(std::uint64_t x) {
  const auto digits = to_big_endian(x);
  return {digits.data(), digits.size()};
}

std::string u32_text(std::uint32_t x) {
  return u64_text(x).substr(4);
}

std::uint32_t u32_at(const char* bytes) {
  std::array<char, 8> wide{};
  std::memcpy(wide.data() + 4, bytes, 4);
  return static_cast<std::uint32_t>(from_big_endian(wide.data()));
}

std::string make_header(const ledger_file& x) {
  return to_canonical(
             json::object{{"format", format},
                          {"ledger_id", x.ledger.hex()},
                          {"name", x.name},
                          {"node", x.node.hex()},
                          {"root_fingerprint", x.root_fingerprint.hex()}}) +
         '\n';
}

std::string make_trailer(const log_sums& x) {
  return u64_text(x.entries) + std::string{as_text(x.chain.view())} +
         u64_text(x.state.high) + u64_text(x.state.low) +
         std::string{as_text(x.records.view())};
}

template <class Id>
bool take_id(Id& to, const std::string& text) {
  auto id = Id::from_hex(text);
  if (id)
    to = *id;
  return id.has_value();
}

std::optional<ledger_file> read_header(const std::string& line) {
  auto x = parse_json(line);
  ledger_file out;
  if (!x || text_at(*x, "format") != format)
    return std::nullopt;
  out.name = text_at(*x, "name");
  if (!is_name(out.name) || !take_id(out.ledger, text_at(*x, "ledger_id")) ||
      !take_id(out.node, text_at(*x, "node")) ||
      !take_id(out.root_fingerprint, text_at(*x, "root_fingerprint")))
    return std::nullopt;
  return out;
}

/// Reads entries one after another.
class entry_reader {
 public:
  explicit entry_reader(const fs::path& path)
      : in_{path, std::ios::in | std::ios::binary} {}

  void seek(std::uint64_t place) {
    in_.seekg(static_cast<std::streamoff>(place));
  }

  std::uint64_t place() { return static_cast<std::uint64_t>(in_.tellg()); }

  bool take(std::size_t size, std::string& to) {
    to.resize(size);
    in_.read(to.data(), static_cast<std::streamsize>(size));
    return static_cast<bool>(in_);
  }

  bool is_open() const { return in_.is_open(); }

  bool take_line(std::string& to) {
    std::array<char, most_header> line{};
    in_.getline(line.data(), line.size());
    to = line.data();
    return static_cast<bool>(in_);
  }

  /// False at the trailer, or where the file is no more what it was.
  bool next(std::uint64_t index) {
    std::string head;
    if (!take(4, head))
      return false;
    const auto size = u32_at(head.data());
    at_end_ = size == end_mark;
    if (at_end_ || size > most_record || !take(8, head) || !take(size, record_))
      return false;
    entry_ = {
        log_index{index},
        timestamp{static_cast<std::int64_t>(from_big_endian(head.data()))},
        as_bytes(record_)};
    return true;
  }

  bool at_end() const { return at_end_; }
  bool at_end_of_file() {
    return in_.peek() == std::ifstream::traits_type::eof();
  }
  const log_entry_view& entry() const { return entry_; }

 private:
  std::ifstream in_;
  std::string record_;
  log_entry_view entry_{};
  bool at_end_ = false;
};

result<void> write_entries(growing_file& to, const event_log& log,
                           std::uint64_t until) {
  result<void> written;
  auto read = log.read(log_index{0}, [&](const log_entry_view& x) {
    if (to_integer(x.index) >= until)
      return false;
    written = to.write(
        u32_text(static_cast<std::uint32_t>(x.record.size())) +
        u64_text(static_cast<std::uint64_t>(to_integer(x.append_time))));
    if (written)
      written = to.write(as_text(x.record));
    return written.has_value();
  });
  return written ? read : written;
}

} // namespace

result<std::unique_ptr<backup_file>> backup_file::open(fs::path path) {
  std::unique_ptr<backup_file> out{new backup_file{std::move(path)}};
  if (auto loaded = out->load(); !loaded)
    return loaded.error();
  return out;
}

result<void> backup_file::load() {
  std::error_code error;
  if (!fs::exists(path_, error))
    return failure{errc::not_found, path_.string() + " does not exist"};
  entry_reader in{path_};
  if (!in.is_open())
    return failure{errc::io, path_.string() + ": " + std::strerror(errno)};
  std::string header;
  in.take_line(header);
  auto pins = read_header(header);
  if (!pins)
    return failure{errc::bad_request, path_.string() + " is no backup"};
  pins_ = std::move(*pins);
  digest records;
  std::uint64_t count = 0;
  for (auto place = in.place(); in.next(count); place = in.place()) {
    if (count++ % place_every == 0)
      places_.push_back(place);
    records = next_record_digest(records, in.entry());
  }
  const failure damaged{
      errc::log_corrupt,
      path_.string() + " is not whole: it was cut or changed behind entry " +
          std::to_string(count) + ". Take another backup"};
  std::string body, sum;
  if (!in.at_end() || !in.take(trailer_body, body) || !in.take(32, sum) ||
      !in.at_end_of_file())
    return damaged;
  sums_.entries = from_big_endian(body.data());
  sums_.chain = digest::from(as_bytes(body).subspan(8, 32));
  sums_.state.high = from_big_endian(body.data() + 40);
  sums_.state.low = from_big_endian(body.data() + 48);
  sums_.records = digest::from(as_bytes(body).subspan(56, 32));
  header += '\n';
  const auto wanted = sha256({as_bytes(header), as_bytes(body)});
  if (as_text(wanted.view()) != sum || sums_.entries != count ||
      sums_.records != records)
    return damaged;
  return {};
}

result<log_index> backup_file::append(std::span<const byte_view>, timestamp) {
  return failure{errc::read_only, "a backup takes no entries"};
}

log_health backup_file::health() const {
  return {log_health::mode::read_only, "this is a backup"};
}

result<void> backup_file::read(log_index from, const visitor& visit) const {
  const auto first = to_integer(from);
  if (first >= sums_.entries)
    return {};
  entry_reader in{path_};
  in.seek(places_[first / place_every]);
  for (auto i = first / place_every * place_every; i < sums_.entries; ++i) {
    if (!in.next(i))
      return failure{errc::io, path_.string() + " cannot be read at entry " +
                                   std::to_string(i)};
    if (i >= first && !visit(in.entry()))
      return {};
  }
  return {};
}

result<void> check_pins(const ledger_file& pins, const folded_log& log) {
  if (pins.ledger == log.ledger &&
      pins.root_fingerprint == log.root_fingerprint)
    return {};
  return failure{errc::log_corrupt, "the log is of ledger " + log.ledger.hex() +
                                        " with roots of the fingerprint " +
                                        log.root_fingerprint.hex() +
                                        ", which is not the pinned "
                                        "one"};
}

result<folded_log> write_backup(const fs::path& file, const event_log& log,
                                const ledger_file& pins,
                                const log_progress& progress) {
  growing_file out{file};
  if (auto opened = out.open(); !opened)
    return opened.error();
  auto folded = fold_until(log, to_integer(log.end()), progress);
  if (!folded)
    return folded;
  if (auto same = check_pins(pins, *folded); !same)
    return same.error();
  const auto header = make_header(pins);
  const auto body = make_trailer(*folded);
  const auto sum = sha256({as_bytes(header), as_bytes(body)});
  if (auto done = out.write(header); !done)
    return done.error();
  if (auto done = write_entries(out, log, folded->entries); !done)
    return done.error();
  const auto trailer =
      u32_text(end_mark) + body + std::string{as_text(sum.view())};
  if (auto done = out.write(trailer); !done)
    return done.error();
  if (auto done = out.sync(); !done)
    return done.error();
  auto written = backup_file::open(out.own());
  if (!written)
    return written.error();
  auto again = fold_until(**written, folded->entries, progress);
  if (!again)
    return again;
  if (*again != *folded)
    return failure{errc::log_corrupt,
                   "the backup differs from the log: it is not kept"};
  if (auto done = out.finish(); !done)
    return done.error();
  return folded;
}

} // namespace signalbox
