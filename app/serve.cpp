#include "app/serve.hpp"

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "api/http_server.hpp"
#include "api/service.hpp"
#include "app/exit_limit.hpp"
#include "app/kafka_file.hpp"
#include "app/node_database.hpp"
#include "app/node_key_files.hpp"
#include "app/node_log.hpp"
#include "app/node_states.hpp"
#include "app/node_updates.hpp"
#include "app/open_files.hpp"
#include "app/wall_clock.hpp"
#include "events/fault.hpp"
#include "storage/data_dir.hpp"
#include "storage/head_file.hpp"
#include "storage/rocksdb_state_store.hpp"
#include "storage/unsynced_loss_fs.hpp"

namespace signalbox {

namespace {

/// The directory with its log and state, open. Members in the order in which
/// they depend on each other.
struct node_storage {
  ledger_file pinned;
  std::optional<kafka_settings> kafka;
  data_dir directory;
  head_file head;
  std::shared_ptr<rocksdb_database> database;
  node_log log;
  rocksdb_state_store store;
};

result<node_database> open_database(const std::filesystem::path& data,
                                    database_use use, const json_log& log) {
  auto file_system = test_file_system_from_environment();
  if (!file_system)
    return file_system.error();
  if (*file_system)
    log.write(log_level::warning,
              "a test file system lies under the database: a kill loses data");
  rocksdb_config config;
  config.file_system = std::move(*file_system);
  config.warnings = [&log](std::string_view line) {
    log.write(log_level::warning, line, {{"component", "rocksdb"}});
  };
  return open_node_database(data, use, std::move(config));
}

result<std::unique_ptr<node_storage>> open_storage(const serve_options& options,
                                                   const json_log& log) {
  const auto& data = options.data;
  auto pinned = read_ledger_file(data);
  if (!pinned)
    return pinned.error();
  auto kafka = read_kafka_file(data);
  if (!kafka)
    return kafka.error();
  auto opened =
      open_database(data, *kafka ? database_use::copy : database_use::log, log);
  if (!opened)
    return opened.error();
  auto& [directory, database] = *opened;
  auto entries = open_node_log(
      database,
      {.kafka = *kafka,
       .warn =
           [&log](std::string line) {
             log.write(log_level::warning, line, {{"component", "kafka"}});
           },
       .is_server = true,
       .writes = !options.replica});
  if (!entries)
    return entries.error();
  head_file head{directory.head()};
  return std::unique_ptr<node_storage>{
      new node_storage{std::move(*pinned), std::move(*kafka),
                       std::move(directory), std::move(head), database,
                       std::move(*entries), rocksdb_state_store{database}}};
}

runtime_config make_runtime_config(const serve_options& options,
                                   node_storage& storage,
                                   state_exchange* states,
                                   const json_log& log) {
  return {.log = *storage.log.log,
          .store = storage.store,
          .shared = storage.log.shared,
          // On Kafka the node's copy is what the topic is compared with.
          .head = storage.log.shared == nullptr ? &storage.head : nullptr,
          .writes = !options.replica,
          .node = storage.pinned.node,
          .head_life = options.head_life,
          .threads = options.threads,
          .wall_clock = wall_clock,
          .warn =
              [&log](std::string line) {
                log.write(log_level::warning, line, {{"component", "ledger"}});
              },
          .progress =
              [&log](std::uint64_t done, std::uint64_t all) {
                log.write(log_level::info, "folding the log",
                          {{"entries", done}, {"of", all}});
              },
          .exchange = states};
}

/// Folds the log. What is damaged further on is still served up to there, so
/// only a log without a ledger, or with another one, ends the start.
result<std::shared_ptr<const view>>
fold(runtime& node, const node_storage& storage, const json_log& log) {
  auto started = node.start();
  auto seen = node.view().load();
  if (seen == nullptr)
    return started ? failure{errc::bug, "the fold published no view"}
                   : started.error();
  if (!started)
    log.write(log_level::error, "serving reads only",
              {{"reason", started.error().message}});
  if (seen->data->ledger.id != storage.pinned.ledger)
    return failure{errc::log_corrupt,
                   "the log is not the one that ledger.json pins"};
  return seen->data;
}

/// A node that is not in the ledger takes no writes until it is added.
void warn_of_membership(const view& seen, const principal_id& node,
                        const json_log& log) {
  if (auto problem = membership_problem(seen, node))
    log.write(log_level::warning, "the node takes no writes",
              {{"reason", problem->message}});
}

/// A node that cannot sign serves what needs no signature.
void warn_of_keys(const view& seen, const node_keys& keys,
                  const json_log& log) {
  for (auto& problem : {seal_problem(seen, keys), head_problem(seen, keys)})
    if (problem)
      log.write(log_level::warning, "a key is missing",
                {{"reason", problem->message}});
}

/// How long an orderly stop may take, with answers that are under way and a
/// state that is saved; and how long closing the files after it.
constexpr std::chrono::seconds stop_patience{25}, close_patience{5};

/// The server, for the metrics of the service that it is made after.
using server_slot = std::atomic<const http_server*>;

service_config make_service_config(const serve_options& options,
                                   const ledger_file& pinned,
                                   const json_log& log,
                                   std::shared_ptr<server_slot> server,
                                   std::shared_ptr<served_certificate> tls) {
  service_config out;
  out.ledger_name = pinned.name;
  out.public_reads = !options.private_reads;
  out.limits = options.limits;
  out.workers = options.workers;
  out.head_life = options.head_life;
  out.listeners = {options.listeners, options.listeners_per_caller};
  out.heartbeat = std::chrono::milliseconds{options.heartbeat};
  out.wall_clock = wall_clock;
  out.log = [&log](log_level level, std::string_view event,
                   boost::json::object fields) {
    log.write(level, event, std::move(fields));
  };
  out.outside = [server, tls, &log] {
    outside_counts counts;
    if (auto* x = server->load())
      counts.http = x->counts();
    counts.dropped_log_lines = log.dropped();
    tls->add_to(counts);
    return counts;
  };
  return out;
}

http_config make_http_config(const serve_options& options,
                             std::shared_ptr<const tls_keeper> tls) {
  http_config out;
  out.tls = std::move(tls);
  out.address = options.address;
  out.port = options.port;
  out.workers = options.workers;
  out.send_budget = options.send_budget;
  // Strangers must not take the files that the database needs.
  out.max_connections = connections_within(raise_open_files());
  return out;
}

std::string url_of(const serve_options& options, std::uint16_t port) {
  if (!options.base_url.empty())
    return options.base_url;
  const bool v6 = options.address.find(':') != std::string::npos;
  return (options.tls ? "https://" : "http://") +
         (v6 ? '[' + options.address + ']' : options.address) + ':' +
         std::to_string(port);
}

/// Stops what serves in its order, also when something throws while it serves.
class stop_in_order {
 public:
  stop_in_order(http_server& server, server_slot& slot, node_streams& streams,
                node_updates& updates, service& api, runtime& node)
      : server_{server}, slot_{slot}, streams_{streams}, updates_{updates},
        api_{api}, node_{node} {}
  stop_in_order(const stop_in_order&) = delete;
  ~stop_in_order() {
    server_.stop();
    slot_ = nullptr;
    // What it still answers goes through the service too.
    streams_.stop();
    updates_.stop();
    api_.stop();
    // Last: what it still answers goes through the service.
    node_.stop();
  }

 private:
  http_server& server_;
  server_slot& slot_;
  node_streams& streams_;
  node_updates& updates_;
  service& api_;
  runtime& node_;
};

} // namespace

result<void> parse_listen(const std::string& text, serve_options& out) {
  failure wrong{errc::bad_request,
                "--listen must be HOST:PORT, such as 127.0.0.1:8470 or "
                "[::1]:8470"};
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return wrong;
  auto host = text.substr(0, colon);
  const auto* last = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data() + colon + 1, last, out.port);
  if (error != std::errc{} || end != last)
    return wrong;
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return wrong;
  out.address = host == "localhost" ? "127.0.0.1" : host;
  return {};
}

result<void> serve(const serve_options& options,
                   const std::function<void(const serving&)>& ready,
                   const std::function<void(const upkeep&)>& wait) {
  const json_log log{options.least};
  exit_limit limit{log}; // outlives all that may not end
  if (const auto fault = seeded_fault(); !fault.empty())
    log.write(log_level::warning, "a test has seeded a fault",
              {{"fault", fault}});
  auto certificate = served_certificate::open(options.tls);
  if (!certificate)
    return certificate.error();
  auto storage = open_storage(options, log);
  if (!storage)
    return storage.error();
  auto& pinned = (*storage)->pinned;
  const auto states = open_node_states((*storage)->log, log);
  runtime node{make_runtime_config(options, **storage, states.get(), log)};
  auto seen = fold(node, **storage, log);
  if (!seen)
    return seen.error();
  auto load_keys = [folder = (*storage)->directory.keys(), node = pinned.node,
                    &options](const view& x) {
    return load_node_keys(folder, node, *x.keys, options.passphrase);
  };
  auto held = load_keys(**seen);
  if (!held)
    return held.error();
  if (held->unreadable)
    log.write(log_level::warning, "a key file cannot be read",
              {{"reason", held->unreadable->message}});
  auto keys = node_keys_of(pinned.node, *held);
  if (!options.replica)
    warn_of_membership(**seen, pinned.node, log);
  warn_of_keys(**seen, keys, log);
  auto slot = std::make_shared<server_slot>(nullptr);
  auto config = make_service_config(options, pinned, log, slot, *certificate);
  config.load_keys = load_keys;
  node_streams streams{
      (*storage)->database,
      (*storage)->kafka,
      (*storage)->directory.keys(),
      pinned.node,
      options.streams,
      states.get(),
      [&log](const std::string& line) {
        log.write(log_level::warning, line, {{"component", "streams"}});
      }};
  config.reports = streams.reports();
  config.activity = streams.activity();
  node_updates updates{{.kafka = (*storage)->kafka,
                        .writes = !options.replica,
                        .entries = *(*storage)->log.log,
                        .node = node,
                        .id = pinned.node,
                        .log = log}};
  config.outside = [outside = config.outside, &updates] {
    auto counts = outside();
    counts.updates = updates.counts();
    return counts;
  };
  auto api = std::make_shared<service>(
      std::move(config), node, *(*storage)->log.log,
      (*seen)->ledger.keyset_version, std::move(keys));
  http_server server{make_http_config(options, (*certificate)->keeper()), api};
  {
    const stop_in_order guard{server, *slot, streams, updates, *api, node};
    updates.start();
    if (auto started = server.start(); !started)
      return started.error();
    *slot = &server;
    const serving what{url_of(options, server.port()), pinned};
    log.write(log_level::info, "serving",
              {{"url", what.url}, {"entries", (*seen)->size}});
    ready(what);
    wait([&](upkeep_cause why) { (*certificate)->look_after(why, log); });
    log.write(log_level::info, "stopping");
    limit.set(stop_patience, EXIT_FAILURE);
  }
  log.write(log_level::info, "stopped");
  limit.set(close_patience, EXIT_SUCCESS);
  return {};
}

} // namespace signalbox
