#include "api/submit.hpp"

#include "events/aggregate.hpp"

namespace signalbox::write_operations {

void submit_then(const operation_world& world,
                 const std::shared_ptr<operation_call>& call,
                 operation_reply reply, preparer prepare, sequel accepted) {
  auto out = std::make_shared<command>();
  out->context = make_context(world, *call);
  out->prepare = std::move(prepare);
  auto id = make_event_id(call->seen->ledger.id, out->context.principal,
                          out->context.key);
  out->conclude = [&world, reply = std::move(reply),
                   accepted = std::move(accepted), id](command::conclusion x) {
    if (!x.nothing &&
        (x.answer.refused || x.answer.result != outcome::accepted))
      return reply(answer_refusal(x.answer, id, world.ledger_name));
    accepted(x.answer);
  };
  world.node.submit(std::move(out));
}

void submit(const operation_world& world,
            const std::shared_ptr<operation_call>& call, operation_reply reply,
            preparer prepare, json::object body, unsigned status) {
  submit_then(world, call, reply, std::move(prepare),
              [reply, body = std::move(body), status](const command_answer& x) {
                auto answer = answer_json(body, status);
                answer.token = to_string(x.token);
                reply(std::move(answer));
              });
}

void require_token(proposal_draft& out, const view& seen,
                   const operation_call& call) {
  if (!call.who.token)
    return;
  auto i = seen.access->tokens.find(*call.who.token);
  if (i != seen.access->tokens.end())
    out.preconditions.emplace_back(token_aggregate(*call.who.token),
                                   i->second.second);
}

std::shared_ptr<operation_call> next_step(const operation_call& call,
                                          const std::string& key) {
  auto out = std::make_shared<operation_call>(call);
  out->params["idempotency_key"] = key;
  return out;
}

} // namespace signalbox::write_operations
