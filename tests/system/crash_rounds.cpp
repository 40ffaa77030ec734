#include "tests/system/crash_rounds.hpp"

#include <algorithm>

#include "app/ledger_file.hpp"
#include "tests/system/crash_log.hpp"
#include "tests/system/folded_copy.hpp"

namespace signalbox::test {

namespace {

/// Publishes in one round, at most: enough for groups, batches and a saved
/// state, few enough for many rounds.
constexpr unsigned longest_round = 90;

/// Earlier acknowledgements asked about again in each round.
constexpr unsigned spot_checks = 20;

template <class Out, class In>
void move_into(Out& out, In& in) {
  out.insert(out.end(), std::make_move_iterator(in.begin()),
             std::make_move_iterator(in.end()));
}

std::string config_of(const std::string& channel) {
  return config_path(channel.substr(0, channel.find('/')),
                     channel.substr(channel.find('/') + 1));
}

} // namespace

crash_rounds::crash_rounds(std::string file_system, std::uint32_t seed)
    : random_{seed}, id_{read_ledger_file(ledger_.data())->ledger},
      node_{ledger_, std::move(file_system)} {}

storm_plan crash_rounds::make_plan() {
  storm_plan out;
  out.round = round_;
  out.seed = static_cast<std::uint32_t>(random_());
  out.when = random_() % 2 == 0 ? storm_plan::moment::sent
                                : storm_plan::moment::acknowledged;
  out.after = 1 + static_cast<unsigned>(random_() % longest_round);
  return out;
}

void crash_rounds::start() {
  node_.start();
  client_ = std::make_unique<http_client>(node_.port);
}

answer crash_rounds::ask(const std::string& request) {
  client_->send(request);
  return read_answer(client_->read());
}

void crash_rounds::run_round() {
  ++round_;
  start();
  settle_unanswered();
  ask_current();
  for (; asked_ < seen_.acknowledged.size(); ++asked_)
    ask_about(asked_);
  for (unsigned i = 0; i < spot_checks && asked_ > 0; ++i)
    ask_about(random_() % asked_);
  for (unsigned i = 0; i < spot_checks / 4 && asked_ > 0; ++i)
    retry(random_() % asked_);
  auto storm = run_storm(node_, ledger_, id_, make_plan());
  if (const auto status = node_.wait(); status != 128 + SIGKILL)
    seen_.wrong.push_back(
        {round_, "it ended by itself with " + std::to_string(status)});
  move_into(seen_.acknowledged, storm.acknowledged);
  move_into(calls_, storm.calls);
  move_into(unanswered_, storm.unanswered);
  move_into(seen_.later, storm.retries);
  move_into(seen_.wrong, storm.wrong);
  conflicts_ += storm.conflicts;
  read_stopped_log();
}

void crash_rounds::finish() {
  ++round_;
  start();
  settle_unanswered();
  ask_current();
  for (std::size_t i = 0; i < seen_.acknowledged.size(); ++i) {
    ask_about(i);
    retry(i);
  }
  ask_current();
  client_.reset();
  if (const auto status = node_.stop(); status != 0)
    seen_.wrong.push_back(
        {round_, "the stop in order ended with " + std::to_string(status)});
  read_stopped_log();
}

void crash_rounds::read_stopped_log() {
  auto replayed =
      ledger_.signalbox({"replay", "--json", "--data", ledger_.data()});
  seen_.replays.push_back(
      {round_, replayed.status, replayed.out + replayed.err});
  complete_copy(ledger_.data());
  seen_.log = read_publishes(ledger_.data());
  if (!seen_.log.empty())
    last_release_ = seen_.log.back().index;
}

/// Sends again what the crash left open, under the same key: now it is
/// decided, before or after the crash, once.
void crash_rounds::settle_unanswered() {
  for (auto& call : std::exchange(unanswered_, {})) {
    ++open_fates_;
    const auto told = ask(to_request(call, ledger_.admin));
    const auto text = call.key + ", sent again, was answered with " +
                      std::to_string(told.status) + ": " + told.body;
    if (told.status == 409)
      continue;
    if (told.status != 200 && told.status != 201) {
      seen_.wrong.push_back({round_, text});
      continue;
    }
    if (read_artifact(told).word != call.key) {
      seen_.wrong.push_back({round_, "another draft: " + text});
      continue;
    }
    auto told_of = acknowledge(call, told, id_, round_);
    // It was decided before, the token is of now.
    if (told.status == 200)
      told_of.token.clear();
    survivors_ += told.status == 200;
    last_release_ = std::max(last_release_, told_of.index);
    seen_.acknowledged.push_back(std::move(told_of));
    calls_.push_back(call);
  }
}

void crash_rounds::ask_about(std::size_t i) {
  const auto& x = seen_.acknowledged[i];
  if (x.token.empty())
    return retry(i);
  seen_.later.push_back(
      tell_again(later_answer::source::at_token, x.key,
                 ask(to_get(config_of(x.channel) + "?at=" + x.token)), round_));
}

void crash_rounds::retry(std::size_t i) {
  seen_.later.push_back(tell_again(later_answer::source::retry, calls_[i].key,
                                   ask(to_request(calls_[i], ledger_.admin)),
                                   round_));
}

void crash_rounds::ask_current() {
  std::vector<current_config> configs;
  for (auto& [client, profile] : crash_channels) {
    const auto told = ask(to_get(config_path(client, profile)));
    current_config x{
        round_, std::string{client} + '/' + profile, "", 0, last_release_, ""};
    if (told.status == 200) {
      const auto artifact = read_artifact(told);
      x.artifact = artifact.artifact;
      x.channel_version = artifact.channel_version;
      write_text(ledger_.place() / ("config-" + std::to_string(configs.size())),
                 told.body);
    } else if (told.status != 404) {
      x.refused = told.body;
    }
    configs.push_back(std::move(x));
  }
  verify_current(std::move(configs));
}

/// As a client would: offline, from files and the pinned root.
void crash_rounds::verify_current(std::vector<current_config> configs) {
  const auto keyset = ledger_.place() / "keyset";
  write_text(keyset, ask(to_get("keysets/current")).body);
  std::vector<std::string> arguments{"verify", "--root-fingerprint",
                                     ledger_.fingerprint, "--keyset", keyset};
  for (std::size_t i = 0; i < configs.size(); ++i)
    if (!configs[i].artifact.empty())
      arguments.push_back(ledger_.place() / ("config-" + std::to_string(i)));
  if (arguments.size() > 5) {
    const auto verified = ledger_.signalbox(arguments);
    if (verified.status != 0)
      configs.front().refused = verified.err;
  }
  move_into(seen_.configs, configs);
}

std::string crash_rounds::summary() const {
  return std::to_string(round_) + " rounds, " +
         std::to_string(seen_.acknowledged.size()) + " acknowledged, " +
         std::to_string(conflicts_) + " races lost, " +
         std::to_string(open_fates_) + " left open by a kill, of which " +
         std::to_string(survivors_) + " were in the log; " +
         std::to_string(seen_.later.size()) + " later answers, " +
         std::to_string(seen_.configs.size()) + " configs, " +
         std::to_string(seen_.replays.size()) + " replays";
}

} // namespace signalbox::test
