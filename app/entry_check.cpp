#include "app/entry_check.hpp"

#include <algorithm>

#include "app/keyset_change.hpp"
#include "app/log_check.hpp"
#include "app/verify_artifact.hpp"
#include "events/hash.hpp"
#include "events/record.hpp"
#include "projections/part_source.hpp"

namespace signalbox {

/// An entry with those of its parts that are there and match their names.
struct entry_checker::held_entry {
  std::uint64_t index;
  envelope command;
  std::vector<std::optional<record_part>> parts;

  bool has(std::size_t part) const {
    return part < parts.size() && parts[part].has_value();
  }
  byte_view at(std::size_t part) const { return parts[part]->bytes; }
};

namespace {

/// The core of the artifact that another entry released.
std::optional<std::string> read_core(const event_log& log, log_index release) {
  std::optional<std::string> out;
  auto read = log.read(release, [&](const log_entry_view& x) {
    if (auto core = checked_part(x.record, 0))
      out = std::move(*core);
    return false;
  });
  return read ? out : std::nullopt;
}

} // namespace

void entry_checker::check(const log_entry_view& x) {
  auto command = decode_envelope(envelope_of(x.record));
  if (!command) // cannot be: it was accepted
    return out_.add(to_integer(x.index), "the envelope does not decode");
  held_entry held{to_integer(x.index), std::move(*command), parts_of(x.record)};
  check_parts(held);
  std::visit([&](auto& event) { check_body(held, event); }, held.command.body);
}

void entry_checker::check_parts(held_entry& x) {
  const auto& names = x.command.parts;
  x.parts.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!x.parts[i]) {
      ++out_.redacted;
    } else if (part_name(*x.parts[i]) != names[i]) {
      out_.add(x.index, "part " + std::to_string(i) +
                            " does not match the name that the envelope gives "
                            "it: its content was changed");
      x.parts[i].reset();
    } else {
      ++out_.parts;
    }
  }
}

void entry_checker::check_document(const held_entry& x, std::size_t part,
                                   const digest& wanted, const char* what) {
  if (!x.has(part))
    return;
  if (sha256(x.at(part)) == wanted)
    ++out_.documents;
  else
    out_.add(x.index, std::string{what} + " has another digest than the event");
}

void entry_checker::check_body(const held_entry& x,
                               const event::family_put& event) {
  check_document(x, 0, event.document, "the descriptor");
  // The schemas that are new follow, in the order of the list.
  for (std::size_t i = 1; i < x.parts.size(); ++i) {
    const auto found = x.has(i) ? sha256(x.at(i)) : digest{};
    const auto names = [&](auto& y) { return y.document == found; };
    if (std::any_of(event.schemas.begin(), event.schemas.end(), names))
      ++out_.documents;
    else if (x.has(i))
      out_.add(x.index, "part " + std::to_string(i) +
                            " is none of the schemas "
                            "that the event lists");
  }
}

void entry_checker::check_body(const held_entry& x,
                               const event::policy_set_put& event) {
  check_document(x, 0, event.document, "the policy set");
}

void entry_checker::check_body(const held_entry& x,
                               const event::template_put& event) {
  check_document(x, 0, event.document, "the template");
}

/// The fold accepted it, so enough of the roots before it have signed.
void entry_checker::check_body(const held_entry&, const event::keyset_put&) {
  ++out_.keysets;
}

void entry_checker::check_body(const held_entry& x,
                               const event::artifact_published& event) {
  if (x.has(0))
    check_seal(x, std::string{as_text(x.at(0))}, 1, event.key, event.artifact,
               out_.artifacts);
}

void entry_checker::check_body(const held_entry& x,
                               const event::artifact_resealed& event) {
  const auto* release = state_.find_release(event.artifact);
  if (release == nullptr)
    return out_.add(x.index, "it reseals what was never released");
  if (auto core = read_core(log_, log_index{release->index}))
    check_seal(x, *core, 0, event.key, event.artifact, out_.reseals);
}

void entry_checker::check_seal(const held_entry& x, const std::string& core,
                               std::size_t signature_part, const digest& key,
                               const digest& artifact, std::uint64_t& count) {
  if (!x.has(signature_part))
    return;
  const auto* trusted = find_key(key);
  if (trusted == nullptr)
    return out_.add(x.index, "no keyset names its sealing key " + key.hex());
  const wire_artifact sealed{
      core, "", {key, to_buffer(x.at(signature_part))}, std::nullopt};
  auto verified = verify_seal(sealed, *trusted, {});
  if (!verified)
    out_.add(x.index, verified.error().message);
  else if (verified->artifact != artifact)
    out_.add(x.index, "the core is of another artifact than the event");
  else
    ++count;
}

/// Whether the key may seal was the fold's to judge, at that entry: a key that
/// was revoked since made its signatures all the same.
const keyset* entry_checker::find_key(const digest& key) {
  if (auto known = keys_.find(key); known != keys_.end())
    return &known->second;
  const auto* row = state_.find_key(key_role::seal, key);
  auto parsed = row == nullptr ? result<public_key>{failure{errc::bad_key, ""}}
                               : public_key::from_der(as_bytes(row->spki));
  if (!parsed)
    return nullptr;
  keyset out;
  out.ledger = state_.ledger->id;
  out.keys = {make_keyset_key(*parsed, key_role::seal, row->node)};
  return &keys_.emplace(key, std::move(out)).first->second;
}

} // namespace signalbox
