#include "app/verify_artifact.hpp"

#include <algorithm>
#include <tuple>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "events/hash.hpp"
#include "policy/family.hpp"

namespace signalbox {

namespace {

/// Payload and rendered text of 256 KiB each, escaped.

failure refuse(std::string why, std::string pointer = {}) {
  return {errc::bad_signature, std::move(why), std::move(pointer)};
}

std::string number_of(const keyset& x) {
  return "keyset " + std::to_string(x.version);
}

/// A signature by a key of this role that this keyset does not revoke.
result<void> check_signature(std::string_view payload_type, byte_view payload,
                             const dsse_signature& signature, key_role role,
                             const keyset& trusted, std::string_view what) {
  auto names = [&](auto& x) {
    return x.id == signature.key_id && x.role == role;
  };
  auto key = std::find_if(trusted.keys.begin(), trusted.keys.end(), names);
  if (key == trusted.keys.end())
    return refuse(std::string{what} + ": " + number_of(trusted) +
                  " has no key " + signature.key_id.hex() + " with the role " +
                  std::string{to_string(role)} +
                  ": if the keys were rotated since, fetch the keysets anew "
                  "with `signalbox keysets --output FILE`");
  if (key->status == key_status::revoked)
    return refuse(std::string{what} + ": its key " + signature.key_id.hex() +
                  " is revoked");
  auto parsed = public_key::from_der(key->spki);
  if (!parsed || !verify_payload(payload_type, payload, signature, *parsed))
    return refuse(std::string{what} + ": the signature does not match what "
                                      "was signed");
  return {};
}

/// Text members of a core.
class core_reader {
 public:
  explicit core_reader(const json::object& x) : object_{x} {}

  std::string text(std::string_view name) {
    auto* x = object_.if_contains(name);
    if (x != nullptr && x->is_string())
      return std::string{x->get_string()};
    if (wrong_.empty())
      wrong_ = name;
    return {};
  }

  json::value value(std::string_view name) {
    if (auto* x = object_.if_contains(name))
      return *x;
    if (wrong_.empty())
      wrong_ = name;
    return nullptr;
  }

  const std::string& wrong() const { return wrong_; }

 private:
  const json::object& object_;
  std::string wrong_;
};

/// SHA-256 over what identifies the content; see make_artifact_id.
digest identify(core_reader& in) {
  json::object out;
  for (auto name : {"client_id", "inputs", "payload", "policy_set_id",
                    "policy_version", "profile", "rendered", "schema_ref"})
    out[name] = in.value(name);
  return sha256(as_bytes(to_canonical(out)));
}

result<json::object> read_core(std::string_view core) {
  auto document = parse_json(core, artifact_limits);
  if (!document)
    return refuse("the artifact is malformed: " + document.error().message,
                  document.error().pointer);
  if (!document->is_object() || to_canonical(*document) != core)
    return refuse("the artifact is not in its canonical form: it was edited "
                  "or formatted anew; keep the bytes as they were served");
  return document->get_object();
}

result<verified_artifact> check_core(const json::object& core) {
  core_reader in{core};
  verified_artifact out;
  out.client_id = in.text("client_id");
  out.profile = in.text("profile");
  out.schema_ref = in.text("schema_ref");
  out.version = in.text("version");
  const auto ledger = ledger_id::from_hex(in.text("ledger_id"));
  const auto id = in.text("artifact_id");
  const auto payload_hash = in.text("payload_hash");
  const auto payload = to_canonical(in.value("payload"));
  out.artifact = identify(in);
  if (!in.wrong().empty())
    return refuse("the artifact lacks a member, or it has the wrong type",
                  append_pointer("", in.wrong()));
  if (!ledger)
    return refuse("this is no ledger id", "/ledger_id");
  if (payload_hash != to_content_id(sha256(as_bytes(payload))))
    return refuse("payload_hash is not the hash of the payload",
                  "/payload_hash");
  if (id != to_content_id(out.artifact))
    return refuse("artifact_id is not the hash of the content", "/artifact_id");
  out.ledger = *ledger;
  return out;
}

result<void> check_demand(const std::optional<std::string>& wanted,
                          const std::string& found, const char* what) {
  if (!wanted || *wanted == found)
    return {};
  return refuse("the artifact is for the " + std::string{what} + " '" + found +
                    "', not for the one asked for",
                append_pointer("", what));
}

result<void> check_algorithm(const wire_artifact& x, const keyset& trusted) {
  for (auto& key : trusted.keys)
    if (key.id == x.signature.key_id)
      if (auto parsed = public_key::from_der(key.spki);
          parsed && to_string(parsed->algorithm()) != x.algorithm)
        return refuse("the algorithm is not that of the key", "/signature/alg");
  return {};
}

result<void> check_same(const head& x, const verified_artifact& artifact) {
  if (x.ledger != artifact.ledger)
    return refuse("the head belongs to another ledger", "/head/ledger_id");
  if (x.client_id != artifact.client_id)
    return refuse("the head is for another client", "/head/client_id");
  if (x.profile != artifact.profile)
    return refuse("the head is for another profile", "/head/profile");
  const auto schema = schema_ref::parse(artifact.schema_ref);
  if (!schema || schema->client_id != artifact.client_id ||
      schema->version.major != x.major)
    return refuse("the head is for another major of the schema", "/head/major");
  if (x.artifact != artifact.artifact)
    return refuse("the head names another artifact as the current one: this "
                  "one is not released, or no longer",
                  "/head/artifact_id");
  return {};
}

result<void> check_age(const head& x, const keyset& trusted,
                       const verify_demands& demands) {
  if (x.incarnation != trusted.incarnation)
    return refuse("the head is of another incarnation of the ledger than the "
                  "keyset: history was restored; fetch both anew",
                  "/head/incarnation");
  if (x.keyset_version > trusted.version)
    return refuse("the head was made under keyset " +
                      std::to_string(x.keyset_version) +
                      ", which is newer than yours: fetch it",
                  "/head/keyset_version");
  if (demands.at >= x.expires_at)
    return refuse("the head expired at " + to_rfc3339(x.expires_at) +
                      ": fetch the artifact anew; until then keep what runs",
                  "/head/expires_at");
  const auto is_older =
      std::tie(x.incarnation, x.channel_version) <
      std::tie(demands.min_incarnation, demands.min_channel_version);
  if (is_older)
    return refuse("the head is older than one that was seen before: this is a "
                  "rollback",
                  "/head/channel_version");
  return {};
}

} // namespace

result<wire_artifact> parse_artifact(std::string_view text) {
  auto envelope = parse_dsse(text, {4 * 1024 * 1024, 8});
  if (!envelope)
    return parse_wire(text);
  if (envelope->payload_type != payload_types::artifact)
    return failure{errc::bad_request, "this envelope holds no artifact",
                   "/payloadType"};
  if (envelope->signatures.size() != 1)
    return failure{errc::bad_request, "an artifact has one signature",
                   "/signatures"};
  return wire_artifact{std::string{as_text(envelope->payload)}, "",
                       envelope->signatures.front(), std::nullopt};
}

result<verified_artifact> verify_seal(const wire_artifact& x,
                                      const keyset& trusted,
                                      const verify_demands& demands) {
  if (auto signed_ =
          check_signature(payload_types::artifact, as_bytes(x.core),
                          x.signature, key_role::seal, trusted, "the seal");
      !signed_)
    return signed_.error();
  // An envelope names no algorithm: the key alone decides it.
  if (!x.algorithm.empty())
    if (auto fits = check_algorithm(x, trusted); !fits)
      return fits.error();
  auto core = read_core(x.core);
  if (!core)
    return core.error();
  auto out = check_core(*core);
  if (!out)
    return out;
  if (out->ledger != trusted.ledger)
    return refuse("the artifact belongs to another ledger", "/ledger_id");
  if (auto met = check_demand(demands.client_id, out->client_id, "client_id");
      !met)
    return met.error();
  if (auto met = check_demand(demands.profile, out->profile, "profile"); !met)
    return met.error();
  return out;
}

result<head> verify_head(const dsse_envelope& x,
                         const verified_artifact& artifact,
                         const keyset& trusted, const verify_demands& demands) {
  if (x.payload_type != payload_types::head)
    return refuse("this is signed, but is no head", "/head/payloadType");
  if (x.signatures.size() != 1)
    return refuse("a head has one signature", "/head/signatures");
  if (auto signed_ =
          check_signature(x.payload_type, x.payload, x.signatures.front(),
                          key_role::head, trusted, "the head");
      !signed_)
    return signed_.error();
  auto out = parse_head(as_text(x.payload));
  if (!out)
    return refuse("the head is malformed: " + out.error().message,
                  out.error().pointer);
  if (auto same = check_same(*out, artifact); !same)
    return same.error();
  if (auto fresh = check_age(*out, trusted, demands); !fresh)
    return fresh.error();
  return out;
}

} // namespace signalbox
