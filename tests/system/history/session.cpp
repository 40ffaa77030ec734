#include "tests/system/history/session.hpp"

#include <chrono>
#include <future>
#include <thread>

namespace signalbox::test {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

/// A node that is stopped keeps nobody longer than this. One that waits for
/// Kafka gives its 202 before.
constexpr milliseconds answer_patience{12'000};

void pause() {
  std::this_thread::sleep_for(milliseconds{50});
}

std::string get_command(const std::string& id, const std::string& token) {
  return "GET /v1/ledgers/main/commands/" + id +
         " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + token +
         "\r\n\r\n";
}

std::optional<told_final> read_final(const answer& x) {
  if (x.status != 200 || x.text("/status") != "final")
    return std::nullopt;
  return told_final{x.text("/command_id"), x.text("/outcome"),
                    x.at("/index").to_number<std::uint64_t>()};
}

std::optional<answer> ask_port(std::uint16_t port, const std::string& request) {
  try {
    http_client client{port, 0, answer_patience};
    if (!client.send(request))
      return std::nullopt;
    return read_answer(client.read());
  } catch (const std::exception&) {
    return std::nullopt; // killed, stopped or not there: nobody knows
  }
}

} // namespace

client_time now_of_clients() {
  return steady::now().time_since_epoch() / std::chrono::nanoseconds{1};
}

session::session(fleet& all, std::size_t number, std::uint32_t seed,
                 std::chrono::seconds patience)
    : all_{all}, number_{number}, random_{seed +
                                          static_cast<std::uint32_t>(number)},
      patience_{patience}, token_{all.start()} {}

std::optional<answer> session::ask(std::size_t node,
                                   const std::string& request) {
  auto out = ask_port(all_.ports()[node], request);
  last_told_ = "node " + std::to_string(node) + " said " +
               (out ? std::to_string(out->status) + ' ' + out->body
                    : std::string{"nothing"});
  return out;
}

void session::run(const std::atomic<bool>& over) {
  while (!over) {
    const auto what = roll(20);
    if (what < 10)
      write(make_call());
    else if (what < 12)
      write_twice(make_call());
    else if (what < 13)
      repeat();
    else if (what < 14)
      revert();
    else
      read();
  }
}

std::string session::any_profile() {
  return roll(3) == 0 ? fleet::own_profile(number_)
                      : fleet::contested_profile(roll(fleet::contested));
}

publish_call session::begin_call(const std::string& profile) {
  return {"s" + std::to_string(number_) + "-" + std::to_string(++calls_),
          "claude-code", profile};
}

publish_call session::make_call() {
  auto out = begin_call(any_profile());
  const bool is_own = out.profile == fleet::own_profile(number_);
  const auto known = versions_.find(out.channel());
  if (known != versions_.end() && (is_own || roll(2) == 0))
    out.expected = known->second;
  return out;
}

/// Back to an artifact of an earlier version, from one that it knows to be
/// another; if it knows so much.
std::optional<publish_call> session::make_revert() {
  auto out = begin_call(any_profile());
  const auto version = versions_.find(out.channel());
  if (version == versions_.end())
    return std::nullopt;
  const auto& known = artifacts_[out.channel()];
  const auto current = known.find(version->second);
  if (current == known.end() || current == known.begin())
    return std::nullopt;
  const auto before = static_cast<std::ptrdiff_t>(
      roll(static_cast<std::size_t>(std::distance(known.begin(), current))));
  out.back_to = std::next(known.begin(), before)->second;
  out.expected = current->first;
  if (out.back_to == current->second)
    return std::nullopt;
  return out;
}

written session::begin(const publish_call& call) const {
  written out;
  out.session = static_cast<int>(number_);
  out.key = call.key;
  out.command = all_.command_of(call.key);
  out.channel = call.channel();
  out.is_private = call.profile == fleet::own_profile(number_);
  out.expected = call.expected;
  out.invoked = now_of_clients();
  return out;
}

void session::write(const publish_call& call) {
  auto x = begin(call);
  const auto deadline = steady::now() + patience_;
  for (auto node = any_node(); steady::now() < deadline; node = any_node()) {
    const auto told = ask(node, to_request(call, all_.token()));
    if (told && settle(x, call, node, *told))
      break;
    pause();
  }
  last_ = call;
  finish(std::move(x));
}

/// The same command at two nodes at once: one outcome.
void session::write_twice(const publish_call& call) {
  auto x = begin(call);
  auto y = x;
  const auto request = to_request(call, all_.token());
  const auto one = any_node(), other = (one + 1) % fleet::size;
  auto second =
      std::async(std::launch::async, ask_port, all_.ports()[other], request);
  const auto first = ask(one, request);
  const auto also = second.get();
  const bool settled = first && settle(x, call, one, *first);
  if (also && settle(y, call, other, *also))
    finish(std::move(y));
  if (settled)
    finish(std::move(x));
  else
    write(call);
}

void session::revert() {
  if (const auto call = make_revert())
    write(*call);
}

void session::repeat() {
  if (last_)
    write(*last_);
}

void session::finish(written x) {
  x.returned = now_of_clients();
  if (x.told == written::fate::unknown)
    seen_.stuck.push_back(
        x.key + " of " + x.channel + " was not settled in " +
        std::to_string((x.returned - x.invoked) / 1'000'000'000) +
        " s; at last " + last_told_);
  seen_.writes.push_back(std::move(x));
}

void session::wrong(const std::string& what, const answer& told) {
  seen_.wrong.push_back(what + " was answered with " +
                        std::to_string(told.status) + ": " + told.body);
}

/// Whether the answer is the last word.
bool session::settle(written& x, const publish_call& call, std::size_t node,
                     const answer& told) {
  switch (told.status) {
  case 200:
  case 201:
    acknowledge(x, call, told);
    return true;
  case 202:
    return follow_command(x, node);
  case 409:
    if (told.code() != "conflict" && told.code() != "precondition_failed" &&
        told.code() != "command_closed" && told.code() != "expired")
      wrong(call.key, told);
    x.told = told.code() == "conflict" ? written::fate::conflict
                                       : written::fate::closed;
    if (told.has("/current_version"))
      expect_at_least(x.channel,
                      told.at("/current_version").to_number<std::uint64_t>());
    return true;
  case 429:
  case 503: // not written by this try
    return false;
  case 404: // the node is behind, and has not heard of the artifact
    if (!call.back_to.empty() && told.code() == "not_found")
      return false;
    [[fallthrough]];
  default:
    wrong(call.key, told);
    return true;
  }
}

void session::acknowledge(written& x, const publish_call& call,
                          const answer& told) {
  try {
    const auto made = read_artifact(told);
    if (call.back_to.empty() ? made.word != call.key
                             : made.artifact != call.back_to)
      wrong("another draft: " + call.key, told);
    x.told = written::fate::acknowledged;
    x.artifact = made.artifact;
    x.channel_version = made.channel_version;
    x.index = made.index;
    remember(x.channel, made);
    take_token(told.header("Signalbox-Token"));
  } catch (const std::exception& e) {
    wrong(call.key + " (" + e.what() + ')', told);
  }
}

/// Until the command is final, or the node knows nothing of it any more: then
/// it is sent again.
bool session::follow_command(written& x, std::size_t node) {
  const auto deadline = steady::now() + patience_;
  while (steady::now() < deadline) {
    const auto told = ask(node, get_command(x.command, all_.token()));
    if (!told || told->status != 200)
      return false;
    const auto final = read_final(*told);
    if (!final) {
      pause();
      continue;
    }
    seen_.finals.push_back(*final);
    x.told = final->outcome == "accepted"   ? written::fate::acknowledged
             : final->outcome == "conflict" ? written::fate::conflict
                                            : written::fate::closed;
    x.index = final->index;
    // It does not tell which version it made: only a read does.
    versions_.erase(x.channel);
    unread_.insert(x.channel);
    take_token(told->text("/token"));
    return true;
  }
  return false;
}

void session::remember(const std::string& channel, const told_artifact& x) {
  expect_at_least(channel, x.channel_version);
  artifacts_[channel][x.channel_version] = x.artifact;
}

/// A repeated command is answered with what was current when it was judged
/// first, which may be less than what is known.
void session::expect_at_least(const std::string& channel,
                              std::uint64_t version) {
  if (unread_.count(channel) != 0)
    return;
  auto& known = versions_[channel];
  known = std::max(known, version);
}

void session::take_token(const std::string& token) {
  if (index_of(token) > index_of(token_))
    token_ = token;
}

void session::read() {
  const auto profile = any_profile();
  read_config x;
  x.session = static_cast<int>(number_);
  x.channel = "claude-code/" + profile;
  x.is_linear = roll(3) == 0;
  x.asked = x.is_linear ? 0 : index_of(token_);
  x.invoked = now_of_clients();
  const auto told = ask(any_node(), to_read(x, profile));
  x.returned = now_of_clients();
  if (!told || told->code() == (x.is_linear ? "unavailable" : "not_yet") ||
      (x.is_linear && told->code() == "read_only")) // its brokers are away
    return;
  if (told->status == 404) { // that there is nothing yet is an answer too
    seen_.reads.push_back(std::move(x));
    return;
  }
  if (told->status != 200)
    return wrong("a read of " + x.channel, *told);
  try {
    note(std::move(x), *told);
  } catch (const std::exception& e) {
    wrong("a read of " + profile + " (" + e.what() + ')', *told);
  }
}

/// What is newest is seen without a token, by who may ask for that.
std::string session::to_read(const read_config& x,
                             const std::string& profile) const {
  const auto path = config_path("claude-code", profile);
  if (!x.is_linear)
    return to_get(path + "?token=" + token_);
  return "GET /v1/ledgers/main/" + path +
         "?consistency=linear HTTP/1.1\r\nHost: test\r\nAuthorization: "
         "Bearer " +
         all_.token() + "\r\n\r\n";
}

void session::note(read_config x, const answer& told) {
  const auto made = read_artifact(told);
  x.channel_version = made.channel_version;
  x.artifact = made.artifact;
  x.told = index_of(told.header("Signalbox-Token"));
  if (x.told != made.index)
    wrong("a read of " + x.channel + " with the token of " +
              std::to_string(x.told),
          told);
  unread_.erase(x.channel);
  remember(x.channel, made);
  take_token(told.header("Signalbox-Token"));
  seen_.reads.push_back(std::move(x));
}

bool session::publish_at(std::size_t node) {
  const auto call = begin_call(fleet::own_profile(number_));
  auto x = begin(call);
  const auto deadline = steady::now() + patience_;
  while (steady::now() < deadline) {
    const auto told = ask(node, to_request(call, all_.token()));
    if (told && settle(x, call, node, *told)) {
      finish(std::move(x));
      return true;
    }
    pause();
  }
  return false;
}

void ask_finals_again(fleet& all, history& seen) {
  const auto finals = seen.finals;
  for (auto& x : finals)
    for (const auto port : all.ports())
      if (const auto told = ask_port(port, get_command(x.command, all.token())))
        if (const auto final = read_final(*told))
          seen.finals.push_back(*final);
}

} // namespace signalbox::test
