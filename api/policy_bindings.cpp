#include "api/policy_bindings.hpp"

#include "api/read_support.hpp"
#include "api/submit.hpp"
#include "api/write_operations.hpp"

#include <vector>

namespace signalbox {

namespace {

json::object told_of(const policy_binding& x, std::string_view status) {
  return {
      {"client_id", x.client_id}, {"profile", x.profile}, {"status", status}};
}

result<std::vector<policy_binding>> select_profiles(const view& seen,
                                                    const policy_binding& x) {
  std::vector<policy_binding> out;
  for (auto& [key, profile] : seen.documents->profiles)
    if ((x.client_id == "*" || x.client_id == profile->client_id) &&
        (x.profile == "*" || x.profile == profile->profile))
      out.push_back(
          {profile->client_id, profile->profile, x.policy_set_id, x.version});
  if (out.size() > max_bound)
    return failure{errc::too_large, "more than " + std::to_string(max_bound) +
                                        " profiles are meant: name one client"};
  if (!out.empty())
    return out;
  return x.client_id != "*" &&
                 seen.documents->find_family(x.client_id) == nullptr
             ? read_operations::no_such_client()
             : read_operations::no_such_profile();
}

/// Binds one profile after another, and answers.
class profile_binder : public std::enable_shared_from_this<profile_binder> {
 public:
  profile_binder(const operation_world& world,
                 std::shared_ptr<operation_call> call, operation_reply reply,
                 policy_binding wanted, std::vector<policy_binding> targets)
      : world_{world}, call_{std::move(call)}, reply_{std::move(reply)},
        wanted_{std::move(wanted)}, targets_{std::move(targets)} {}

  void next() {
    if (told_.size() == targets_.size())
      return answer();
    // A call may take long, and whoever made it may be shut out meanwhile.
    if (auto lost = token_lost())
      return stop(answer_failure(std::move(*lost)));
    auto reply = [self = shared_from_this()](operation_answer x) {
      if (x.failed || x.status == 202)
        return self->stop(std::move(x));
      self->took(std::move(x));
    };
    bind_profile(world_, step(), reply, targets_[told_.size()]);
  }

 private:
  void took(operation_answer x) {
    auto out = told_of(targets_[told_.size()], "bound");
    if (auto body = parse_json(*x.body); body && body->is_object())
      out["version"] = body->get_object()["version"];
    told_.emplace_back(std::move(out));
    token_ = std::move(x.token);
    next();
  }

  /// The same call for one profile. Under a key of the caller's it has one of
  /// its own, so that a retry of the whole repeats each.
  std::shared_ptr<operation_call> step() const {
    auto& x = targets_[told_.size()];
    auto out = std::make_shared<operation_call>(*call_);
    out->params["client_id"] = x.client_id;
    out->params["profile"] = x.profile;
    if (auto* key = call_->params.if_contains("idempotency_key");
        key != nullptr && key->is_string()) {
      const auto id =
          make_event_id(call_->seen->ledger.id, call_->who.principal,
                        std::string_view{key->get_string()});
      out->params["idempotency_key"] =
          "bind-" + id.hex() + '-' + x.client_id + '/' + x.profile;
    }
    return out;
  }

  std::optional<failure> token_lost() const {
    if (!call_->who.token)
      return std::nullopt;
    auto& tokens = world_.node.view().load()->data->access->tokens;
    auto i = tokens.find(*call_->who.token);
    if (i != tokens.end() && !i->second.first.revoked)
      return std::nullopt;
    return failure{errc::unauthenticated, "the token was revoked meanwhile"};
  }

  void answer() {
    json::object out{{"client_id", wanted_.client_id},
                     {"profile", wanted_.profile},
                     {"policy_set_id", wanted_.policy_set_id},
                     {"version", *wanted_.version},
                     {"profiles", std::move(told_)}};
    auto all = answer_json(std::move(out));
    all.token = std::move(token_);
    reply_(std::move(all));
  }

  /// What was bound stays; the first failure is the answer's.
  void stop(operation_answer x) {
    const auto done = told_.size();
    const auto why =
        x.failed ? std::move(*x.failed)
                 : failure{errc::unavailable,
                           "the log is late: it may be bound in the end"};
    auto out = told_of(targets_[done], x.failed ? "failed" : "pending");
    out["code"] = to_string(why.code);
    out["detail"] = why.message;
    const auto where = targets_[done].client_id + '/' + targets_[done].profile;
    told_.emplace_back(std::move(out));
    while (told_.size() < targets_.size())
      told_.emplace_back(told_of(targets_[told_.size()], "not_tried"));
    reply_(answer_failure(
        {why.code, where + " was not bound: " + why.message + "; " +
                       std::to_string(done) + " of " +
                       std::to_string(targets_.size()) +
                       " profiles are: repeat the call to go on"},
        {{"profiles", std::move(told_)}}));
  }

  const operation_world& world_;
  std::shared_ptr<operation_call> call_;
  operation_reply reply_;
  policy_binding wanted_;
  std::vector<policy_binding> targets_;
  json::array told_; ///< what became of the first so many targets
  std::string token_;
};

} // namespace

void bind_profiles(const operation_world& world,
                   const std::shared_ptr<operation_call>& call,
                   const operation_reply& reply, const policy_binding& x) {
  auto targets = select_profiles(*call->seen, x);
  if (!targets)
    return reply(answer_failure(targets.error()));
  std::make_shared<profile_binder>(world, call, reply, x, std::move(*targets))
      ->next();
}

} // namespace signalbox
