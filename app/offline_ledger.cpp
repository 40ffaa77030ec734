#include "app/offline_ledger.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "actors/defaults.hpp"
#include "app/kafka_file.hpp"
#include "app/node_database.hpp"
#include "app/wall_clock.hpp"
#include "events/aggregate.hpp"
#include "events/hash.hpp"
#include "events/keyset_event.hpp"
#include "policy/access.hpp"

namespace signalbox {

namespace {

byte_buffer encode_creation(const event::ledger_created& x) {
  envelope out;
  out.body = x;
  const auto aggregate = aggregate_of(out.body);
  out.id = make_event_id(x.ledger, x.administrator, "ledger create");
  out.request = sha256(x.ledger.view());
  out.version = 1;
  out.aggregate = aggregate;
  out.expected = {expectation::kind::none, 0};
  out.occurred_at = wall_clock();
  out.principal = x.administrator;
  out.node = x.node;
  return encode_record(encode_envelope(out), {});
}

/// Who may change a ledger that lies before one as files: any administrator.
result<principal_id> find_administrator(const ledger_state& state) {
  std::optional<principal_id> out;
  state.principals.for_each([&](auto& id, auto& row) {
    if (!out && row.active &&
        (row.roles & static_cast<role_mask>(role::administrator)) != 0)
      out = principal_id::from_hex(id);
  });
  if (!out)
    return failure{errc::forbidden, "the ledger has no active administrator"};
  return *out;
}

} // namespace

offline_ledger::offline_ledger(data_dir data,
                               std::shared_ptr<rocksdb_database> database,
                               node_log log)
    : data_{std::move(data)}, head_{data_.head()},
      database_{std::move(database)}, log_{std::move(log)}, store_{database_} {}

offline_ledger::~offline_ledger() = default;

/// A new directory with its log open, which is not folded yet.
result<offline_ledger::pointer>
offline_ledger::lay_out(const std::filesystem::path& path,
                        const node_log_options& options) {
  auto data = data_dir::create(path);
  if (!data)
    return data.error();
  rocksdb_config config;
  config.directory = data->database();
  auto database = rocksdb_database::create(std::move(config));
  if (!database)
    return database.error();
  auto log = open_node_log(*database, options);
  if (!log)
    return log.error();
  return pointer{
      new offline_ledger{std::move(*data), *database, std::move(*log)}};
}

result<offline_ledger::pointer>
offline_ledger::make(const std::filesystem::path& path,
                     const event::ledger_created& first,
                     const std::optional<kafka_settings>& kafka) {
  auto out = lay_out(path, {.kafka = kafka});
  if (!out)
    return out;
  auto& log = *(*out)->log_.log;
  if (to_integer(log.end()) > 0)
    return failure{errc::conflict, "the log holds a ledger already"};
  const auto record = encode_creation(first);
  const std::array<byte_view, 1> group{record};
  if (auto written = log.append(group, wall_clock()); !written)
    return written.error();
  if (auto started = (*out)->start(first.node); !started)
    return started.error();
  return out;
}

result<offline_ledger::pointer>
offline_ledger::copy(const std::filesystem::path& path,
                     const node_log_options& from, const principal_id& node) {
  auto out = lay_out(path, from);
  if (!out)
    return out;
  if (auto started = (*out)->start(node); !started)
    return started.error();
  return out;
}

result<offline_ledger::pointer>
offline_ledger::open(const std::filesystem::path& path) {
  auto pinned = read_ledger_file(path);
  if (!pinned)
    return pinned.error();
  auto kafka = read_kafka_file(path);
  if (!kafka)
    return kafka.error();
  auto opened =
      open_node_database(path, *kafka ? database_use::copy : database_use::log);
  if (!opened)
    return opened.error();
  auto& [data, database] = *opened;
  auto log = open_node_log(database, {.kafka = std::move(*kafka)});
  if (!log)
    return log.error();
  pointer out{new offline_ledger{std::move(data), database, std::move(*log)}};
  if (auto started = out->start(pinned->node); !started)
    return started.error();
  if (out->state().ledger->id != pinned->ledger)
    return failure{errc::log_corrupt, "the log is not the one that " +
                                          ledger_file_path(path).string() +
                                          " pins"};
  return out;
}

result<void> offline_ledger::start(const principal_id& node) {
  node_ = node;
  ledger_config config{
      .log = *log_.log,
      .store = store_,
      .view = view_,
      .status = status_,
      .head = log_.shared == nullptr ? &head_ : nullptr,
      .node = node,
      .wall_clock = wall_clock,
      .steady_clock = [] { return std::chrono::steady_clock::now(); }};
  keeper_ = std::make_unique<ledger_keeper>(std::move(config));
  return keeper_->recover();
}

result<void> offline_ledger::say(proposal_draft draft) {
  auto administrator = find_administrator(state());
  if (!administrator)
    return administrator.error();
  command_context context;
  context.principal = *administrator;
  context.node = node_;
  context.key = random_id<event_id>().hex();
  context.request = sha256(as_bytes(context.key));
  context.not_after =
      std::max(state().log_time, wall_clock()) + actor_defaults::command_life;
  auto encoded = encode_proposal(draft, context, seen(), wall_clock());
  if (!encoded)
    return encoded.error();
  auto& what = *encoded;
  command_answer answer;
  what->answer = std::make_shared<answer_once>(
      [&](command_answer x) { answer = std::move(x); });
  if (keeper_->admit(what)) {
    const std::array<byte_view, 1> group{what->record};
    if (auto written = log_.log->append(group, wall_clock()); written)
      keeper_->follow();
    else
      keeper_->on(written.error(), *what);
    // A fold that stopped answers nobody, and nobody may answer later.
    keeper_->abandon();
  }
  return conclude(answer, draft.body);
}

/// What the caller is told. Where the fold stopped before the entry, why it
/// did: that the outcome is open would help nobody here.
result<void> offline_ledger::conclude(const command_answer& x,
                                      const event::body& what) const {
  if (x.refused && x.refused->code == errc::pending)
    if (auto why = status_.read_problem(); !why.empty())
      return failure{errc::unavailable, why};
  if (x.refused)
    return *x.refused;
  if (x.result == outcome::accepted)
    return {};
  return failure{to_errc(x.result),
                 "the ledger refused " +
                     std::string{event::type_name(event::type_number(what))} +
                     ": " + std::string{to_string(x.result)}};
}

result<dsse_envelope> offline_ledger::current_keyset() const {
  const auto& ledger = *state().ledger;
  if (ledger.keyset_version == 0)
    return failure{errc::not_found,
                   "the ledger has no keyset yet: let the root sign "
                   "keys/keyset-1.request, then run `signalbox keys import`"};
  result<dsse_envelope> out =
      failure{errc::log_corrupt, "the entry of the keyset is missing"};
  auto read = log_.log->read(ledger.keyset_index, [&](const log_entry_view& x) {
    auto decoded = decode_envelope(envelope_of(x.record));
    auto* put =
        decoded ? std::get_if<event::keyset_put>(&decoded->body) : nullptr;
    if (put == nullptr)
      return false;
    out = to_envelope(*put);
    return false;
  });
  if (!read)
    return read.error();
  return out;
}

result<void> offline_ledger::save() {
  return keeper_->finish();
}

} // namespace signalbox
