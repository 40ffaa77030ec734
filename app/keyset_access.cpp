#include "app/keyset_access.hpp"

#include <boost/json/object.hpp>

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

  result<void> put(const dsse_envelope& x) override {
    auto draft = put_keyset(x, ledger_->state().ledger->keyset_version);
    if (!draft)
      return draft.error();
    if (auto said = ledger_->say(std::move(*draft)); !said)
      return said;
    return ledger_->save();
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

 private:
  api_client client_;
};

} // namespace

result<std::unique_ptr<keyset_access>>
open_keyset_access(const std::filesystem::path& data) {
  auto ledger = offline_ledger::open(data);
  if (!ledger)
    return ledger.error();
  return std::unique_ptr<keyset_access>{
      std::make_unique<offline_access>(std::move(*ledger))};
}

std::unique_ptr<keyset_access> make_keyset_access(api_client client) {
  return std::make_unique<online_access>(std::move(client));
}

} // namespace signalbox
