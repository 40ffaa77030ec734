#include "tests/system/crash_log.hpp"

#include <optional>
#include <stdexcept>
#include <string>

#include "events/envelope.hpp"
#include "events/record.hpp"
#include "projections/fold.hpp"
#include "storage/rocksdb_log.hpp"

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

template <class T>
T must(result<T> x) {
  if (!x)
    throw std::runtime_error{"the log: " + x.error().message};
  return std::move(*x);
}

} // namespace

std::vector<logged_publish> read_publishes(const std::filesystem::path& data) {
  rocksdb_config config;
  config.directory = data / "db";
  const auto log =
      must(rocksdb_log::open(must(rocksdb_database::open_read_only(config))));
  std::vector<logged_publish> out;
  ledger_state state;
  const auto read = log->read(log_index{0}, [&](const log_entry_view& entry) {
    const auto judged = must(
        step(state, entry.index, entry.append_time, envelope_of(entry.record)));
    auto found = publish_in(entry);
    if (found && judged.result == outcome::accepted)
      out.push_back(std::move(*found));
    return true;
  });
  if (!read)
    throw std::runtime_error{"the log: " + read.error().message};
  return out;
}

} // namespace signalbox::test
