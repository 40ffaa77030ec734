#pragma once

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/keyset_change.hpp"
#include "app/keyset_walk.hpp"
#include "app/verify_artifact.hpp"
#include "events/hash.hpp"

namespace signalbox::test {

/// A release with all that vouches for it, made without any server.
struct signed_release {
  private_key root = private_key::generate(key_algorithm::ed25519);
  private_key seal_key = private_key::generate(key_algorithm::ed25519);
  private_key head_key = private_key::generate(key_algorithm::ecdsa_p256);
  keyset keys;
  artifact_content content;
  head statement;
  verify_demands demands;

  signed_release() {
    const auto node = random_id<principal_id>();
    keys.ledger = random_id<ledger_id>();
    keys.incarnation = 1'800'000'000;
    keys.expires_at = timestamp{1'900'000'000'000};
    keys.roots = {to_buffer(root.public_part().der())};
    keys.keys = {make_keyset_key(seal_key.public_part(), key_role::seal, node),
                 make_keyset_key(head_key.public_part(), key_role::head, node)};
    content = {keys.ledger,
               "codex",
               "default",
               "codex/1.2.0",
               "1.0.4",
               R"({"mcp_servers":{"files":{"command":"files-server"}}})",
               rendered_file{"application/toml", "[mcp_servers.files]\n"},
               {"FILES_TOKEN"},
               "baseline",
               "1.0.0",
               timestamp{1'800'000'500'000},
               random_id<principal_id>().hex(),
               "signalbox/0.1.0",
               "A changelog",
               R"({"valid":true,"warnings":[]})"};
    statement = {keys.ledger,
                 keys.incarnation,
                 "codex",
                 "default",
                 1,
                 7,
                 make_artifact_id(content),
                 log_index{99},
                 "A changelog",
                 1,
                 timestamp{1'800'000'500'000},
                 timestamp{1'800'600'000'000}};
    demands.at = timestamp{1'800'000'600'000};
  }

  digest fingerprint() const {
    return root_fingerprint(keys.roots, keys.threshold);
  }

  dsse_envelope signed_keys() const {
    return sign_keyset(to_payload(keys), root).value();
  }

  std::string core() const {
    return make_core(content, make_artifact_id(content));
  }

  wire_artifact sealed(const std::string& text, const private_key& key) const {
    return {text,
            std::string{to_string(key.public_part().algorithm())},
            {key.public_part().key_id(), seal(text, key)},
            std::nullopt};
  }

  wire_artifact sealed() const { return sealed(core(), seal_key); }

  static dsse_envelope sign_head(const std::string& payload,
                                 const private_key& key) {
    dsse_envelope out{
        std::string{payload_types::head}, to_buffer(as_bytes(payload)), {}};
    out.signatures.push_back(sign_payload(out.payload_type, out.payload, key));
    return out;
  }

  dsse_envelope signed_head() const {
    return sign_head(to_payload(statement), head_key);
  }

  /// All of it, as the command does it.
  result<head> verify(const wire_artifact& artifact,
                      const dsse_envelope& head_envelope,
                      const dsse_envelope& keyset_envelope) const {
    const std::array<dsse_envelope, 1> chain{keyset_envelope};
    auto trusted = walk_keysets(fingerprint(), chain, demands.at);
    if (!trusted)
      return trusted.error();
    auto good = verify_seal(artifact, *trusted, demands);
    if (!good)
      return good.error();
    return verify_head(head_envelope, *good, *trusted, demands);
  }

  result<head> verify() const {
    return verify(sealed(), signed_head(), signed_keys());
  }
};

/// Another value of the same type: what a forger would put in its place.
inline json::value changed(const json::value& x) {
  if (auto* text = x.if_string()) {
    auto out = std::string{*text};
    if (out.empty())
      return json::value("x");
    // The first digit, so that times and hashes stay well formed.
    auto i = out.find_first_of("0123456789");
    if (i == std::string::npos)
      i = out.size() - 1;
    out[i] = out[i] == '1' ? '2' : '1';
    return json::value(json::string{out});
  }
  if (x.is_int64())
    return x.get_int64() + 1;
  if (x.is_bool())
    return !x.get_bool();
  if (x.is_array()) {
    auto out = x.get_array();
    out.emplace_back("x");
    return out;
  }
  if (x.is_object()) {
    auto out = x.get_object();
    out["x"] = "x";
    return out;
  }
  return "x";
}

/// The document once for each of its members, that one changed.
inline std::vector<std::pair<std::string, std::string>>
each_member_changed(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto document = parse_json(text).value();
  for (auto& [name, value] : document.get_object()) {
    auto copy = document.get_object();
    copy[name] = changed(value);
    out.emplace_back(name, to_canonical(copy));
  }
  return out;
}

} // namespace signalbox::test
