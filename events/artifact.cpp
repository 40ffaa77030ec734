#include "events/artifact.hpp"

#include "events/hash.hpp"
#include "events/json.hpp"

#include <boost/json/object.hpp>

namespace signalbox {

namespace {

constexpr std::string_view cut_mark = ",\"signature\":";

/// Limits of an artifact on the wire: payload and rendered text of 256 KiB
/// each, escaped, with their seal and head.

/// Appends the members of one object in the order they are given, which must
/// be the canonical one.
class object_writer {
 public:
  explicit object_writer(std::size_t reserve) {
    out_.reserve(reserve);
    out_ += '{';
  }

  object_writer& text(std::string_view name, std::string_view value) {
    return raw(name, to_canonical(json::value(json::string{value})));
  }

  object_writer& raw(std::string_view name, std::string_view canonical) {
    if (out_.size() > 1)
      out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
    out_ += canonical;
    return *this;
  }

  std::string take() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  std::string out_;
};

std::string inputs_json(const artifact_content& x) {
  json::array names;
  for (auto& name : x.inputs)
    names.emplace_back(name);
  return to_canonical(std::move(names));
}

std::string rendered_json(const artifact_content& x) {
  if (!x.rendered)
    return "null";
  return object_writer{x.rendered->text.size() + 128}
      .text("media_type", x.rendered->media_type)
      .text("text", x.rendered->text)
      .take();
}

std::string provenance_json(const artifact_content& x) {
  return object_writer{128}
      .text("publisher_id", x.publisher_id)
      .text("tooling_version", x.tooling_version)
      .take();
}

failure malformed(std::string what, std::string pointer) {
  return {errc::bad_request, "artifact: " + std::move(what),
          std::move(pointer)};
}

std::string_view text_at(const json::object& x, std::string_view name) {
  auto* value = x.if_contains(name);
  return value != nullptr && value->is_string()
             ? std::string_view{value->get_string()}
             : std::string_view{};
}

} // namespace

digest make_artifact_id(const artifact_content& x) {
  return sha256(as_bytes(object_writer{x.canonical_payload.size() + 512}
                             .text("client_id", x.client_id)
                             .raw("inputs", inputs_json(x))
                             .raw("payload", x.canonical_payload)
                             .text("policy_set_id", x.policy_set_id)
                             .text("policy_version", x.policy_version)
                             .text("profile", x.profile)
                             .raw("rendered", rendered_json(x))
                             .text("schema_ref", x.schema_ref)
                             .take()));
}

std::string make_core(const artifact_content& x, const digest& artifact_id) {
  auto payload_hash = sha256(as_bytes(x.canonical_payload));
  object_writer out{x.canonical_payload.size() + 1536};
  out.text("artifact_id", to_content_id(artifact_id))
      .text("changelog", x.changelog)
      .text("client_id", x.client_id)
      .raw("inputs", inputs_json(x))
      .text("issued_at", to_rfc3339(x.issued_at))
      .text("ledger_id", x.ledger.hex())
      .raw("payload", x.canonical_payload)
      .text("payload_hash", to_content_id(payload_hash))
      .text("policy_set_id", x.policy_set_id)
      .text("policy_version", x.policy_version)
      .text("profile", x.profile)
      .raw("provenance", provenance_json(x))
      .raw("rendered", rendered_json(x))
      .text("schema_ref", x.schema_ref);
  if (!x.canonical_template.empty())
    out.raw("template", x.canonical_template);
  return out.raw("validation", x.canonical_validation)
      .text("version", x.version)
      .take();
}

byte_buffer seal(std::string_view core, const private_key& key) {
  return key.sign(
      pre_authentication_encoding(payload_types::artifact, as_bytes(core)));
}

std::string signature_json(const digest& key_id, key_algorithm algorithm,
                           byte_view signature) {
  return object_writer{256}
      .text("alg", to_string(algorithm))
      .text("key_id", key_id.hex())
      .text("value", to_base64(signature))
      .take();
}

std::string to_wire(std::string_view core, std::string_view signature_json,
                    std::string_view head_json) {
  std::string out;
  out.reserve(core.size() + signature_json.size() + head_json.size() + 64);
  out.append(core.substr(0, core.size() - 1));
  out.append(cut_mark).append(signature_json);
  out.append(",\"head\":").append(head_json).append("}");
  return out;
}

result<wire_artifact> parse_wire(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.remove_suffix(1);
  auto document = parse_json(text, artifact_limits);
  if (!document)
    return document.error();
  auto cut = text.rfind(cut_mark);
  if (!document->is_object() || cut == std::string_view::npos)
    return malformed("no signature", "");
  auto& object = document->get_object();
  auto* signature = object.if_contains("signature");
  if (signature == nullptr || !signature->is_object())
    return malformed("no signature", "/signature");
  wire_artifact out;
  out.core = std::string{text.substr(0, cut)} + '}';
  out.algorithm = text_at(signature->get_object(), "alg");
  auto key_id = digest::from_hex(text_at(signature->get_object(), "key_id"));
  auto value = from_base64(text_at(signature->get_object(), "value"));
  if (!key_id)
    return malformed("must be 32 bytes in hexadecimal", "/signature/key_id");
  if (!value || value->empty())
    return malformed("must be base64", "/signature/value");
  out.signature = {*key_id, std::move(*value)};
  if (auto* head = object.if_contains("head"); head && !head->is_null()) {
    auto envelope = parse_dsse(to_canonical(*head));
    if (!envelope)
      return malformed(envelope.error().message, "/head");
    out.head = std::move(*envelope);
  }
  return out;
}

} // namespace signalbox
