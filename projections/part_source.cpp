#include "projections/part_source.hpp"

#include "events/envelope.hpp"
#include "events/record.hpp"

namespace signalbox {

result<std::vector<std::string>>
checked_parts(byte_view record, std::initializer_list<std::size_t> wanted) {
  auto command = decode_envelope(envelope_of(record));
  auto parts = parts_of(record);
  std::vector<std::string> out;
  for (auto part : wanted) {
    if (!command || part >= parts.size() || part >= command->parts.size())
      return failure{errc::log_corrupt, "a record lacks a part that it names"};
    if (!parts[part])
      return failure{errc::not_found, "this content was redacted"};
    if (part_name(*parts[part]) != command->parts[part])
      return failure{errc::log_corrupt,
                     "a part of a record does not match its name"};
    out.emplace_back(as_text(parts[part]->bytes));
  }
  return out;
}

result<std::string> checked_part(byte_view record, std::size_t part) {
  auto out = checked_parts(record, {part});
  if (!out)
    return out.error();
  return std::move(out->front());
}

} // namespace signalbox
