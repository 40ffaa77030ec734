#include "events/aggregate.hpp"

#include <array>
#include <charconv>
#include <initializer_list>

namespace signalbox {

namespace {

std::string join(std::initializer_list<std::string_view> pieces) {
  std::size_t size = 0;
  for (auto piece : pieces)
    size += piece.size() + 1;
  std::string out;
  out.reserve(size);
  for (auto piece : pieces) {
    if (!out.empty())
      out += '/';
    out += piece;
  }
  return out;
}

/// Decimal digits without an allocation.
class decimal {
 public:
  explicit decimal(std::uint32_t x)
      : end_{std::to_chars(text_.begin(), text_.end(), x).ptr} {}

  operator std::string_view() const {
    return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
  }

 private:
  std::array<char, 10> text_;
  char* end_;
};

/// Calls f with the pieces of the name of the aggregate that an event changes.
template <class F>
struct namer {
  F f;

  auto operator()(const event::ledger_created&) const { return f({"ledger"}); }
  auto operator()(const event::fold_activated&) const { return f({"ledger"}); }
  auto operator()(const event::keyset_put&) const { return f({"keyset"}); }
  auto operator()(const event::principal_put& x) const {
    return f({"principal", x.principal.hex()});
  }
  auto operator()(const event::token_issued& x) const {
    return f({"token", x.token.hex()});
  }
  auto operator()(const event::token_revoked& x) const {
    return f({"token", x.token.hex()});
  }
  auto operator()(const event::family_put& x) const {
    return f({"family", x.client_id});
  }
  auto operator()(const event::profile_put& x) const {
    return f({"profile", x.client_id, x.profile});
  }
  auto operator()(const event::policy_set_put& x) const {
    return f({"policy_set", x.policy_set_id, x.version});
  }
  auto operator()(const event::policy_bound& x) const {
    return f({"binding", x.client_id, x.profile});
  }
  auto operator()(const event::artifact_published& x) const {
    return f({"channel", x.client_id, x.profile, decimal{x.major}});
  }
  auto operator()(const event::artifact_resealed& x) const {
    return f({"seal", x.artifact.hex()});
  }
  auto operator()(const event::channel_reverted& x) const {
    return f({"channel", x.client_id, x.profile, decimal{x.major}});
  }
  auto operator()(const event::command_closed& x) const {
    return f({"command", x.command.hex()});
  }
  auto operator()(const event::ledger_moved&) const { return f({"ledger"}); }
  auto operator()(const event::ledger_restored&) const { return f({"ledger"}); }
  auto operator()(const event::tick&) const { return f({}); }
  auto operator()(const event::template_put& x) const {
    return f({"template", x.client_id, x.template_id, x.version});
  }
};

/// Whether the text is what join() makes of the pieces.
bool is_join(std::string_view text,
             std::initializer_list<std::string_view> pieces) {
  bool first = true;
  for (auto piece : pieces) {
    if (!first && !text.starts_with('/'))
      return false;
    text.remove_prefix(first ? 0 : 1);
    first = false;
    if (!text.starts_with(piece))
      return false;
    text.remove_prefix(piece.size());
  }
  return text.empty();
}

} // namespace

std::string ledger_aggregate() {
  return "ledger";
}

std::string keyset_aggregate() {
  return "keyset";
}

std::string principal_aggregate(const principal_id& x) {
  return join({"principal", x.hex()});
}

std::string token_aggregate(const token_id& x) {
  return join({"token", x.hex()});
}

std::string family_aggregate(std::string_view client_id) {
  return join({"family", client_id});
}

std::string profile_aggregate(std::string_view client_id,
                              std::string_view profile) {
  return join({"profile", client_id, profile});
}

std::string policy_set_aggregate(std::string_view policy_set_id,
                                 std::string_view version) {
  return join({"policy_set", policy_set_id, version});
}

std::string binding_aggregate(std::string_view client_id,
                              std::string_view profile) {
  return join({"binding", client_id, profile});
}

std::string channel_aggregate(std::string_view client_id,
                              std::string_view profile, std::uint32_t major) {
  return join({"channel", client_id, profile, std::to_string(major)});
}

std::string seal_aggregate(const digest& artifact) {
  return join({"seal", artifact.hex()});
}

std::string command_aggregate(const event_id& x) {
  return join({"command", x.hex()});
}

std::string template_aggregate(std::string_view client_id,
                               std::string_view template_id,
                               std::string_view version) {
  return join({"template", client_id, template_id, version});
}

std::string channel_key(std::string_view client_id, std::string_view profile,
                        std::uint32_t major) {
  return join({client_id, profile, std::to_string(major)});
}

std::string aggregate_of(const event::body& x) {
  auto make = [](std::initializer_list<std::string_view> pieces) {
    return join(pieces);
  };
  return std::visit(namer<decltype(make)>{make}, x);
}

bool is_aggregate_of(const event::body& x, std::string_view name) {
  auto compare = [name](std::initializer_list<std::string_view> pieces) {
    return is_join(name, pieces);
  };
  return std::visit(namer<decltype(compare)>{compare}, x);
}

} // namespace signalbox
