#include "events/keyset.hpp"

#include "events/hash.hpp"
#include "events/json.hpp"
#include "events/signature.hpp"

#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace signalbox {

namespace {

constexpr std::size_t max_roots = 16;
constexpr std::size_t max_keys = 256; // an envelope's limit is met before

json::array roots_array(const std::vector<byte_buffer>& roots) {
  json::array out;
  for (auto& root : roots)
    out.emplace_back(to_base64(root));
  return out;
}

json::object key_object(const keyset_key& x) {
  auto key = public_key::from_der(x.spki);
  return {{"algorithm", key ? to_string(key->algorithm()) : "unknown"},
          {"key_id", x.id.hex()},
          {"node", x.node.hex()},
          {"public_key", to_base64(x.spki)},
          {"role", to_string(x.role)},
          {"status", to_string(x.status)}};
}

/// Reads members of one object and remembers the first failure.
class member_reader {
 public:
  explicit member_reader(const json::object& object, std::string pointer)
      : object_{object}, pointer_{std::move(pointer)} {}

  std::string_view text(std::string_view name) {
    if (auto* x = find(name); x != nullptr && x->is_string())
      return x->get_string();
    fail(name, "must be a string");
    return {};
  }

  std::uint64_t number(std::string_view name) {
    if (auto* x = find(name);
        x != nullptr && x->is_int64() && x->get_int64() >= 0)
      return static_cast<std::uint64_t>(x->get_int64());
    fail(name, "must be an integer that is not negative");
    return 0;
  }

  const json::array& array(std::string_view name, std::size_t most) {
    static const json::array none;
    if (auto* x = find(name);
        x != nullptr && x->is_array() && x->get_array().size() <= most)
      return x->get_array();
    fail(name, "must be an array of at most " + std::to_string(most));
    return none;
  }

  void fail(std::string_view name, std::string what) {
    if (!failure_)
      failure_ = failure{errc::bad_request, "keyset: " + std::move(what),
                         append_pointer(pointer_, name)};
  }

  const std::optional<failure>& error() const { return failure_; }

 private:
  const json::value* find(std::string_view name) const {
    return object_.if_contains(name);
  }

  const json::object& object_;
  std::string pointer_;
  std::optional<failure> failure_;
};

result<byte_buffer> parse_spki(std::string_view text, std::string pointer) {
  auto spki = from_base64(text);
  if (!spki || !public_key::from_der(*spki))
    return failure{errc::bad_request,
                   "keyset: must be a DER public key of a known algorithm, in "
                   "base64",
                   std::move(pointer)};
  return *spki;
}

result<keyset_key> parse_key(const json::value& x, std::string pointer) {
  if (!x.is_object())
    return failure{errc::bad_request, "keyset: must be an object", pointer};
  member_reader in{x.get_object(), pointer};
  auto id = digest::from_hex(in.text("key_id"));
  auto node = principal_id::from_hex(in.text("node"));
  auto role = key_role_from_string(in.text("role"));
  auto status = key_status_from_string(in.text("status"));
  auto spki_text = in.text("public_key");
  if (in.error())
    return *in.error();
  auto spki = parse_spki(spki_text, append_pointer(pointer, "public_key"));
  if (!spki)
    return spki.error();
  if (!id || *id != sha256(*spki))
    in.fail("key_id", "must be the SHA-256 of the public key");
  if (!node)
    in.fail("node", "must be 16 bytes in hexadecimal");
  if (!role)
    in.fail("role", "must be seal, head or checkpoint");
  if (!status)
    in.fail("status", "must be active, retired or revoked");
  if (in.error())
    return *in.error();
  return keyset_key{*id, std::move(*spki), *role, *status, *node};
}

result<void> parse_lists(member_reader& in, keyset& out) {
  std::size_t i = 0;
  for (auto& x : in.array("roots", max_roots)) {
    auto pointer = "/roots/" + std::to_string(i++);
    auto spki = parse_spki(x.is_string() ? std::string_view{x.get_string()}
                                         : std::string_view{},
                           pointer);
    if (!spki)
      return spki.error();
    out.roots.push_back(std::move(*spki));
  }
  i = 0;
  for (auto& x : in.array("keys", max_keys)) {
    auto key = parse_key(x, "/keys/" + std::to_string(i++));
    if (!key)
      return key.error();
    out.keys.push_back(std::move(*key));
  }
  return {};
}

void check_sets(member_reader& in, const keyset& x) {
  std::set<byte_buffer> roots{x.roots.begin(), x.roots.end()};
  if (roots.size() != x.roots.size())
    in.fail("roots", "must be distinct");
  if (x.threshold < 1 || x.threshold > x.roots.size())
    in.fail("threshold", "must lie between 1 and the number of roots");
  std::set<std::pair<digest, key_role>> keys;
  for (auto& key : x.keys)
    if (!keys.insert({key.id, key.role}).second)
      in.fail("keys", "must be distinct");
}

} // namespace

std::string_view to_string(key_role x) {
  switch (x) {
  case key_role::seal:
    return "seal";
  case key_role::head:
    return "head";
  case key_role::checkpoint:
    return "checkpoint";
  }
  return "unknown";
}

std::string_view to_string(key_status x) {
  switch (x) {
  case key_status::active:
    return "active";
  case key_status::retired:
    return "retired";
  case key_status::revoked:
    return "revoked";
  }
  return "unknown";
}

std::optional<key_role> key_role_from_string(std::string_view text) {
  for (auto x : {key_role::seal, key_role::head, key_role::checkpoint})
    if (to_string(x) == text)
      return x;
  return std::nullopt;
}

std::optional<key_status> key_status_from_string(std::string_view text) {
  for (auto x : {key_status::active, key_status::retired, key_status::revoked})
    if (to_string(x) == text)
      return x;
  return std::nullopt;
}

std::string to_payload(const keyset& x) {
  json::array keys;
  for (auto& key : x.keys)
    keys.emplace_back(key_object(key));
  return to_canonical(json::object{{"expires_at", to_rfc3339(x.expires_at)},
                                   {"incarnation", x.incarnation},
                                   {"keys", std::move(keys)},
                                   {"ledger_id", x.ledger.hex()},
                                   {"roots", roots_array(x.roots)},
                                   {"threshold", x.threshold},
                                   {"version", x.version}});
}

result<keyset> parse_keyset(std::string_view payload) {
  auto document = parse_json(payload);
  if (!document)
    return document.error();
  if (!document->is_object())
    return failure{errc::bad_request, "keyset: must be an object"};
  member_reader in{document->get_object(), ""};
  keyset out;
  auto ledger = ledger_id::from_hex(in.text("ledger_id"));
  auto expires_at = from_rfc3339(in.text("expires_at"));
  out.version = in.number("version");
  out.incarnation = in.number("incarnation");
  out.threshold = static_cast<std::uint32_t>(in.number("threshold"));
  if (!ledger)
    in.fail("ledger_id", "must be 16 bytes in hexadecimal");
  if (!expires_at)
    in.fail("expires_at", "must be an RFC 3339 time in UTC");
  if (in.error())
    return *in.error();
  out.ledger = *ledger;
  out.expires_at = *expires_at;
  if (auto lists = parse_lists(in, out); !lists)
    return lists.error();
  check_sets(in, out);
  if (in.error())
    return *in.error();
  if (to_payload(out) != payload)
    return failure{errc::bad_request, "keyset: not in canonical form"};
  return out;
}

digest root_fingerprint(const std::vector<byte_buffer>& roots,
                        std::uint32_t threshold) {
  return sha256(as_bytes(to_canonical(
      json::object{{"roots", roots_array(roots)}, {"threshold", threshold}})));
}

} // namespace signalbox
