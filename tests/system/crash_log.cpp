#include "tests/system/crash_log.hpp"

#include <optional>
#include <stdexcept>
#include <string>

#include "events/envelope.hpp"
#include "events/record.hpp"
#include "tests/system/folded_copy.hpp"

namespace signalbox::test {

namespace {

std::string damage_of(byte_view record, const envelope& x,
                      const digest& artifact) {
  const auto parts = parts_of(record);
  if (parts.size() != x.parts.size() || parts.empty())
    return "it has " + std::to_string(parts.size()) + " of " +
           std::to_string(x.parts.size()) + " parts";
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!parts[i] || part_name(*parts[i]) != x.parts[i])
      return "part " + std::to_string(i) + " is not what the envelope names";
  const auto core = as_text(parts.front()->bytes);
  if (core.find(to_content_id(artifact)) == std::string_view::npos)
    return "its core is another artifact's";
  return {};
}

std::optional<logged_publish> publish_in(const log_entry_view& entry) {
  const auto x = decode_envelope(envelope_of(entry.record));
  const auto* body =
      x ? std::get_if<event::artifact_published>(&x->body) : nullptr;
  if (body == nullptr)
    return std::nullopt;
  return logged_publish{to_integer(entry.index),
                        x->id.hex(),
                        std::string{body->client_id} + '/' +
                            std::string{body->profile},
                        to_content_id(body->artifact),
                        x->expected.version + 1,
                        damage_of(entry.record, *x, body->artifact)};
}

} // namespace

std::vector<logged_publish> read_publishes(const std::filesystem::path& data) {
  std::vector<logged_publish> out;
  read_folded(data, [&](const log_entry_view& entry, outcome judged) {
    auto found = publish_in(entry);
    if (found && judged == outcome::accepted)
      out.push_back(std::move(*found));
  });
  return out;
}

} // namespace signalbox::test
