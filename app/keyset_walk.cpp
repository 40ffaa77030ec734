#include "app/keyset_walk.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "events/signature.hpp"

namespace signalbox {

namespace {

/// A chain of keysets in one file.
constexpr json_limits chain_limits{16 * 1024 * 1024, 10};

failure refuse(std::string why, std::string pointer = {}) {
  return {errc::bad_signature, std::move(why), std::move(pointer)};
}

std::vector<public_key> roots_of(const keyset& x) {
  std::vector<public_key> out;
  for (auto& root : x.roots)
    if (auto key = public_key::from_der(root))
      out.push_back(std::move(*key));
  return out;
}

struct signed_keyset {
  const dsse_envelope* envelope;
  keyset content;
};

result<std::vector<signed_keyset>>
parse_all(std::span<const dsse_envelope> keysets) {
  std::vector<signed_keyset> out;
  for (auto& x : keysets) {
    if (x.payload_type != payload_types::keyset)
      return refuse("a keyset file holds something else: its payloadType is "
                    "not a keyset's",
                    "/payloadType");
    auto content = parse_keyset(as_text(x.payload));
    if (!content)
      return refuse("a keyset is malformed: " + content.error().message,
                    content.error().pointer);
    out.push_back({&x, std::move(*content)});
  }
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) {
    return a.content.version < b.content.version;
  });
  return out;
}

std::string number_of(const keyset& x) {
  return "keyset " + std::to_string(x.version);
}

result<void> check_signed_by(const signed_keyset& x, const keyset& before) {
  const auto signers = count_signers(*x.envelope, roots_of(before));
  if (signers >= before.threshold)
    return {};
  return refuse(number_of(x.content) + " is signed by " +
                std::to_string(signers) + " of the " +
                std::to_string(before.threshold) + " roots that it needs");
}

result<void> check_step(const keyset& before, const keyset& next) {
  if (next.ledger != before.ledger)
    return refuse(number_of(next) + " belongs to another ledger");
  if (next.version != before.version + 1)
    return refuse("keyset " + std::to_string(before.version + 1) +
                  " is missing: it must lie between the pinned root and " +
                  number_of(next));
  if (next.incarnation < before.incarnation)
    return refuse(number_of(next) + " has a lower incarnation than the one "
                                    "before it");
  return {};
}

} // namespace

result<std::vector<dsse_envelope>> parse_keysets(std::string_view text) {
  std::vector<dsse_envelope> out;
  auto add = [&](const json::value& x) -> result<void> {
    auto envelope = parse_dsse(to_canonical(x));
    if (!envelope)
      return envelope.error();
    out.push_back(std::move(*envelope));
    return {};
  };
  if (auto whole = parse_json(text, chain_limits)) {
    if (!whole->is_array()) {
      if (auto added = add(*whole); !added)
        return added.error();
      return out;
    }
    for (auto& x : whole->get_array())
      if (auto added = add(x); !added)
        return added.error();
    return out;
  }
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty())
      continue;
    auto document = parse_json(line, dsse_limits);
    if (!document)
      return document.error();
    if (auto added = add(*document); !added)
      return added.error();
  }
  return out;
}

result<keyset> walk_keysets(const digest& pinned_root,
                            std::span<const dsse_envelope> keysets,
                            timestamp at) {
  auto chain = parse_all(keysets);
  if (!chain)
    return chain.error();
  const keyset* trusted = nullptr;
  for (auto& x : *chain) {
    if (trusted == nullptr) {
      if (root_fingerprint(x.content.roots, x.content.threshold) != pinned_root)
        continue;
      trusted = &x.content;
    } else if (x.content.version == trusted->version &&
               to_payload(x.content) == to_payload(*trusted)) {
      continue;
    } else if (auto fits = check_step(*trusted, x.content); !fits) {
      return fits.error();
    }
    if (auto fine = check_signed_by(x, *trusted); !fine)
      return fine.error();
    trusted = &x.content;
  }
  if (trusted == nullptr)
    return refuse("no keyset comes from the pinned root: the fingerprint is "
                  "another ledger's, or the first keyset is missing");
  if (at >= trusted->expires_at)
    return refuse(number_of(*trusted) + " expired at " +
                  to_rfc3339(trusted->expires_at) + ": fetch the next one");
  return *trusted;
}

} // namespace signalbox
