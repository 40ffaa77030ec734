#include "events/head.hpp"

#include "events/json.hpp"

#include <boost/json/object.hpp>

namespace signalbox {

std::string to_payload(const head& x) {
  return to_canonical(json::object{{"artifact_id", to_content_id(x.artifact)},
                                   {"changelog", x.changelog},
                                   {"channel_version", x.channel_version},
                                   {"client_id", x.client_id},
                                   {"expires_at", to_rfc3339(x.expires_at)},
                                   {"incarnation", x.incarnation},
                                   {"index", to_integer(x.index)},
                                   {"issued_at", to_rfc3339(x.issued_at)},
                                   {"keyset_version", x.keyset_version},
                                   {"ledger_id", x.ledger.hex()},
                                   {"major", x.major},
                                   {"profile", x.profile}});
}

namespace {

struct head_reader {
  const json::object& object;
  std::string_view wrong = {};

  std::string_view text(std::string_view name) {
    auto* x = object.if_contains(name);
    if (x != nullptr && x->is_string())
      return x->get_string();
    wrong = name;
    return {};
  }

  std::uint64_t number(std::string_view name) {
    auto* x = object.if_contains(name);
    if (x != nullptr && x->is_int64() && x->get_int64() >= 0)
      return static_cast<std::uint64_t>(x->get_int64());
    wrong = name;
    return 0;
  }

  template <class T>
  T need(std::string_view name, std::optional<T> x) {
    if (!x)
      wrong = name;
    return x.value_or(T{});
  }
};

} // namespace

result<head> parse_head(std::string_view payload) {
  auto document = parse_json(payload);
  if (!document)
    return document.error();
  if (!document->is_object())
    return failure{errc::bad_request, "head: must be an object"};
  head_reader in{document->get_object()};
  head out;
  out.artifact =
      in.need("artifact_id", from_content_id(in.text("artifact_id")));
  out.changelog = in.text("changelog");
  out.channel_version = in.number("channel_version");
  out.client_id = in.text("client_id");
  out.expires_at = in.need("expires_at", from_rfc3339(in.text("expires_at")));
  out.incarnation = in.number("incarnation");
  out.index = log_index{in.number("index")};
  out.issued_at = in.need("issued_at", from_rfc3339(in.text("issued_at")));
  out.keyset_version = in.number("keyset_version");
  out.ledger = in.need("ledger_id", ledger_id::from_hex(in.text("ledger_id")));
  out.major = static_cast<std::uint32_t>(in.number("major"));
  out.profile = in.text("profile");
  if (!in.wrong.empty())
    return failure{errc::bad_request, "head: missing or of the wrong type",
                   append_pointer("", in.wrong)};
  if (to_payload(out) != payload)
    return failure{errc::bad_request, "head: not in canonical form"};
  return out;
}

} // namespace signalbox
