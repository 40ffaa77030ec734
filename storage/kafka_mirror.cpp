#include "storage/kafka_mirror.hpp"

#include <vector>

#include "storage/big_endian.hpp"
#include "storage/log_failures.hpp"
#include "storage/rocksdb_handle.hpp"

namespace signalbox {

namespace {

constexpr char tag = 'k'; // for ever, like the tags of the streams

std::string big_endian_text(std::uint64_t x) {
  const auto digits = to_big_endian(x);
  return {digits.data(), digits.size()};
}

rocksdb_log::note to_note(const kafka_offsets::run& x) {
  return {tag + big_endian_text(x.index), big_endian_text(x.offset)};
}

} // namespace

result<std::unique_ptr<kafka_mirror>>
kafka_mirror::open(rocksdb_database::pointer database) {
  auto log = rocksdb_log::open(database);
  if (!log)
    return log.error();
  std::unique_ptr<kafka_mirror> out{new kafka_mirror{std::move(*log)}};
  if (auto loaded = out->load_offsets(*database); !loaded)
    return loaded.error();
  return out;
}

result<void> kafka_mirror::load_offsets(const rocksdb_database& database) {
  auto handle = database.acquire();
  if (!handle)
    return failure{errc::io, database.health().reason};
  auto x = handle->scan(handle->database().DefaultColumnFamily());
  for (x->Seek({&tag, 1}); x->Valid() && x->key().size() == 9 &&
                           x->key()[0] == tag && x->value().size() == 8;
       x->Next())
    offsets_.add(from_big_endian(x->key().data() + 1),
                 from_big_endian(x->value().data()));
  if (!x->status().ok())
    return failure{errc::io, database.directory().string() + ": " +
                                 x->status().ToString()};
  return {};
}

result<void> kafka_mirror::add(std::uint64_t first,
                               std::span<const kafka_entry> entries) {
  auto offsets = offsets_; // changed by this thread alone
  std::vector<log_entry_view> copied;
  std::vector<rocksdb_log::note> notes;
  copied.reserve(entries.size());
  // A write that seemed to fail may have landed, and its notes with it.
  for (auto next = first; auto& x : entries) {
    if (auto begun = offsets.add(next, x.offset))
      notes.push_back(to_note(*begun));
    copied.push_back({log_index{next++}, x.append_time, x.record});
  }
  if (auto done = log_->copy(copied, notes); !done)
    return done;
  std::lock_guard lock{mutex_};
  offsets_ = std::move(offsets);
  return {};
}

} // namespace signalbox
