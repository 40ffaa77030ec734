#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/authentication.hpp"
#include "api/change_hub.hpp"
#include "api/http_message.hpp"
#include "api/http_stream.hpp"

namespace signalbox {

/// What a subscriber asks for.
struct subscription {
  std::size_t worker = 0; ///< whose connection it is
  change_seats::seat seat;
  caller who; ///< whose token is looked at again with each event
  change_filter filter;
  std::uint64_t from = 0;            ///< the place from which changes count
  std::uint64_t in_force_before = 0; ///< see change_query
  std::string token;                 ///< of `from`; empty: none yet
};

/// SubscribeConfigUpdates: changes as server-sent events (FR-10), until one
/// side ends it. Says `hello`; then what the subscriber has missed, a page at a
/// time, from the cache or through the pool; then `current`, and from there on
/// every change as it comes. One that reads too slowly is told with `overflow`
/// from where to resume.
std::unique_ptr<http_stream> make_event_stream(change_hub& hub, subscription x);

/// The head of the answer that the stream is the body of.
http_response event_stream_head();

} // namespace signalbox
