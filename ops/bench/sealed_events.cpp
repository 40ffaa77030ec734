#include "ops/bench/sealed_events.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "events/artifact.hpp"
#include "events/record.hpp"
#include "tests/policy/support.hpp"

namespace signalbox::bench {

using test::ledger_fixture;

namespace {

constexpr auto client = ledger_fixture::client;
constexpr auto policy = ledger_fixture::policy;

constexpr std::size_t payload_bytes = 512;

/// More than the events of one channel, so that all contents differ.
constexpr std::size_t numbers_per_channel = 100'000;

std::string profile_name(std::size_t channel) {
  return "t" + std::to_string(channel);
}

std::string payload(std::size_t channel, std::size_t number) {
  auto out = R"({"mcpServers":{"docs":{"args":[")" + std::to_string(channel) +
             '-' + std::to_string(number) + ' ';
  const std::string_view end = R"("],"command":"npx"}}})";
  out.append(payload_bytes - out.size() - end.size(), 'x');
  return out.append(end);
}

} // namespace

timestamp wall_clock() {
  using namespace std::chrono;
  auto now = system_clock::now().time_since_epoch();
  return timestamp{duration_cast<milliseconds>(now).count()};
}

workload::workload(std::size_t channels, std::size_t events_per_channel)
    : events{channels} {
  ledger.now = wall_clock() + -3'600'000;
  prepare();
  for (std::size_t i = 0; i < channels; ++i) {
    const auto profile = ledger.keep(profile_name(i));
    put(event::profile_put{client, profile, 1, {"prod"}});
    put(event::policy_bound{client, profile, policy, "1.0.0"});
    for (std::size_t n = 0; n < events_per_channel; ++n)
      events[i].push_back(make(i, n));
  }
}

/// With the documents that the product ships: a node's view is built anew and
/// anew while some are missing.
void workload::prepare() {
  const auto folder = test::schemas() / "families" / client;
  const auto family = test::read(folder / "family.json");
  const auto schema = test::read(folder / "schema-1.0.0.json");
  const auto rules = test::read(test::schemas() / "policies" / "baseline.json");
  auto creation = ledger.creation();
  creation.roots.resize(1);
  put(creation);
  put(ledger.signed_keyset(ledger.next_keyset()));
  put(event::principal_put{ledger.publisher,
                           static_cast<role_mask>(role::publisher), true});
  put(event::principal_put{ledger.operator_id,
                           static_cast<role_mask>(role::operator_role), true});
  put(event::family_put{
          client,
          1,
          {{"claude-code/1.0.0", ">=1.0.0", sha256(as_bytes(schema))}},
          sha256(as_bytes(family))},
      {family, schema});
  put(event::policy_set_put{policy, "1.0.0", sha256(as_bytes(rules))}, {rules});
}

void workload::put(event::body body,
                   const std::vector<std::string>& documents) {
  std::vector<record_part> parts;
  for (auto& x : documents)
    parts.push_back(make_part(x));
  auto command = ledger.command(std::move(body));
  command.parts.clear();
  for (auto& x : parts)
    command.parts.push_back(part_name(x));
  if (ledger.append(command) != signalbox::outcome::accepted)
    throw std::logic_error{"an entry of the benchmark's ledger is " +
                           std::string{to_string(ledger.last.result)}};
  entries.push_back(
      {ledger.now, encode_record(ledger.log.back().envelope, parts)});
}

sealed_event workload::make(std::size_t channel, std::size_t number) {
  auto profile = ledger.keep(profile_name(channel));
  auto version = ledger.keep("1.0." + std::to_string(number));
  sealed_event out;
  out.body = ledger.publication(
      static_cast<int>(channel * numbers_per_channel + number), version,
      profile);
  artifact_content x;
  x.ledger = ledger.ledger;
  x.client_id = client;
  x.profile = profile;
  x.schema_ref = out.body.schema_ref;
  x.version = version;
  x.canonical_payload = payload(channel, number);
  x.policy_set_id = out.body.policy_set_id;
  x.policy_version = out.body.policy_version;
  x.issued_at = ledger.now;
  x.publisher_id = ledger.publisher.hex();
  x.tooling_version = "bench";
  x.changelog = "Measure";
  x.canonical_validation = R"({"valid":true,"warnings":[]})";
  out.body.artifact = make_artifact_id(x);
  out.core = make_core(x, out.body.artifact);
  out.signature = seal(out.core, ledger.keys.first);
  return out;
}

race::outcome race::run(double seconds) {
  const auto start = clock::now();
  end_ = start + std::chrono::duration_cast<clock::duration>(
                     std::chrono::duration<double>(seconds));
  running_ = writers_.size();
  for (std::size_t i = 0; i < writers_.size(); ++i)
    next(i);
  all_done_.get_future().wait();
  outcome out{accepted_.load(),
              std::chrono::duration<double>(clock::now() - start).count(),
              {}};
  for (auto& x : writers_)
    out.milliseconds.insert(out.milliseconds.end(), x.milliseconds.begin(),
                            x.milliseconds.end());
  return out;
}

void race::next(std::size_t number) {
  auto& x = writers_[number];
  const auto turn = x.done++;
  const auto per_channel = work_.events_per_channel();
  const auto channel = number + turn / per_channel * writers_.size();
  x.since = clock::now();
  if (channel >= work_.events.size() || x.since >= end_)
    return leave();
  node_.submit(make_command(number, channel, turn % per_channel));
}

void race::leave() {
  if (--running_ == 0)
    all_done_.set_value();
}

std::shared_ptr<command>
race::make_command(std::size_t number, std::size_t channel, std::size_t turn) {
  auto out = std::make_shared<command>();
  out->context.principal = work_.ledger.publisher;
  out->context.node = work_.ledger.node;
  out->context.key = std::to_string(channel) + '-' + std::to_string(turn);
  out->context.request = sha256(as_bytes(out->context.key));
  out->may_retry = false;
  auto* event = &work_.events[channel][turn];
  out->prepare = [event, turn](const view&) -> result<preparation> {
    proposal_draft draft;
    draft.body = event->body;
    draft.expected = {expectation::kind::exactly, turn};
    draft.parts = {make_part(event->core), make_part(as_text(event->signature)),
                   make_part("Measure")};
    return preparation{std::move(draft)};
  };
  out->conclude = [this, number](command::conclusion x) {
    if (x.answer.refused || x.answer.result != signalbox::outcome::accepted) {
      std::fprintf(stderr, "an event was not accepted: %s\n",
                   x.answer.refused
                       ? x.answer.refused->message.c_str()
                       : std::string{to_string(x.answer.result)}.c_str());
      std::_Exit(1);
    }
    ++accepted_;
    auto& who = writers_[number];
    who.milliseconds.push_back(
        std::chrono::duration<double, std::milli>(clock::now() - who.since)
            .count());
    next(number);
  };
  return out;
}

void await_tick(const runtime& node, std::size_t entries) {
  while (node.view().load()->data->size <= entries)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

} // namespace signalbox::bench
