#include "api/config_answer.hpp"

#include "events/artifact.hpp"
#include "events/envelope.hpp"
#include "events/hash.hpp"
#include "events/keyset_event.hpp"
#include "events/record.hpp"
#include "policy/deprecation.hpp"
#include "projections/part_source.hpp"

namespace signalbox {

namespace {

// Places of the parts, as schemas/events/signalbox.fbs fixes them.
constexpr std::size_t core_part = 0;
constexpr std::size_t signature_part = 1;
constexpr std::size_t changelog_part = 2;
constexpr std::size_t reseal_signature_part = 0;
constexpr std::size_t revert_changelog_part = 0;

std::string_view trim(std::string_view x) {
  while (!x.empty() && (x.front() == ' ' || x.front() == '\t'))
    x.remove_prefix(1);
  while (!x.empty() && (x.back() == ' ' || x.back() == '\t'))
    x.remove_suffix(1);
  return x;
}

/// `,"deprecated":{...}`, beside the artifact: what the family says of its
/// schema now, which no seal can know. Empty where it says nothing.
std::string deprecation_member(const view& seen, const channel_view& x,
                               const std::string& core) {
  auto* family = seen.documents->find_family(x.row.client_id);
  if (family == nullptr || !mentions_deprecation(family->text))
    return {};
  auto document = parse_json(core, artifact_limits);
  if (!document || !document->is_object())
    return {};
  std::string ref{
      std::string_view{document->get_object()["schema_ref"].as_string()}};
  auto leaving = find_deprecation(family->text, ref);
  if (!leaving)
    return {};
  auto notice = to_json(*leaving);
  notice["schema_ref"] = ref;
  return ",\"deprecated\":" + to_canonical(std::move(notice));
}

std::string_view without_weakness(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

} // namespace

config_answers::config_answers(const event_log& log,
                               std::shared_ptr<const node_keys> keys,
                               std::int64_t head_life)
    : log_{log}, keys_{std::move(keys)}, head_life_{head_life} {}

result<std::string> config_answers::read_keyset(log_index index) const {
  result<std::string> out =
      failure{errc::log_corrupt, "the keyset's entry is missing"};
  auto read = log_.read(index, [&](const log_entry_view& entry) {
    auto command = decode_envelope(envelope_of(entry.record));
    auto* put =
        command ? std::get_if<event::keyset_put>(&command->body) : nullptr;
    if (put != nullptr)
      out = to_json(to_envelope(*put));
    return false;
  });
  if (!read)
    return read.error();
  return out;
}

std::shared_ptr<const prepared_config>
config_answers::ready(const view& seen, const channel_view& x) const {
  auto out = x.prepared.load();
  if (out == nullptr || out->keyset_version != seen.ledger.keyset_version ||
      out->period != head_period(seen.log_time, head_life_))
    return nullptr;
  return out;
}

std::string config_answers::sign_head(const view& seen, const channel_row& row,
                                      const std::string& changelog,
                                      std::string& etag) const {
  head x;
  x.ledger = seen.ledger.id;
  x.incarnation = seen.ledger.incarnation;
  x.client_id = row.client_id;
  x.profile = row.profile;
  x.major = row.major;
  x.channel_version = row.version;
  x.artifact = row.artifact;
  x.index = row.change_index;
  x.changelog = changelog;
  x.keyset_version = seen.ledger.keyset_version;
  x.issued_at = head_issued_at(
      row.changed_at, head_period(seen.log_time, head_life_), head_life_);
  x.expires_at = x.issued_at + head_life_;
  auto payload = to_payload(x);
  // Weak: nodes sign the same content with keys of their own.
  auto hash = sha256(as_bytes(payload));
  etag = "W/\"" + to_base64url(hash.view().first(16)) + '"';
  dsse_envelope envelope{
      std::string{payload_types::head},
      to_buffer(as_bytes(payload)),
      {sign_payload(payload_types::head, as_bytes(payload), keys_->head)}};
  return to_json(envelope);
}

result<std::vector<std::string>>
config_answers::parts_of(log_index index,
                         std::initializer_list<std::size_t> wanted) const {
  result<std::vector<std::string>> out =
      failure{errc::log_corrupt,
              "entry " + std::to_string(to_integer(index)) + " is missing"};
  auto read = log_.read(index, [&](const log_entry_view& entry) {
    if (entry.index == index)
      out = checked_parts(entry.record, wanted);
    return false;
  });
  if (!read)
    return read.error();
  return out;
}

result<std::string> config_answers::read_core(log_index artifact) const {
  auto parts = parts_of(artifact, {core_part});
  if (!parts)
    return parts.error();
  return std::move(parts->front());
}

result<stored_artifact> config_answers::read(const view& seen,
                                             const artifact_place& x) const {
  auto [artifact, sealed, change, key_id] = x;
  // Mostly one entry holds all three: it is read once.
  auto parts = parts_of(artifact, {core_part, signature_part, changelog_part});
  if (parts && sealed != artifact) {
    auto resealed = parts_of(sealed, {reseal_signature_part});
    if (!resealed)
      return resealed.error();
    (*parts)[signature_part] = std::move(resealed->front());
  }
  if (parts && change != artifact) {
    auto reverted = parts_of(change, {revert_changelog_part});
    if (!reverted)
      return reverted.error();
    (*parts)[changelog_part] = std::move(reverted->front());
  }
  if (!parts)
    return parts.error();
  stored_artifact out{
      std::move((*parts)[core_part]), {}, std::move((*parts)[changelog_part])};
  auto& signature = (*parts)[signature_part];
  auto* row = seen.find_key(key_role::seal, key_id);
  auto key = row == nullptr ? result<public_key>{failure{errc::key_revoked, ""}}
                            : public_key::from_der(as_bytes(row->spki));
  if (!key)
    return failure{errc::key_revoked,
                   "the keyset no longer holds the key that sealed this "
                   "artifact"};
  out.signature_json =
      signature_json(key_id, key->algorithm(), as_bytes(signature));
  return out;
}

stored_artifact config_answers::just_sealed(sealed_artifact x) const {
  auto& key = keys_->seal.public_part();
  return {std::move(x.core),
          signature_json(key.key_id(), key.algorithm(), x.signature),
          std::move(x.changelog)};
}

result<std::shared_ptr<const prepared_config>>
config_answers::prepare(const view& seen, const channel_view& x) const {
  if (auto out = ready(seen, x))
    return out;
  auto& row = x.row;
  auto stored = read(
      seen, {row.artifact_index, row.seal_index, row.change_index, row.key});
  if (!stored)
    return stored.error();
  return prepare(seen, x, *stored);
}

result<std::shared_ptr<const prepared_config>>
config_answers::prepare(const view& seen, const channel_view& x,
                        const stored_artifact& current) const {
  auto* key = seen.find_key(key_role::seal, x.row.key);
  if (key == nullptr || key->status == key_status::revoked)
    return failure{errc::key_revoked,
                   "the current artifact was sealed with a key that is "
                   "revoked: an operator has to reseal it or publish again"};
  auto out = std::make_shared<prepared_config>();
  out->period = head_period(seen.log_time, head_life_);
  out->keyset_version = seen.ledger.keyset_version;
  out->changelog = current.changelog;
  auto head_json = sign_head(seen, x.row, current.changelog, out->etag);
  auto wire = to_wire(current.core, current.signature_json, head_json);
  if (auto more = deprecation_member(seen, x, current.core); !more.empty()) {
    wire.insert(wire.size() - 1, more);
    auto hash = sha256(as_bytes(out->etag + more));
    out->etag = "W/\"" + to_base64url(hash.view().first(16)) + '"';
  }
  out->wire = std::make_shared<const std::string>(std::move(wire));
  http_response ok{200, "application/json", {}, {}};
  out->token = to_string(seen.token_at(log_index{x.row.change_index}));
  ok.headers = {{"ETag", out->etag},
                {"Cache-Control", "no-cache"},
                {"Signalbox-Token", out->token}};
  ok.body = out->wire;
  http_response same{304, "", ok.headers, {}};
  out->ok = prepared_response::make(std::move(ok));
  out->not_modified = prepared_response::make(std::move(same));
  std::shared_ptr<const prepared_config> done = std::move(out);
  x.prepared.store(done);
  return done;
}

std::string_view head_of_wire(std::string_view wire) {
  constexpr std::string_view member = ",\"head\":";
  const auto at = wire.rfind(member);
  if (at == wire.npos)
    return {};
  wire.remove_prefix(at + member.size());
  wire.remove_suffix(1);
  return wire;
}

bool matches_etag(std::string_view field, std::string_view etag) {
  field = trim(field);
  if (field == etag || field == "*")
    return true;
  while (!field.empty()) {
    auto comma = field.find(',');
    auto piece = trim(field.substr(0, comma));
    if (!piece.empty() && without_weakness(piece) == without_weakness(etag))
      return true;
    if (comma == std::string_view::npos)
      return false;
    field.remove_prefix(comma + 1);
  }
  return false;
}

result<std::string> to_envelope(std::string_view wire) {
  auto parsed = parse_wire(wire);
  if (!parsed)
    return parsed.error();
  return to_json(dsse_envelope{std::string{payload_types::artifact},
                               to_buffer(as_bytes(parsed->core)),
                               {parsed->signature}});
}

} // namespace signalbox
