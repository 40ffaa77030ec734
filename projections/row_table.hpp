#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "projections/row_codec.hpp"
#include "projections/state_hash.hpp"

namespace signalbox {

/// Rows that changed since they were last drained: key and new bytes, or no
/// bytes for an erased row.
struct row_change {
  std::string key;
  std::string row;
  bool erased = false;
};

/// One table of the fold's state: rows under text keys. Keeps the state hash
/// current and remembers which rows changed. Never iterated by the fold: the
/// order of its rows is not part of the state. A row stays where it is only
/// until the next put or update in its table.
template <class Row>
class row_table {
 public:
  /// `tag` tells tables apart in the state hash and in the store; for ever.
  explicit row_table(char tag) : tag_{tag} {}

  char tag() const { return tag_; }
  std::size_t size() const { return rows_.size(); }

  const Row* find(std::string_view key) const {
    auto i = rows_.find(key);
    return i == rows_.end() ? nullptr : &i->second.row;
  }

  void put(state_hash& sum, std::string_view key, Row row) {
    update(sum, key, [&](Row& x) { x = std::move(row); });
  }

  /// Calls change(row) with the row under the key, made anew if there is none.
  /// For rows that change often: one look-up, no copy.
  template <class F>
  void update(state_hash& sum, std::string_view key, F change) {
    auto i = rows_.find(key);
    if (i == rows_.end())
      i = rows_.emplace(std::string{key}, slot{}).first;
    else
      sum -= i->second.hash;
    auto& x = i->second;
    change(x.row);
    x.hash = hash_of(key, x.row);
    sum += x.hash;
    mark(i->first, x);
  }

  void erase(state_hash& sum, std::string_view key) {
    auto i = rows_.find(key);
    if (i == rows_.end())
      return;
    sum -= i->second.hash;
    erased_.push_back(i->first);
    gone_.push_back(i->first);
    rows_.erase(i);
  }

  /// Calls f(key, row) in no particular order: for views and snapshots.
  template <class F>
  void for_each(F f) const {
    for (auto& [key, x] : rows_)
      f(key, x.row);
  }

  /// Hands out what changed since the last call.
  template <class F>
  void drain(F f) {
    for (auto& key : erased_)
      if (!rows_.contains(key))
        f(row_change{key, {}, true});
    for (auto& key : dirty_) {
      auto i = rows_.find(key);
      if (i == rows_.end())
        continue;
      i->second.dirty = false;
      f(row_change{key, encode_row(i->second.row), false});
    }
    erased_.clear();
    dirty_.clear();
  }

  /// Makes the next drain hand out every row, and every erasure so far.
  void mark_all() {
    erased_ = gone_;
    for (auto& [key, x] : rows_)
      mark(key, x);
  }

  /// Takes a stored row back; false if its bytes do not decode.
  bool restore(state_hash& sum, std::string_view key, std::string_view bytes) {
    slot x;
    if (!decode_row(bytes, x.row))
      return false;
    x.hash = hash_row(tag_, key, bytes);
    sum += x.hash;
    rows_.insert_or_assign(std::string{key}, std::move(x));
    return true;
  }

 private:
  struct slot {
    Row row;
    state_hash hash;
    bool dirty = false;
  };

  struct text_hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view x) const { return hash_key(x); }
  };

  state_hash hash_of(std::string_view key, Row& row) {
    scratch_.clear();
    row_writer writer{scratch_};
    fields(writer, row);
    return hash_row(tag_, key, scratch_);
  }

  void mark(const std::string& key, slot& x) {
    if (!x.dirty)
      dirty_.push_back(key);
    x.dirty = true;
  }

  char tag_;
  boost::unordered_flat_map<std::string, slot, text_hash, std::equal_to<>>
      rows_;
  std::vector<std::string> dirty_;
  std::vector<std::string> erased_;
  std::vector<std::string> gone_; // ever erased: few, keys of former keysets
  std::string scratch_;
};

} // namespace signalbox
