#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/bytes.hpp"
#include "events/ids.hpp"

namespace signalbox {

/// Writes the fields of a row: integers big endian and of fixed width, text
/// and bytes behind a u32 length, lists behind a u32 count. A row type lists
/// its fields once, in `fields(archive, row)`, for writer and reader alike.
class row_writer {
 public:
  explicit row_writer(std::string& out) : out_{out} {}

  template <class... Ts>
  void operator()(const Ts&... xs) {
    (put(xs), ...);
  }

 private:
  template <class Integer>
  void integer(Integer x) {
    std::array<char, sizeof(x)> bytes;
    for (std::size_t i = 0; i < sizeof(x); ++i)
      bytes[i] = static_cast<char>(x >> (8 * (sizeof(x) - 1 - i)) & 255);
    out_.append(bytes.data(), bytes.size());
  }

  void put(bool x) { out_ += static_cast<char>(x ? 1 : 0); }
  void put(std::uint16_t x) { integer(x); }
  void put(std::uint32_t x) { integer(x); }
  void put(std::uint64_t x) { integer(x); }
  void put(timestamp x) { integer(static_cast<std::uint64_t>(x)); }
  void put(log_index x) { integer(static_cast<std::uint64_t>(x)); }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum x) { put(static_cast<std::uint32_t>(x)); }

  template <std::size_t N, class Tag>
  void put(const fixed_bytes<N, Tag>& x) {
    out_.append(as_text(x.view()));
  }

  void put(const std::string& x) {
    integer(static_cast<std::uint32_t>(x.size()));
    out_ += x;
  }

  template <class T>
  void put(const std::vector<T>& xs) {
    integer(static_cast<std::uint32_t>(xs.size()));
    for (auto& x : xs)
      put(x);
  }

  void put(std::uint8_t x) { integer(x); }

  template <class Row>
  requires std::is_class_v<Row>
  void put(const Row& x) { fields(*this, const_cast<Row&>(x)); }

  std::string& out_;
};

/// Inverse of row_writer; `ok` turns false at the first byte that is missing
/// and stays so.
class row_reader {
 public:
  explicit row_reader(std::string_view in) : in_{in} {}

  template <class... Ts>
  void operator()(Ts&... xs) {
    (get(xs), ...);
  }

  /// Whether every field was there and nothing is left.
  bool done() const { return ok_ && in_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > in_.size()) {
      ok_ = false;
      in_ = {};
      return {};
    }
    auto out = in_.substr(0, size);
    in_.remove_prefix(size);
    return out;
  }

  template <class Integer>
  void integer(Integer& x) {
    x = 0;
    for (auto c : take(sizeof(x)))
      x = static_cast<Integer>(x << 8 | static_cast<std::uint8_t>(c));
  }

  void get(std::uint8_t& x) { integer(x); }
  void get(std::uint16_t& x) { integer(x); }
  void get(std::uint32_t& x) { integer(x); }
  void get(std::uint64_t& x) { integer(x); }

  void get(bool& x) {
    std::uint8_t byte = 0;
    integer(byte);
    x = byte != 0;
  }

  void get(timestamp& x) { get_as<std::uint64_t>(x); }
  void get(log_index& x) { get_as<std::uint64_t>(x); }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void get(Enum& x) { get_as<std::uint32_t>(x); }

  template <class Integer, class T>
  void get_as(T& x) {
    Integer raw = 0;
    integer(raw);
    x = static_cast<T>(raw);
  }

  template <std::size_t N, class Tag>
  void get(fixed_bytes<N, Tag>& x) {
    auto bytes = take(N);
    if (bytes.size() == N)
      std::copy(bytes.begin(), bytes.end(), x.value.begin());
  }

  void get(std::string& x) {
    std::uint32_t size = 0;
    integer(size);
    x = take(size);
  }

  template <class T>
  void get(std::vector<T>& xs) {
    std::uint32_t count = 0;
    integer(count);
    xs.clear();
    for (std::uint32_t i = 0; ok_ && i < count; ++i)
      get(xs.emplace_back());
  }

  template <class Row>
  requires std::is_class_v<Row>
  void get(Row& x) { fields(*this, x); }

  std::string_view in_;
  bool ok_ = true;
};

template <class Row>
std::string encode_row(const Row& x) {
  std::string out;
  row_writer writer{out};
  fields(writer, const_cast<Row&>(x));
  return out;
}

template <class Row>
bool decode_row(std::string_view bytes, Row& x) {
  row_reader reader{bytes};
  fields(reader, x);
  return reader.done();
}

} // namespace signalbox
