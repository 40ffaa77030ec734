#include "app/keyset_access.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/damage_advice.hpp"
#include "app/json_text.hpp"
#include "app/keyset_change.hpp"
#include "app/offline_ledger.hpp"

namespace signalbox {

namespace {

class offline_access final : public keyset_access {
 public:
  explicit offline_access(offline_ledger::pointer ledger)
      : ledger_{std::move(ledger)} {}

  result<keyset> current() override {
    auto envelope = ledger_->current_keyset();
    if (!envelope)
      return envelope.error();
    return parse_keyset(as_text(envelope->payload));
  }

  std::optional<std::uint64_t> incarnation() const override {
    return ledger_->state().ledger->incarnation;
  }

  result<void> put(const dsse_envelope& x) override {
    auto draft = put_keyset(x, ledger_->state().ledger->keyset_version);
    if (!draft)
      return draft.error();
    if (auto said = ledger_->say(std::move(*draft)); !said)
      return said;
    return ledger_->save();
  }

  result<std::vector<std::string>> sealed_with(const digest& key) override {
    std::vector<std::string> out;
    for (auto& shard : ledger_->seen().shards)
      if (shard != nullptr)
        for (auto& channel : *shard)
          if (channel->row.key == key)
            out.push_back(channel->key);
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  offline_ledger::pointer ledger_;
};

class online_access final : public keyset_access {
 public:
  explicit online_access(api_client client) : client_{std::move(client)} {}

  result<keyset> current() override {
    auto answer = client_.get("keysets/current");
    if (!answer)
      return answer.error();
    auto envelope = parse_dsse(answer->body);
    if (!envelope)
      return envelope.error();
    return parse_keyset(as_text(envelope->payload));
  }

  std::optional<std::uint64_t> incarnation() const override { return {}; }

  result<void> put(const dsse_envelope& x) override {
    auto envelope = parse_json(to_json(x), dsse_limits);
    if (!envelope)
      return envelope.error();
    auto answer =
        client_.post("keysets", json::object{{"envelope", *envelope}});
    if (!answer)
      return answer.error();
    return {};
  }

  result<std::vector<std::string>> sealed_with(const digest& key) override {
    auto families = client_.get("clients");
    if (!families)
      return families.error();
    auto document = json_of(*families);
    if (!document)
      return document.error();
    std::vector<std::string> out;
    for (auto& channel : channels_of(*document)) {
      auto id = seal_of(channel);
      if (!id)
        return id.error();
      if (*id == key.hex())
        out.push_back(channel.client + '/' + channel.profile + '/' +
                      channel.major);
    }
    return out;
  }

 private:
  struct place {
    std::string client, profile, major;
    auto operator<=>(const place&) const = default;
  };

  /// All that there could be: what is released is asked for one by one.
  static std::set<place> channels_of(const json::value& families) {
    std::set<place> out;
    for (auto& family : elements(families))
      for (auto& profile : elements(at(family, "profiles")))
        for (auto& schema : elements(at(family, "schemas"))) {
          const auto ref = text_at(schema, "schema_ref");
          const auto version = ref.substr(ref.find('/') + 1);
          if (auto* name = profile.if_string())
            out.insert({text_at(family, "client_id"), std::string{*name},
                        version.substr(0, version.find('.'))});
        }
    return out;
  }

  /// The id of the key that sealed the channel's current artifact; empty if
  /// there is none, or if its key is revoked already.
  result<std::string> seal_of(const place& x) const {
    auto answer = client_.get(
        path_of({"clients", x.client, "profiles", x.profile, "config"}),
        {{"accept", x.major}});
    if (!answer && (answer.error().code == errc::not_found ||
                    answer.error().code == errc::key_revoked))
      return std::string{};
    if (!answer)
      return answer.error();
    auto document = json_of(*answer);
    if (!document)
      return document.error();
    return text_at(at(*document, "signature"), "key_id");
  }

  api_client client_;
};

} // namespace

result<std::unique_ptr<keyset_access>>
open_keyset_access(const std::filesystem::path& data) {
  auto ledger = offline_ledger::open(data);
  if (!ledger)
    return with_advice(ledger.error(), data);
  return std::unique_ptr<keyset_access>{
      std::make_unique<offline_access>(std::move(*ledger))};
}

std::unique_ptr<keyset_access> make_keyset_access(api_client client) {
  return std::make_unique<online_access>(std::move(client));
}

} // namespace signalbox
