#include "storage/rocksdb_stream.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <rocksdb/write_batch.h>

#include "events/envelope.hpp"
#include "storage/big_endian.hpp"
#include "storage/log_failures.hpp"
#include "storage/rocksdb_handle.hpp"

namespace signalbox {

namespace {

constexpr std::size_t index_bytes = 8;
constexpr std::size_t time_bytes = 8;

std::string key_of(const std::string& tag, std::uint64_t index) {
  const auto digits = to_big_endian(index);
  return tag + std::string{digits.data(), digits.size()};
}

std::string end_key(const std::string& tag) {
  return tag + "end";
}

std::string value_of(timestamp time, byte_view record) {
  const auto digits =
      to_big_endian(static_cast<std::uint64_t>(to_integer(time)));
  std::string out{digits.data(), digits.size()};
  return out += as_text(record);
}

bool is_entry(const rocksdb::Iterator& x, const std::string& tag) {
  return x.Valid() && x.key().size() == tag.size() + index_bytes &&
         x.key().starts_with(tag);
}

std::uint64_t index_of(const rocksdb::Iterator& x) {
  return from_big_endian(x.key().data() + x.key().size() - index_bytes);
}

stream_entry_view entry_of(const rocksdb::Iterator& x) {
  const auto value = x.value();
  return {index_of(x),
          timestamp{static_cast<std::int64_t>(from_big_endian(value.data()))},
          as_bytes({value.data() + time_bytes, value.size() - time_bytes})};
}

failure no_handle(const rocksdb_database& database) {
  return {errc::io, database.health().reason};
}

} // namespace

result<std::unique_ptr<rocksdb_stream>>
rocksdb_stream::open(rocksdb_database::pointer database, std::string tag) {
  std::unique_ptr<rocksdb_stream> out{
      new rocksdb_stream{std::move(database), std::move(tag)}};
  if (auto found = out->find_ends(); !found)
    return found.error();
  return out;
}

result<void> rocksdb_stream::find_ends() {
  const auto generation = database_->generation();
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  auto* family = handle->database().DefaultColumnFamily();
  std::string kept;
  const auto status = handle->database().Get({}, family, end_key(tag_), &kept);
  if (!status.ok() && !status.IsNotFound())
    return database_->report_read_failure(status);
  std::uint64_t end = kept.size() == 8 ? from_big_endian(kept.data()) : 0;
  auto x = handle->scan(family);
  x->Seek(key_of(tag_, 0));
  std::uint64_t begin = end;
  if (is_entry(*x, tag_)) {
    begin = index_of(*x);
    x->SeekForPrev(key_of(tag_, ~std::uint64_t{0}));
    if (x->Valid() && !is_entry(*x, tag_)) // the end that the last trim kept
      x->Prev();
  }
  if (is_entry(*x, tag_) && x->value().size() >= time_bytes) {
    end = std::max(end, index_of(*x) + 1);
    last_time_ = entry_of(*x).append_time;
  }
  if (!x->status().ok())
    return database_->report_read_failure(x->status());
  begin_ = begin;
  end_ = end;
  generation_ = generation;
  return {};
}

result<void> rocksdb_stream::prepare_append() {
  if (auto x = database_->ensure_writable(); !x)
    return x;
  return generation_ == database_->generation() ? result<void>{} : find_ends();
}

result<std::uint64_t> rocksdb_stream::append(std::span<const byte_view> records,
                                             timestamp append_time) {
  for (auto x : records)
    if (x.size() > max_record_bytes)
      return record_too_large(x.size());
  if (auto x = prepare_append(); !x)
    return x.error();
  const auto first = end_.load();
  if (records.empty())
    return first;
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  const auto time = std::max(last_time_, append_time);
  rocksdb::WriteBatch batch;
  // In memory: a batch that is too large fails as a whole when it is written.
  for (std::size_t i = 0; i < records.size(); ++i)
    batch
        .Put(handle->database().DefaultColumnFamily(), key_of(tag_, first + i),
             value_of(time, records[i]))
        .PermitUncheckedError();
  handle.reset();
  if (auto written =
          database_->write(batch, rocksdb_database::durability::synced);
      !written)
    return written.error();
  last_time_ = time;
  end_ = first + records.size();
  return first;
}

result<void> rocksdb_stream::copy(std::span<const stream_entry_view> entries) {
  if (auto x = prepare_append(); !x || entries.empty())
    return x;
  const auto first = end_.load();
  auto next = first;
  std::optional<std::uint64_t> begun;
  auto time = last_time_;
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  rocksdb::WriteBatch batch;
  for (auto& x : entries) {
    if (x.index < next)
      continue;
    next = x.index + 1;
    begun = begun.value_or(x.index);
    time = std::max(time, x.append_time);
    batch
        .Put(handle->database().DefaultColumnFamily(), key_of(tag_, x.index),
             value_of(time, x.record))
        .PermitUncheckedError();
  }
  handle.reset();
  if (!begun)
    return {};
  if (auto x = database_->write(batch, rocksdb_database::durability::unsynced);
      !x)
    return x;
  last_time_ = time;
  if (begin_ == first)
    begin_ = *begun;
  end_ = next;
  return {};
}

result<void> rocksdb_stream::read(std::uint64_t from,
                                  const visitor& visit) const {
  return visit_all(std::max(from, begin_.load()), direction::forward, visit);
}

result<void> rocksdb_stream::read_back(std::uint64_t before,
                                       const visitor& visit) const {
  return visit_all(std::min(before, end_.load()), direction::back, visit);
}

/// Forward, `next` is the next index to visit; backward, one above it.
result<void> rocksdb_stream::visit_all(std::uint64_t next, direction where,
                                       const visitor& visit) const {
  for (;;) {
    auto handle = database_->acquire();
    if (!handle)
      return no_handle(*database_);
    auto done = visit_some(*handle, next, where, visit);
    if (!done)
      return done.error();
    if (*done != step::retired)
      return {};
  }
}

result<rocksdb_stream::step>
rocksdb_stream::visit_some(const rocksdb_handle& handle, std::uint64_t& next,
                           direction where, const visitor& visit) const {
  const bool forward = where == direction::forward;
  const auto end = end_.load();
  if (forward ? next >= end : next == 0)
    return step::done;
  auto x = handle.scan(handle.database().DefaultColumnFamily());
  if (forward)
    x->Seek(key_of(tag_, next));
  else
    x->SeekForPrev(key_of(tag_, next - 1));
  for (; is_entry(*x, tag_); forward ? x->Next() : x->Prev()) {
    if (handle.retired.load(std::memory_order_relaxed))
      return step::retired;
    if (x->value().size() < time_bytes)
      return log_gap(log_index{index_of(*x)}, database_->directory());
    const auto entry = entry_of(*x);
    if (forward && entry.index >= end)
      return step::done;
    next = forward ? entry.index + 1 : entry.index;
    if (!visit(entry))
      return step::stopped;
  }
  if (!x->status().ok())
    return database_->report_read_failure(x->status());
  return step::done;
}

result<void> rocksdb_stream::trim(timestamp before) {
  auto first = end_.load();
  auto found = read(0, [&](const stream_entry_view& x) {
    if (x.append_time < before)
      return true;
    first = x.index;
    return false;
  });
  if (!found)
    return found.error();
  return first == begin_ ? result<void>{} : drop_below(first, end_);
}

result<void> rocksdb_stream::begin_anew() {
  if (auto dropped = drop_below(end_, 0); !dropped)
    return dropped;
  begin_ = end_ = 0;
  last_time_ = {};
  return {};
}

/// `end`: what is kept as the next index.
result<void> rocksdb_stream::drop_below(std::uint64_t first,
                                        std::uint64_t end) {
  if (auto x = database_->health(); x.state == log_health::mode::read_only)
    return failure{errc::read_only, x.reason};
  auto handle = database_->acquire();
  if (!handle)
    return no_handle(*database_);
  auto* family = handle->database().DefaultColumnFamily();
  const auto next = to_big_endian(end);
  rocksdb::WriteBatch batch;
  batch.DeleteRange(family, key_of(tag_, begin_), key_of(tag_, first))
      .PermitUncheckedError();
  batch.Put(family, end_key(tag_), {next.data(), next.size()})
      .PermitUncheckedError();
  handle.reset();
  if (auto written =
          database_->write(batch, rocksdb_database::durability::unsynced);
      !written)
    return written.error();
  begin_ = first;
  return {};
}

std::uint64_t rocksdb_stream::bytes() const {
  auto handle = database_->acquire();
  if (!handle)
    return 0;
  const auto low = key_of(tag_, 0);
  const auto high = key_of(tag_, ~std::uint64_t{0});
  const rocksdb::Range range{low, high};
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  std::uint64_t out = 0;
  handle->database()
      .GetApproximateSizes(options, handle->database().DefaultColumnFamily(),
                           &range, 1, &out)
      .PermitUncheckedError();
  return out;
}

} // namespace signalbox
