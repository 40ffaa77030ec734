#include "app/serve.hpp"

#include <atomic>
#include <charconv>
#include <memory>

#include "api/http_server.hpp"
#include "api/service.hpp"
#include "app/kafka_file.hpp"
#include "app/node_key_files.hpp"
#include "app/node_log.hpp"
#include "app/open_files.hpp"
#include "app/wall_clock.hpp"
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
  data_dir directory;
  head_file head;
  std::shared_ptr<rocksdb_database> database;
  node_log log;
  rocksdb_state_store store;
};

result<std::shared_ptr<rocksdb_database>>
open_database(const data_dir& directory, const json_log& log) {
  auto mark = head_file{directory.head()}.read();
  if (!mark)
    return mark.error();
  auto file_system = test_file_system_from_environment();
  if (!file_system)
    return file_system.error();
  if (*file_system)
    log.write(log_level::warning,
              "a test file system lies under the database: a kill loses data");
  rocksdb_config config;
  config.directory = directory.database();
  config.file_system = std::move(*file_system);
  config.warnings = [&log](std::string_view line) {
    log.write(log_level::warning, line, {{"component", "rocksdb"}});
  };
  if (*mark)
    config.known_entry = (*mark)->index;
  return rocksdb_database::open(std::move(config));
}

result<std::unique_ptr<node_storage>> open_storage(const serve_options& options,
                                                   const json_log& log) {
  const auto& data = options.data;
  auto pinned = read_ledger_file(data);
  if (!pinned)
    return pinned.error();
  auto directory = data_dir::open(data);
  if (!directory)
    return directory.error();
  auto database = open_database(*directory, log);
  if (!database)
    return database.error();
  auto kafka = read_kafka_file(data);
  if (!kafka)
    return kafka.error();
  auto entries = open_node_log(
      *database,
      {.kafka = std::move(*kafka),
       .warn =
           [&log](std::string line) {
             log.write(log_level::warning, line, {{"component", "kafka"}});
           },
       .progress =
           [&log](std::uint64_t done, std::uint64_t all) {
             log.write(log_level::info, "reading the topic",
                       {{"entries", done}, {"of", all}});
           },
       .serves_without_brokers = true,
       .writes = !options.replica});
  if (!entries)
    return entries.error();
  head_file head{directory->head()};
  return std::unique_ptr<node_storage>{new node_storage{
      std::move(*pinned), std::move(*directory), std::move(head), *database,
      std::move(*entries), rocksdb_state_store{*database}}};
}

runtime_config make_runtime_config(const serve_options& options,
                                   node_storage& storage, const json_log& log) {
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
              }};
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

/// A node that cannot sign serves what needs no signature.
void warn_of_keys(const view& seen, const node_keys& keys,
                  const json_log& log) {
  for (auto& problem : {seal_problem(seen, keys), head_problem(seen, keys)})
    if (problem)
      log.write(log_level::warning, "a key is missing",
                {{"reason", problem->message}});
}

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
                service& api, runtime& node)
      : server_{server}, slot_{slot}, streams_{streams}, api_{api}, node_{
                                                                        node} {}
  stop_in_order(const stop_in_order&) = delete;
  ~stop_in_order() {
    server_.stop();
    slot_ = nullptr;
    // What it still answers goes through the service too.
    streams_.stop();
    api_.stop();
    // Last: what it still answers goes through the service.
    node_.stop();
  }

 private:
  http_server& server_;
  server_slot& slot_;
  node_streams& streams_;
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
  auto certificate = served_certificate::open(options.tls);
  if (!certificate)
    return certificate.error();
  auto storage = open_storage(options, log);
  if (!storage)
    return storage.error();
  auto& pinned = (*storage)->pinned;
  runtime node{make_runtime_config(options, **storage, log)};
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
  warn_of_keys(**seen, keys, log);
  auto slot = std::make_shared<server_slot>(nullptr);
  auto config = make_service_config(options, pinned, log, slot, *certificate);
  config.load_keys = load_keys;
  node_streams streams{
      (*storage)->database, (*storage)->directory.keys(), pinned.node,
      options.streams, [&log](const std::string& line) {
        log.write(log_level::warning, line, {{"component", "streams"}});
      }};
  config.reports = streams.reports();
  config.activity = streams.activity();
  auto api = std::make_shared<service>(
      std::move(config), node, *(*storage)->log.log,
      (*seen)->ledger.keyset_version, std::move(keys));
  http_server server{make_http_config(options, (*certificate)->keeper()), api};
  {
    const stop_in_order guard{server, *slot, streams, *api, node};
    if (auto started = server.start(); !started)
      return started.error();
    *slot = &server;
    const serving what{url_of(options, server.port()), pinned};
    log.write(log_level::info, "serving",
              {{"url", what.url}, {"entries", (*seen)->size}});
    ready(what);
    wait([&](upkeep_cause why) { (*certificate)->look_after(why, log); });
    log.write(log_level::info, "stopping");
  }
  log.write(log_level::info, "stopped");
  return {};
}

} // namespace signalbox
