#include "api/update_event.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "actors/change_document.hpp"
#include "projections/change_filter.hpp"

namespace signalbox {

std::string to_frame(std::string_view id, std::string_view type,
                     std::string_view data) {
  std::string out;
  out.reserve(id.size() + type.size() + data.size() + 32);
  if (!id.empty())
    out.append("id: ").append(id).append("\n");
  out.append("event: ").append(type).append("\n");
  return out.append("data: ").append(data).append("\n\n");
}

result<update_event> compose_event(const event_log& log, const view& seen,
                                   std::uint64_t place,
                                   const std::string& head) {
  auto& change = seen.past->changes[place];
  const auto name = channel_name::of(seen.past->channel_keys[change.channel]);
  auto body = describe_change(log, seen, place);
  if (!body)
    return body.error();
  update_event out;
  out.place = place;
  out.client_id = name.client_id;
  out.profile = name.profile;
  out.token = std::string{std::string_view{body->at("token").as_string()}};
  auto text = json::serialize(*body);
  if (!head.empty()) {
    text.pop_back();
    text.append(",\"head\":").append(head).append("}");
  }
  const auto frame = std::make_shared<const std::string>(to_frame(
      out.token, std::string_view{body->at("type").as_string()}, text));
  out.json = std::string_view{*frame}.substr(frame->size() - 2 - text.size(),
                                             text.size());
  out.frame = frame;
  return out;
}

} // namespace signalbox
