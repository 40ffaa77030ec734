#include "app/replay_check.hpp"

#include <chrono>

#include "app/ledger_file.hpp"
#include "app/log_check.hpp"
#include "events/record.hpp"
#include "projections/fold.hpp"
#include "projections/ledger_state.hpp"
#include "projections/state_rows.hpp"
#include "storage/rocksdb_log.hpp"
#include "storage/rocksdb_state_store.hpp"

namespace signalbox {

namespace {

constexpr std::uint64_t progress_every = 16 * 1024;

/// What the store holds.
struct stored_state {
  std::optional<ledger_state> state; ///< none stored, or none that is whole
  bool damaged = false; ///< rows that do not have the hash that they claim
};

result<stored_state> load_stored(const state_store& store) {
  ledger_state out;
  state_loader loader{out};
  bool whole = true;
  bool any = false;
  auto scanned =
      store.scan("", [&](std::string_view key, std::string_view row) {
        any = true;
        return whole = loader.load(key, row);
      });
  if (!scanned)
    return scanned.error();
  if (!any)
    return stored_state{};
  if (!whole || !loader.finish())
    return stored_state{std::nullopt, true};
  return stored_state{std::move(out)};
}

/// Folds, and notes what the fold was at the places of interest.
class replayer {
 public:
  replayer(const std::optional<ledger_state>& stored,
           const std::optional<head_mark>& mark)
      : stored_{stored}, mark_{mark} {
    if (stored_)
      out.stored = {stored_->size,
                    stored_->hash.hex() + ' ' + stored_->chain.hex(), ""};
    if (mark_)
      out.head = {to_integer(mark_->index) + 1, mark_->hash.hex(), ""};
  }

  replay_result out;
  std::optional<failure> problem;

  bool visit(const log_entry_view& entry) {
    auto judged =
        step(state_, entry.index, entry.append_time, envelope_of(entry.record));
    if (!judged) {
      problem = judged.error();
      return false;
    }
    out.accepted += judged->result == outcome::accepted;
    if (out.stored && state_.size == out.stored->entries)
      out.stored->replayed = state_.hash.hex() + ' ' + state_.chain.hex();
    if (out.head && state_.size == out.head->entries)
      out.head->replayed = state_.chain.hex();
    return true;
  }

  std::uint64_t size() const { return state_.size; }

  void finish() {
    out.entries = state_.size;
    out.chain = state_.chain;
    out.state = state_.hash;
    compare(out.stored, "the stored state");
    compare(out.head, "the head file");
  }

 private:
  void compare(const std::optional<replay_result::comparison>& x,
               const std::string& what) {
    if (!x || x->stored == x->replayed)
      return;
    if (!out.disagreement.empty())
      out.disagreement += "; ";
    out.disagreement += x->replayed.empty()
                            ? what + " knows " + std::to_string(x->entries) +
                                  " entries, more than the log has"
                            : what + " disagrees with the log at entry " +
                                  std::to_string(x->entries - 1);
  }

  const std::optional<ledger_state>& stored_;
  const std::optional<head_mark>& mark_;
  ledger_state state_;
};

} // namespace

result<replay_result> check_replay(
    const std::filesystem::path& data,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  auto pinned = read_ledger_file(data);
  if (!pinned)
    return pinned.error();
  auto mark = head_file{data / "head"}.read();
  if (!mark)
    return mark.error();
  rocksdb_config config;
  config.directory = data / "db";
  auto database = rocksdb_database::open_read_only(std::move(config));
  if (!database)
    return database.error();
  auto log = rocksdb_log::open(*database);
  if (!log)
    return log.error();
  auto stored = load_stored(rocksdb_state_store{*database});
  if (!stored) // the log may be sound all the same
    stored = stored_state{std::nullopt, true};
  replayer work{stored->state, *mark};
  if (stored->damaged)
    work.out.disagreement = "the stored state is damaged";
  const auto end = to_integer((*log)->end());
  const auto start = std::chrono::steady_clock::now();
  auto read = (*log)->read(log_index{0}, [&](const log_entry_view& x) {
    const auto go_on = work.visit(x);
    if (progress && work.size() % progress_every == 0)
      progress(work.size(), end);
    return go_on;
  });
  if (!read)
    return with_place(read.error(), work.size(), end);
  if (work.problem)
    return with_place(*work.problem, work.size(), end);
  work.finish();
  work.out.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return std::move(work.out);
}

} // namespace signalbox
