#include "actors/cloud_event.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "actors/change_document.hpp"

namespace signalbox {

namespace {

constexpr const char* media_type =
    "application/cloudevents+json; charset=UTF-8";

std::string_view text_of(const json::object& x, std::string_view name) {
  const auto* found = x.if_contains(name);
  const auto* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string_view{} : std::string_view{*text};
}

} // namespace

std::string cloud_source(const ledger_id& ledger) {
  return "urn:signalbox:ledger:" + ledger.hex();
}

result<update_message> make_cloud_event(const event_log& log, const view& seen,
                                        std::uint64_t place) {
  auto data = describe_change(log, seen, place);
  if (!data)
    return data.error();
  auto& key = seen.past->channel_keys[seen.past->changes[place].channel];
  // Indexes are compared within an incarnation.
  (*data)["incarnation"] = seen.ledger.incarnation;
  const json::object event{
      {"specversion", "1.0"},
      {"id", data->at("token")},
      {"source", cloud_source(seen.ledger.id)},
      {"type", "signalbox.config." + std::string{text_of(*data, "type")}},
      {"subject", key},
      {"time", data->at("changed_at")},
      {"datacontenttype", "application/json"},
      {"data", *data}};
  return update_message{key, json::serialize(event), media_type};
}

std::optional<consistency_token> read_cloud_event(const ledger_id& ledger,
                                                  std::string_view value) {
  boost::system::error_code error;
  const auto parsed = json::parse(value, error);
  const auto* event = error ? nullptr : parsed.if_object();
  if (event == nullptr || text_of(*event, "source") != cloud_source(ledger))
    return std::nullopt;
  auto id = parse_consistency_token(text_of(*event, "id"));
  return id ? std::optional{*id} : std::nullopt;
}

} // namespace signalbox
