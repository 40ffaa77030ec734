#include "tests/system/crash_publish.hpp"

#include "events/artifact.hpp"
#include "events/head.hpp"

namespace signalbox::test {

namespace {

/// The member of a draft that holds the servers, by family.
std::string servers_of(const std::string& client) {
  if (client == "vscode")
    return "servers";
  return client == "codex" ? "mcp_servers" : "mcpServers";
}

json::object draft_of(const publish_call& x) {
  return {{servers_of(x.client),
           json::object{{"docs", json::object{{"command", "docs-mcp"},
                                              {"args", {"--set", x.key}}}}}}};
}

std::uint64_t number(const json::value& x) {
  return x.to_number<std::uint64_t>();
}

void read_head(const answer& x, told_artifact& out) {
  const auto wire = parse_wire(x.body);
  if (!wire || !wire->head)
    throw std::runtime_error{"no head in " + x.body};
  const auto stated = parse_head(as_text(wire->head->payload));
  if (!stated || to_content_id(stated->artifact) != out.artifact)
    throw std::runtime_error{"another artifact's head in " + x.body};
  out.channel_version = stated->channel_version;
  out.index = to_integer(stated->index);
}

} // namespace

std::string to_request(const publish_call& x, const std::string& token) {
  const bool is_revert = !x.back_to.empty();
  json::object body{{"changelog", "A change"}};
  if (is_revert)
    body["artifact_id"] = x.back_to;
  else
    body["draft_payload"] = draft_of(x);
  if (x.expected)
    body["expected_version"] = *x.expected;
  const auto text = json::serialize(body);
  return "POST /v1/ledgers/main/clients/" + x.client + "/profiles/" +
         x.profile + (is_revert ? "/revert" : "/publish") +
         " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + token +
         "\r\nIdempotency-Key: " + x.key +
         "\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(text.size()) + "\r\n\r\n" + text;
}

std::string to_get(const std::string& path) {
  return "GET /v1/ledgers/main/" + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

told_artifact read_artifact(const answer& x) {
  told_artifact out;
  out.artifact = x.text("/artifact_id");
  out.publisher = x.text("/provenance/publisher_id");
  const auto& payload = x.at("/payload").as_object();
  for (auto* name : {"mcpServers", "servers", "mcp_servers"})
    if (payload.contains(name))
      out.word = x.text(std::string{"/payload/"} + name + "/docs/args/1");
  if (x.has("/at")) {
    out.channel_version = number(x.at("/at/channel_version"));
    out.index = number(x.at("/at/index"));
  } else {
    read_head(x, out);
  }
  return out;
}

} // namespace signalbox::test
