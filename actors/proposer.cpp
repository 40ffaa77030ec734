#include "actors/proposer.hpp"

#include "actors/defaults.hpp"

#include <caf/all.hpp>

namespace signalbox {

namespace {

namespace d = actor_defaults;

void refuse(command& x, failure why) {
  command::conclusion out;
  out.answer.refused = std::move(why);
  x.finish(std::move(out));
}

/// not_after on the log's clock: its last time, plus what has passed here
/// since.
timestamp deadline(const published& seen,
                   std::chrono::steady_clock::time_point now) {
  auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - seen.at);
  return seen.data->log_time + (elapsed.count() + d::command_life);
}

bool lost_race(const command_answer& x) {
  return !x.refused &&
         (x.result == outcome::conflict || x.result == outcome::precondition);
}

} // namespace

proposer_actor::behavior_type proposer(proposer_actor::pointer self,
                                       proposer_config config,
                                       std::function<ledger_actor()> ledger) {
  auto attempt = [self, config, ledger](const std::shared_ptr<command>& x) {
    auto seen = config.view.load();
    if (seen == nullptr)
      return refuse(*x, {errc::unavailable, "the ledger is not folded yet"});
    auto prepared = x->prepare(*seen->data);
    if (!prepared)
      return refuse(*x, prepared.error());
    if (std::holds_alternative<nothing_to_do>(*prepared)) {
      command::conclusion out;
      out.nothing = true;
      out.answer.seen = seen->data;
      out.answer.token = seen->data->token();
      return x->finish(std::move(out));
    }
    x->context.not_after = deadline(*seen, config.steady_clock());
    auto what = encode_proposal(std::get<proposal_draft>(*prepared), x->context,
                                *seen->data, config.wall_clock());
    what->answer = std::make_shared<answer_once>(
        [me = proposer_actor{self}, x](command_answer y) {
          caf::anon_send(
              me, attempted{x, std::make_shared<command_answer>(std::move(y))});
        });
    if (auto to = ledger())
      self->send(to, propose{std::move(what)});
    else
      refuse(*x, {errc::unavailable, "the ledger is restarting: try again"});
  };
  return {
      [attempt](const execute& x) { attempt(x.what); },
      [attempt](const attempted& x) {
        auto& context = x.what->context;
        if (lost_race(*x.answer) && x.what->may_retry &&
            ++context.attempt < d::max_attempts)
          return attempt(x.what);
        x.what->finish({false, std::move(*x.answer)});
      },
  };
}

} // namespace signalbox
