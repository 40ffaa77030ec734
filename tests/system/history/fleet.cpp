#include "tests/system/history/fleet.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "app/kafka_file.hpp"
#include "app/ledger_file.hpp"
#include "events/envelope.hpp"
#include "events/token.hpp"
#include "storage/kafka_updates_topic.hpp"

namespace signalbox::test {

namespace {

void say(const test_ledger& as, const node_process& to,
         std::vector<std::string> words) {
  words.insert(words.end(),
               {"--url", to.url, "--token-file", as.data() / "admin.token"});
  if (const auto done = as.signalbox(words); done.status != 0)
    throw std::runtime_error{words[0] + ' ' + words[1] + ": " + done.err};
}

void await_ready(const node_process& x) {
  const auto deadline =
      std::chrono::steady_clock::now() + child_process::patience;
  while (x.get("/readyz/write").status != 200) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"a node did not get ready: " + x.log()};
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

} // namespace

std::string fleet::contested_profile(std::size_t i) {
  return "c" + std::to_string(i);
}

std::string fleet::own_profile(std::size_t writer) {
  return "w" + std::to_string(writer);
}

fleet::fleet(const fleet_plan& plan) : plan_{plan}, cluster_{plan.brokers} {
  ledgers_[0] = std::make_unique<test_ledger>(
      "ed25519", std::filesystem::path{}, cluster_.bootstrap(), plan.brokers);
  for (std::size_t i = 0; i < size; ++i)
    add(i);
  id_ = read_ledger_file(ledgers_[0]->data())->ledger;
  make_profiles();
  if (!plan.fault.empty())
    seed_fault();
}

/// Not before all is set up: what is tried is what comes then.
void fleet::seed_fault() {
  for (std::size_t i = size - plan_.faulty; i < size; ++i) {
    nodes_[i]->set_variables(variables_of(i));
    nodes_[i]->kill();
    nodes_[i]->restart();
    await_ready(*nodes_[i]);
  }
}

void fleet::add(std::size_t i) {
  if (i > 0) {
    ledgers_[i] = std::make_unique<test_ledger>(joining{*ledgers_[0]});
    say(*ledgers_[0], *nodes_[0], {"nodes", "add", ledgers_[i]->node()});
    say(*ledgers_[0], *nodes_[0],
        {"keys", "rotate", "--online", "--data", ledgers_[i]->data(), "--root",
         ledgers_[0]->data() / "keys" / "root.pem"});
  }
  nodes_[i] = std::make_unique<node_process>(
      *ledgers_[i], std::vector<std::string>{"--heartbeat", "1s"});
  nodes_[i]->keep_port();
  ports_[i] = nodes_[i]->port;
  await_ready(*nodes_[i]);
}

void fleet::make_profiles() {
  std::vector<std::string> profiles;
  for (std::size_t i = 0; i < contested; ++i)
    profiles.push_back(contested_profile(i));
  for (std::size_t i = 0; i < writers; ++i)
    profiles.push_back(own_profile(i));
  for (auto& x : profiles) {
    const auto made = nodes_[0]->ask("PUT", "clients/claude-code/profiles/" + x,
                                     token(), "{}");
    if (made.status >= 300)
      throw std::runtime_error{"no profile " + x + ": " + made.body};
  }
  const auto first =
      nodes_[0]->publish("claude-code", "default", small_draft("first"));
  if (first.status != 201)
    throw std::runtime_error{"no publish: " + first.body};
  publisher_ =
      principal_id::from_hex(first.text("/provenance/publisher_id")).value();
  start_ = first.header("Signalbox-Token");
}

std::vector<std::string> fleet::variables_of(std::size_t i) const {
  if (plan_.fault.empty() || i < size - plan_.faulty)
    return {};
  return {"SIGNALBOX_TEST_FAULT=" + plan_.fault};
}

void fleet::shift_clock(std::size_t node, std::int64_t by) {
  auto variables = variables_of(node);
  variables.push_back("SIGNALBOX_TEST_CLOCK_SHIFT=" + std::to_string(by));
  nodes_[node]->set_variables(std::move(variables));
}

std::string fleet::command_of(const std::string& key) const {
  return make_event_id(id_, publisher_, key).hex();
}

std::string fleet::decisions_topic() const {
  return ledgers_[0]->decisions_topic();
}

std::string fleet::updates_topic() const {
  const auto settings = read_kafka_file(ledgers_[0]->data());
  return kafka_topic(settings.value().value(), updates_stream);
}

} // namespace signalbox::test
