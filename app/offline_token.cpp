#include "app/offline_token.hpp"
#include "api/signing.hpp"

#include "app/damage_advice.hpp"
#include "app/offline_ledger.hpp"
#include "events/hash.hpp"
#include "events/token.hpp"
#include "policy/secret_scanner.hpp"

namespace signalbox {

namespace {

constexpr std::size_t max_description_bytes = 256;

result<void> say(offline_ledger& ledger, decltype(proposal_draft::body) body,
                 const std::string& description) {
  proposal_draft out;
  out.body = std::move(body);
  out.expected = {expectation::kind::none, 0};
  out.add_part(description);
  return ledger.say(std::move(out));
}

} // namespace

result<offline_token> issue_offline(const std::filesystem::path& data,
                                    const token_order& order) {
  if (order.description.size() > max_description_bytes ||
      has_errors(scan_text(order.description, "")))
    return failure{errc::bad_request, "the description must be short, without "
                                      "secrets and e-mail addresses"};
  auto ledger = offline_ledger::open(data);
  if (!ledger)
    return with_advice(ledger.error(), data);
  if (auto problem = membership_problem((*ledger)->seen(), (*ledger)->node()))
    return std::move(*problem);
  auto token = make_bearer_token();
  offline_token out{std::move(token.text), token.kept.id,
                    random_id<principal_id>()};
  if (auto said =
          say(**ledger, event::principal_put{out.principal, order.roles, true},
              order.description);
      !said)
    return said.error();
  if (auto said =
          say(**ledger,
              event::token_issued{out.id, out.principal,
                                  token.kept.secret_digest, order.expires_at},
              order.description);
      !said)
    return said.error();
  if (auto saved = (*ledger)->save(); !saved)
    return saved.error();
  return out;
}

} // namespace signalbox
