#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

/// A sorted map of text to values that is copied for each change of a view:
/// copies share all but the chunks that differ, so that one change among n
/// entries costs O(sqrt(n)) and not O(n). Values are shared and never change.
template <class T>
class shared_map {
 public:
  using value_type = std::pair<const std::string, std::shared_ptr<const T>>;

 private:
  using entry = std::shared_ptr<const value_type>;
  using chunk = std::vector<entry>; ///< never empty
  using chunk_list = std::vector<std::shared_ptr<const chunk>>;

 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = shared_map::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    iterator() = default;
    reference operator*() const { return *(*(*chunks_)[chunk_])[at_]; }
    pointer operator->() const { return &**this; }
    iterator& operator++() {
      if (++at_ == (*chunks_)[chunk_]->size())
        ++chunk_, at_ = 0;
      return *this;
    }
    iterator operator++(int) { return std::exchange(*this, std::next(*this)); }
    bool operator==(const iterator&) const = default;

   private:
    friend shared_map;
    iterator(const chunk_list& chunks, std::size_t chunk, std::size_t at)
        : chunks_{&chunks}, chunk_{chunk}, at_{at} {}

    const chunk_list* chunks_ = nullptr;
    std::size_t chunk_ = 0;
    std::size_t at_ = 0;
  };

  shared_map() = default;

  explicit shared_map(const std::map<std::string, std::shared_ptr<const T>>& x)
      : size_{x.size()} {
    chunk next;
    for (auto& [key, value] : x) {
      next.push_back(std::make_shared<const value_type>(key, value));
      if (next.size() == most / 2)
        chunks_.push_back(
            std::make_shared<const chunk>(std::exchange(next, {})));
    }
    if (!next.empty())
      chunks_.push_back(std::make_shared<const chunk>(std::move(next)));
  }

  std::size_t size() const { return size_; }
  iterator begin() const { return {chunks_, 0, 0}; }
  iterator end() const { return {chunks_, chunks_.size(), 0}; }

  /// The first entry whose key is not less.
  iterator lower_bound(std::string_view key) const {
    const auto i = chunk_of(key);
    return i == chunks_.size() ? end() : iterator{chunks_, i, place_in(i, key)};
  }

  iterator find(std::string_view key) const {
    const auto out = lower_bound(key);
    return out != end() && out->first == key ? out : end();
  }

  /// Puts a value, in place of what the key has.
  void put(std::string_view key, std::shared_ptr<const T> value) {
    auto made = std::make_shared<const value_type>(key, std::move(value));
    if (chunks_.empty()) {
      chunks_.push_back(std::make_shared<const chunk>(1, std::move(made)));
      size_ = 1;
      return;
    }
    const auto i = std::min(chunk_of(key), chunks_.size() - 1);
    auto copy = *chunks_[i];
    const auto at =
        copy.begin() + static_cast<std::ptrdiff_t>(place_in(i, key));
    if (at != copy.end() && (*at)->first == key) {
      *at = std::move(made);
    } else {
      copy.insert(at, std::move(made));
      ++size_;
    }
    replace(i, std::move(copy));
  }

 private:
  static constexpr std::size_t most = 512; ///< entries of a chunk

  /// The first chunk whose last key is not less.
  std::size_t chunk_of(std::string_view key) const {
    auto less = [](auto& x, std::string_view k) {
      return x->back()->first < k;
    };
    const auto i = std::lower_bound(chunks_.begin(), chunks_.end(), key, less);
    return static_cast<std::size_t>(i - chunks_.begin());
  }

  std::size_t place_in(std::size_t i, std::string_view key) const {
    auto less = [](auto& x, std::string_view k) { return x->first < k; };
    auto& x = *chunks_[i];
    return static_cast<std::size_t>(
        std::lower_bound(x.begin(), x.end(), key, less) - x.begin());
  }

  void replace(std::size_t i, chunk x) {
    if (x.size() > most) {
      const auto half = x.begin() + most / 2;
      chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                     std::make_shared<const chunk>(half, x.end()));
      x.erase(half, x.end());
    }
    chunks_[i] = std::make_shared<const chunk>(std::move(x));
  }

  chunk_list chunks_;
  std::size_t size_ = 0;
};

} // namespace signalbox
