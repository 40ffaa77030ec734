#include "app/wire_words.hpp"

#include <string_view>

namespace signalbox {

namespace {

struct wire_word {
  std::string_view endpoint;  ///< last word of the path; empty: any
  std::string_view parameter; ///< as the server has it
  std::string_view option;    ///< as the command has it
};

/// The first that fits counts. Those of one endpoint go first.
constexpr wire_word words[] = {
    {"audit", "client_id", "--client"},
    {"audit", "profile", "--profile"},
    {"deployments", "client_id", "--client"},
    {"deployments", "profile", "--profile"},
    {"revert", "version", "--to"},
    {"revert", "artifact_id", "--to"},
    {"policy", "policy_set_id", "ID"},
    {"tokens", "roles", "--role"},
    {"tokens", "expires_at", "--expires"},
    {"", "accept", "--accept"},
    {"", "applied_at", "--applied-at"},
    {"", "artifact_id", "--artifact"},
    {"", "at", "--at"},
    {"", "changelog", "--changelog"},
    {"", "client_fingerprint", "--fingerprint"},
    {"", "client_id", "CLIENT"},
    {"", "current_artifact_id", "--current"},
    {"", "cursor", "--cursor"},
    {"", "default_major", "--default-major"},
    {"", "description", "--description"},
    {"", "detail", "--detail"},
    {"", "draft_payload", "FILE"},
    {"", "environment", "--tag"},
    {"", "expected_version", "--expect"},
    {"", "force", "--force"},
    {"", "form", "--form"},
    {"", "from", "--from"},
    {"", "idempotency_key", "--idempotency-key"},
    {"", "inputs", "--inputs"},
    {"", "kind", "--kind"},
    {"", "limit", "--limit"},
    {"", "major", "--major"},
    {"", "node_id", "NODE"},
    {"", "order", "--order"},
    {"", "policy_set_id", "--policy-set"},
    {"", "profile", "PROFILE"},
    {"", "publisher", "--publisher"},
    {"", "result", "--result"},
    {"", "schema_ref", "--schema-ref"},
    {"", "since_token", "--since"},
    {"", "template", "--template"},
    {"", "to", "--to"},
    {"", "version", "--version"},
    {"", "window", "--window"},
};

/// The server's advice that speaks of parameters, and ours.
constexpr std::string_view phrases[][2] = {
    {"name one as major, or the artifact_id",
     "name one with --major, or the artifact's id with --to"},
    {"repeat with force", "repeat with --force"},
};

/// Whether a pointer of this call lies in a document that was sent as it is: a
/// family, a template or a policy set. Its members are no options.
bool is_document(const asked& what, std::string_view parameter) {
  if (parameter == "expected_version" || what.path.empty())
    return false;
  const bool family = what.path[0] == "clients" && what.path.size() == 2;
  const bool stored = what.path.size() > 3 && (what.path[2] == "templates" ||
                                               what.path[2] == "schemas");
  return family || stored || what.path[0] == "policies";
}

std::string_view option_of(const asked& what, std::string_view parameter) {
  if (what.path.size() == 2 && what.path[0] == "policies")
    return parameter == "version"         ? "VERSION"
           : parameter == "policy_set_id" ? "ID"
                                          : std::string_view{};
  const std::string_view endpoint =
      what.path.empty() ? std::string_view{} : what.path.back();
  if (!is_document(what, parameter))
    for (auto& x : words)
      if (x.parameter == parameter &&
          (x.endpoint.empty() || x.endpoint == endpoint))
        return x.option;
  return {};
}

/// What stands for a pointer; empty if nothing does.
std::string place_of(const asked& what, const std::string& pointer) {
  constexpr std::string_view parameters = "/template/parameters/";
  if (pointer.starts_with(parameters))
    return "--param " + pointer.substr(parameters.size());
  const auto end = pointer.find('/', 1);
  const auto option = option_of(what, pointer.substr(1, end - 1));
  if (option.empty() || end == pointer.npos)
    return std::string{option};
  return std::string{option} + " at " + pointer.substr(end);
}

/// A message that begins with the parameter begins with the option.
bool rename(std::string& message, std::string_view parameter,
            std::string_view option) {
  if (!message.starts_with(parameter) || message.size() == parameter.size() ||
      (message[parameter.size()] != ' ' && message[parameter.size()] != ':'))
    return false;
  message.replace(0, parameter.size(), option);
  return true;
}

} // namespace

failure in_words_of_options(failure said, const asked& what) {
  for (auto& [theirs, ours] : phrases)
    if (const auto at = said.message.find(theirs); at != said.message.npos)
      said.message.replace(at, theirs.size(), ours);
  if (!said.pointer.starts_with('/'))
    return said;
  auto place = place_of(what, said.pointer);
  if (place.empty())
    return said;
  const auto name = said.pointer.substr(1, said.pointer.find('/', 1) - 1);
  const bool begins = rename(said.message, name, option_of(what, name));
  const bool whole = said.pointer.size() == name.size() + 1;
  said.pointer = begins && whole ? std::string{} : std::move(place);
  return said;
}

} // namespace signalbox
