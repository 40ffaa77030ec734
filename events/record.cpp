#include "events/record.hpp"

#include "events/hash.hpp"

#include <algorithm>

#include <signalbox_generated.h>

namespace signalbox {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

// Part of the format, as in decode_envelope.cpp.
constexpr std::size_t max_depth = 16;
constexpr std::size_t max_tables = 4096;

byte_view bytes(const flatbuffers::Vector<std::uint8_t>* x) {
  return x == nullptr ? byte_view{} : byte_view{x->data(), x->size()};
}

Offset<flatbuffers::Vector<std::uint8_t>> put(FlatBufferBuilder& b,
                                              byte_view x) {
  return b.CreateVector(x.data(), x.size());
}

const fb::Record* as_record(byte_view buffer) {
  if (buffer.size() < 8)
    return nullptr;
  flatbuffers::Verifier verifier{buffer.data(), buffer.size(), max_depth,
                                 max_tables};
  if (!verifier.VerifyBuffer<fb::Record>(nullptr))
    return nullptr;
  auto* out = flatbuffers::GetRoot<fb::Record>(buffer.data());
  return out->envelope() == nullptr ? nullptr : out;
}

/// Many are needed, and a call of the system for each would take longer than
/// all else that makes a part: some are drawn together.
std::array<std::uint8_t, 16> fresh_salt() {
  constexpr std::size_t together = 64;
  thread_local std::array<std::uint8_t, 16 * together> drawn;
  thread_local std::size_t left = 0;
  if (left == 0) {
    random_fill(drawn);
    left = together;
  }
  std::array<std::uint8_t, 16> out;
  std::copy_n(drawn.begin() + static_cast<std::ptrdiff_t>(16 * --left), 16,
              out.begin());
  return out;
}

} // namespace

digest part_name(const record_part& x) {
  return sha256({x.salt, x.bytes});
}

record_part make_part(std::string_view content) {
  return {fresh_salt(), as_bytes(content)};
}

byte_buffer encode_record(byte_view envelope,
                          std::span<const record_part> parts) {
  std::size_t size = envelope.size() + 256;
  for (auto& part : parts)
    size += part.bytes.size() + 64;
  FlatBufferBuilder b{size};
  std::vector<Offset<fb::Part>> list;
  for (auto& part : parts) {
    auto salt = put(b, byte_view{part.salt});
    list.push_back(fb::CreatePart(b, salt, put(b, part.bytes)));
  }
  auto part_list = list.empty() ? 0 : b.CreateVector(list);
  b.Finish(fb::CreateRecord(b, put(b, envelope), part_list));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

byte_view envelope_of(byte_view record) {
  auto* table = as_record(record);
  return table == nullptr ? record : bytes(table->envelope());
}

std::vector<std::optional<record_part>> parts_of(byte_view record) {
  std::vector<std::optional<record_part>> out;
  auto* table = as_record(record);
  if (table == nullptr)
    return out;
  if (table->parts() == nullptr)
    return out;
  for (auto* x : *table->parts()) {
    if (x->salt() == nullptr || x->salt()->size() != 16 ||
        x->bytes() == nullptr) {
      out.push_back(std::nullopt);
      continue;
    }
    record_part part;
    std::copy_n(x->salt()->data(), 16, part.salt.begin());
    part.bytes = bytes(x->bytes());
    out.push_back(part);
  }
  return out;
}

} // namespace signalbox
