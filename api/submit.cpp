#include "api/submit.hpp"

#include "api/signing.hpp"
#include "events/aggregate.hpp"

namespace signalbox::write_operations {

namespace {

/// A replica, and a node that is not in the ledger, write nothing, whoever asks
/// them to.
preparer for_writers(const operation_world& world, preparer prepare) {
  return [&world, prepare = std::move(prepare)](
             const view& seen) -> result<preparation> {
    if (auto problem = writing_problem(world, seen))
      return std::move(*problem);
    return prepare(seen);
  };
}

/// A command of one event, and what follows it.
struct submission {
  const operation_world& world;
  command_context context;
  event_id id;
  operation_reply reply;
  preparer prepare;
  sequel accepted;
};

using submission_ptr = std::shared_ptr<submission>;

void propose(const submission_ptr& x) {
  auto out = std::make_shared<command>();
  out->context = x->context;
  out->prepare = x->prepare;
  out->conclude = [x](const command::conclusion& y) {
    if (!y.nothing &&
        (y.answer.refused || y.answer.result != outcome::accepted))
      return x->reply(answer_refusal(y.answer, x->id, x->world.ledger_name));
    x->accepted(y.answer);
  };
  x->world.node.submit(std::move(out));
}

/// The command took effect before: whatever holds by now, that is its outcome.
/// Goes through a proposer, since what follows may read the disk.
void repeat(const submission_ptr& x, command_answer then) {
  if (then.request != x->context.request) {
    then.result = outcome::key_reused;
    return x->reply(answer_refusal(then, x->id, x->world.ledger_name));
  }
  auto out = std::make_shared<command>();
  out->context = x->context;
  out->prepare = [](const view&) { return preparation{nothing_to_do{}}; };
  out->conclude = [x, then = std::move(then)](const command::conclusion& y) {
    if (!y.nothing)
      return x->reply(answer_refusal(y.answer, x->id, x->world.ledger_name));
    x->accepted(then);
  };
  x->world.node.submit(std::move(out));
}

} // namespace

void submit_then(const operation_world& world,
                 const std::shared_ptr<operation_call>& call,
                 operation_reply reply, preparer prepare, sequel accepted) {
  auto context = make_context(world, *call);
  auto id =
      make_event_id(call->seen->ledger.id, context.principal, context.key);
  auto x = std::make_shared<submission>(
      submission{world, std::move(context), id, std::move(reply),
                 for_writers(world, std::move(prepare)), std::move(accepted)});
  if (!call->params.contains("idempotency_key"))
    return propose(x);
  world.node.find(id, std::make_shared<answer_once>([x](command_answer then) {
                    if (then.refused || then.result != outcome::accepted)
                      return propose(x);
                    repeat(x, std::move(then));
                  }));
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
