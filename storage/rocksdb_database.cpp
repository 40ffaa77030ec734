#include "storage/rocksdb_database.hpp"

#include <utility>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/write_batch.h>

#include "storage/log_failures.hpp"
#include "storage/rocksdb_failures.hpp"
#include "storage/rocksdb_handle.hpp"
#include "storage/rocksdb_options.hpp"

namespace signalbox {

using access = rocksdb_access;

rocksdb_database::rocksdb_database(rocksdb_config config)
    : config_{std::move(config)}, logger_{
                                      make_rocksdb_logger(config_.warnings)} {
  if (config_.file_system)
    own_env_ = rocksdb::NewCompositeEnv(config_.file_system);
}

rocksdb_database::~rocksdb_database() = default;

result<rocksdb_database::pointer>
rocksdb_database::create(rocksdb_config config) {
  pointer out{new rocksdb_database{std::move(config)}};
  if (auto x = out->open_handle(access::create); !x.ok())
    return explain_open_failure(x, out->directory());
  return out;
}

result<rocksdb_database::pointer>
rocksdb_database::open(rocksdb_config config) {
  pointer out{new rocksdb_database{std::move(config)}};
  if (out->is_shorter_than_known())
    return out;
  auto status = out->open_handle(access::read_write);
  if (status.ok())
    return out;
  if (is_locked(status) || status.IsInvalidArgument())
    return explain_open_failure(status, out->directory());
  if (auto x = out->open_for_reading(status); !x)
    return x.error();
  return out;
}

bool rocksdb_database::is_shorter_than_known() {
  if (!config_.known_entry || !open_handle(access::read_only).ok())
    return false; // whatever fails here fails again, and is explained, below
  const auto end = handle_->log_end();
  if (!end || *end > to_integer(*config_.known_entry)) {
    handle_.reset();
    return false;
  }
  handle_->damage = log_cut(log_index{*end}, *config_.known_entry).message;
  set(state::refused_for_good, handle_->damage);
  return true;
}

result<rocksdb_database::pointer>
rocksdb_database::open_read_only(rocksdb_config config) {
  pointer out{new rocksdb_database{std::move(config)}};
  auto status = out->open_handle(access::read_only);
  if (status.IsCorruption()) {
    if (auto x = out->open_for_reading(status); !x)
      return x.error();
    return out;
  }
  if (!status.ok())
    return explain_open_failure(status, out->directory());
  out->set(state::refused_for_good, "opened for reading only");
  return out;
}

rocksdb::Status rocksdb_database::open_handle(access how) {
  std::unique_ptr<rocksdb_handle> opened;
  auto* env = own_env_ ? own_env_.get() : rocksdb::Env::Default();
  auto status = rocksdb_handle::open(how, make_database_options(env, logger_),
                                     config_.directory, opened);
  if (!status.ok())
    return status;
  std::promise<void> closed;
  std::lock_guard guard{mutex_};
  handle_closed_ = closed.get_future();
  // Whoever lets go last closes the database; a reopen waits for that.
  handle_ = {opened.release(), [closed = std::make_shared<std::promise<void>>(
                                    std::move(closed))](rocksdb_handle* x) {
               delete x;
               closed->set_value();
             }};
  if (how == access::create || how == access::read_write) {
    ++generation_;
    state_ = state::writable;
    reason_.clear();
  }
  return status;
}

result<void>
rocksdb_database::open_for_reading(const rocksdb::Status& refusal) {
  const bool damaged = refusal.IsCorruption();
  auto how = damaged ? access::read_only_damaged : access::read_only;
  auto status = open_handle(how);
  if (!status.ok())
    return explain_open_failure(damaged ? refusal : status, directory());
  auto reason = explain_write_failure(refusal, directory());
  std::lock_guard guard{mutex_};
  if (damaged)
    handle_->damage = reason;
  state_ = damaged ? state::refused_for_good : state::refused;
  reason_ = std::move(reason);
  return {};
}

log_health rocksdb_database::health() const {
  std::lock_guard guard{mutex_};
  if (state_ == state::writable)
    return {};
  return {log_health::mode::read_only, reason_};
}

std::shared_ptr<rocksdb_handle> rocksdb_database::acquire() const {
  std::unique_lock guard{mutex_};
  handle_ready_.wait(guard, [this] { return !swapping_; });
  return handle_;
}

std::uint64_t rocksdb_database::generation() const {
  std::lock_guard guard{mutex_};
  return generation_;
}

result<void> rocksdb_database::ensure_writable() {
  std::lock_guard attempt{reopening_};
  {
    std::lock_guard guard{mutex_};
    if (state_ == state::writable)
      return {};
    const auto now = std::chrono::steady_clock::now();
    if (state_ == state::refused_for_good ||
        (last_attempt_ && now - *last_attempt_ < config_.retry_after))
      return failure{errc::read_only, reason_};
    last_attempt_ = now;
  }
  // While there is no room, the old handle stays: it still answers reads.
  if (auto x = probe(); !x.ok())
    return refuse(x);
  return reopen();
}

rocksdb::Status rocksdb_database::probe() const {
  const auto name = (config_.directory / "write.probe").string();
  auto* env = own_env_ ? own_env_.get() : rocksdb::Env::Default();
  auto status = rocksdb::WriteStringToFile(
      env, std::string(write_probe_bytes, '\0'), name, true);
  env->DeleteFile(name).PermitUncheckedError();
  return status;
}

result<void> rocksdb_database::reopen() {
  if (auto x = retire_handle(); !x)
    return x;
  auto status = open_handle(access::read_write);
  result<void> out;
  if (!status.ok()) {
    if (auto x = open_for_reading(status); !x)
      set(state::refused, x.error().message);
    out = failure{errc::read_only, health().reason};
  }
  std::lock_guard guard{mutex_};
  swapping_ = false;
  handle_ready_.notify_all();
  return out;
}

result<void> rocksdb_database::retire_handle() {
  std::unique_lock guard{mutex_};
  if (!handle_) {
    swapping_ = true;
    return {};
  }
  swapping_ = true;
  handle_->retired = true;
  std::weak_ptr<rocksdb_handle> old = handle_;
  auto last = std::exchange(handle_, nullptr);
  guard.unlock();
  last.reset(); // outside of the lock: this may close the database
  if (handle_closed_.wait_for(config_.patience) == std::future_status::ready)
    return {};
  guard.lock();
  if (auto still_read = old.lock()) {
    still_read->retired = false;
    handle_ = std::move(still_read);
    swapping_ = false;
    handle_ready_.notify_all();
    return failure{errc::read_only, "a reader holds " + directory().string() +
                                        " open; its reopening is tried again"};
  }
  guard.unlock();
  handle_closed_.wait();
  return {};
}

result<void> rocksdb_database::write(rocksdb::WriteBatch& batch,
                                     durability how) {
  if (auto x = health(); x.state == log_health::mode::read_only)
    return failure{errc::read_only, x.reason};
  auto handle = acquire();
  if (!handle)
    return failure{errc::read_only, health().reason};
  rocksdb::WriteOptions options;
  options.sync = how == durability::synced;
  return judge(handle->database().Write(options, &batch));
}

result<void> rocksdb_database::judge(const rocksdb::Status& written) {
  if (written.ok())
    return {};
  auto refused = refuse(written);
  return failure{errc::pending,
                 "the write failed and its fate is open: " + refused.message};
}

result<void> rocksdb_database::add_table(
    const std::function<rocksdb::Status(rocksdb::SstFileWriter&)>& fill) {
  if (auto x = health(); x.state == log_health::mode::read_only)
    return failure{errc::read_only, x.reason};
  auto handle = acquire();
  if (!handle)
    return failure{errc::read_only, health().reason};
  auto& database = handle->database();
  const auto path = (config_.directory / "added.table").string();
  auto table = database.GetOptions(handle->log());
  // Packing would take a third of the time that a copy takes.
  table.compression = rocksdb::kNoCompression;
  // A kill may have left a second link to a table of the database, which
  // opening would empty.
  database.GetEnv()->DeleteFile(path).PermitUncheckedError();
  rocksdb::SstFileWriter writer{rocksdb::EnvOptions{database.GetDBOptions()},
                                table, handle->log()};
  auto status = writer.Open(path);
  if (status.ok())
    status = fill(writer);
  if (status.ok())
    status = writer.Finish();
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  if (status.ok())
    status = database.IngestExternalFile(handle->log(), {path}, options);
  if (!status.ok())
    database.GetEnv()->DeleteFile(path).PermitUncheckedError();
  return judge(status);
}

result<void> rocksdb_database::sync() {
  auto handle = acquire();
  if (!handle)
    return failure{errc::read_only, health().reason};
  return judge(handle->database().SyncWAL());
}

result<void> rocksdb_database::flush() {
  auto handle = acquire();
  if (!handle)
    return failure{errc::read_only, health().reason};
  auto status = handle->database().Flush({}, {handle->log(), handle->state()});
  if (!status.ok())
    return refuse(status);
  return {};
}

failure rocksdb_database::refuse(const rocksdb::Status& why) {
  auto reason = explain_write_failure(why, directory());
  set(why.IsCorruption() ? state::refused_for_good : state::refused, reason);
  return {errc::read_only, std::move(reason)};
}

failure rocksdb_database::report_read_failure(const rocksdb::Status& status,
                                              const std::string& where) {
  auto out = explain_read_failure(status, directory(), where);
  if (status.IsCorruption() && set(state::refused_for_good, out.message) &&
      config_.warnings)
    config_.warnings(out.message);
  return out;
}

bool rocksdb_database::set(state x, std::string reason) {
  std::lock_guard guard{mutex_};
  const bool is_new = state_ != x;
  state_ = x;
  reason_ = std::move(reason);
  return is_new;
}

} // namespace signalbox
