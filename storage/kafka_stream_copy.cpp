#include "storage/kafka_stream_copy.hpp"

#include <algorithm>

#include <rocksdb/write_batch.h>

#include "storage/big_endian.hpp"
#include "storage/rocksdb_handle.hpp"

namespace signalbox {

namespace {

/// The first offset of a partition whose index is at `index` or above.
std::uint64_t offset_of(std::uint64_t index, std::uint64_t partition,
                        std::uint64_t partitions) {
  if (index <= partition)
    return 0;
  const auto distance = index - partition;
  return distance / partitions + (distance % partitions == 0 ? 0 : 1);
}

} // namespace

result<std::unique_ptr<kafka_stream_copy>>
kafka_stream_copy::open(rocksdb_database::pointer database, char tag) {
  std::unique_ptr<kafka_stream_copy> out{
      new kafka_stream_copy{std::move(database), tag}};
  auto& base = *out->database_;
  auto handle = base.acquire();
  if (!handle)
    return failure{errc::io, base.health().reason};
  std::string kept;
  const auto status = handle->database().Get(
      {}, handle->database().DefaultColumnFamily(), out->count_key(), &kept);
  if (!status.ok() && !status.IsNotFound())
    return base.report_read_failure(status);
  handle.reset();
  if (kept.size() != 8)
    return out;
  if (auto opened =
          out->open_parts(static_cast<int>(from_big_endian(kept.data())));
      !opened)
    return opened.error();
  return out;
}

result<void> kafka_stream_copy::open_parts(int partitions) {
  std::vector<part> opened;
  for (int i = 0; i < partitions; ++i) {
    const std::string tag{tag_, static_cast<char>(i)};
    auto x = rocksdb_stream::open(database_, tag);
    if (!x)
      return x.error();
    opened.push_back(std::move(*x));
  }
  const std::lock_guard guard{mutex_};
  parts_ = std::move(opened);
  return {};
}

std::vector<kafka_stream_copy::part> kafka_stream_copy::parts() const {
  const std::lock_guard guard{mutex_};
  return parts_;
}

kafka_stream_copy::part kafka_stream_copy::part_of(int partition) const {
  const std::lock_guard guard{mutex_};
  return parts_.at(static_cast<std::size_t>(partition));
}

int kafka_stream_copy::partitions() const {
  const std::lock_guard guard{mutex_};
  return static_cast<int>(parts_.size());
}

result<void> kafka_stream_copy::lay_out(int partitions) {
  if (partitions < 1 || partitions > max_partitions)
    return failure{errc::bad_request, "it has " + std::to_string(partitions) +
                                          " partitions but must have 1 to " +
                                          std::to_string(max_partitions)};
  const auto before = this->partitions();
  if (before == partitions)
    return {};
  if (before != 0)
    return failure{errc::conflict,
                   "it has " + std::to_string(partitions) +
                       " partitions and had " + std::to_string(before) +
                       ": records of one client would no longer be in order. "
                       "Make the topic anew with " +
                       std::to_string(before) + " partitions"};
  if (auto x = database_->ensure_writable(); !x)
    return x;
  auto handle = database_->acquire();
  if (!handle)
    return failure{errc::io, database_->health().reason};
  const auto count = to_big_endian(static_cast<std::uint64_t>(partitions));
  rocksdb::WriteBatch batch;
  batch
      .Put(handle->database().DefaultColumnFamily(), count_key(),
           {count.data(), count.size()})
      .PermitUncheckedError();
  handle.reset();
  if (auto done = database_->write(batch, rocksdb_database::durability::synced);
      !done)
    return done;
  return open_parts(partitions);
}

std::uint64_t kafka_stream_copy::next_offset(int partition) const {
  return part_of(partition)->end();
}

result<std::optional<std::uint64_t>>
kafka_stream_copy::first_offset(int partition, std::uint64_t from) const {
  std::optional<std::uint64_t> out;
  auto read = part_of(partition)->read(from, [&](const stream_entry_view& x) {
    out = x.index;
    return false;
  });
  if (!read)
    return read.error();
  return out;
}

result<bool> kafka_stream_copy::holds(int partition, std::uint64_t offset,
                                      byte_view record) const {
  bool same = false;
  auto read = part_of(partition)->read(offset, [&](const stream_entry_view& x) {
    same = x.index == offset && as_text(x.record) == as_text(record);
    return false;
  });
  if (!read)
    return read.error();
  return same;
}

result<void>
kafka_stream_copy::add(int partition,
                       std::span<const stream_entry_view> entries) {
  return part_of(partition)->copy(entries);
}

result<void> kafka_stream_copy::begin_anew(int partition) {
  return part_of(partition)->begin_anew();
}

std::uint64_t kafka_stream_copy::index_of(int partition,
                                          std::uint64_t offset) const {
  return offset * static_cast<std::uint64_t>(partitions()) +
         static_cast<std::uint64_t>(partition);
}

std::uint64_t kafka_stream_copy::begin() const {
  auto out = end();
  const auto all = parts();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto first = all[i]->begin(); first != all[i]->end())
      out = std::min(out, first * all.size() + i);
  return out;
}

std::uint64_t kafka_stream_copy::end() const {
  std::uint64_t out = 0;
  const auto all = parts();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto next = all[i]->end(); next > 0)
      out = std::max(out, (next - 1) * all.size() + i + 1);
  return out;
}

std::uint64_t kafka_stream_copy::size() const {
  std::uint64_t out = 0;
  for (auto& x : parts())
    out += x->size();
  return out;
}

std::uint64_t kafka_stream_copy::bytes() const {
  std::uint64_t out = 0;
  for (auto& x : parts())
    out += x->bytes();
  return out;
}

result<void> kafka_stream_copy::read(std::uint64_t from,
                                     const visitor& visit) const {
  const auto all = parts();
  bool goes_on = true;
  for (std::size_t i = 0; i < all.size() && goes_on; ++i) {
    auto done =
        all[i]->read(offset_of(from, i, all.size()), [&](stream_entry_view x) {
          x.index = x.index * all.size() + i;
          return goes_on = visit(x);
        });
    if (!done)
      return done;
  }
  return {};
}

result<void> kafka_stream_copy::read_back(std::uint64_t before,
                                          const visitor& visit) const {
  const auto all = parts();
  bool goes_on = true;
  for (auto i = all.size(); i-- > 0 && goes_on;) {
    auto done = all[i]->read_back(offset_of(before, i, all.size()),
                                  [&](stream_entry_view x) {
                                    x.index = x.index * all.size() + i;
                                    return goes_on = visit(x);
                                  });
    if (!done)
      return done;
  }
  return {};
}

result<void> kafka_stream_copy::trim(timestamp before) {
  for (auto& x : parts())
    if (auto done = x->trim(before); !done)
      return done;
  return {};
}

} // namespace signalbox
