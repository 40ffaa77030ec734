#include "api/hot_reads.hpp"

#include "api/authentication.hpp"
#include "policy/names.hpp"

namespace signalbox {

namespace {

constexpr std::string_view profiles_piece = "/profiles/";
constexpr std::string_view config_piece = "/config";

/// Answers that a worker keeps at most; there are at most as many as channels.
constexpr std::size_t max_kept = 100'000;

} // namespace

timestamp log_clock(const published& seen) {
  auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - seen.at);
  return seen.data->log_time + elapsed.count();
}

hot_reads::hot_reads(const published_view& view, const config_answers& answers,
                     metrics& counters, std::string ledger_name,
                     bool public_reads, std::size_t workers)
    : view_{view}, answers_{answers}, counters_{counters},
      prefix_{"/v1/ledgers/" + ledger_name + "/clients/"},
      public_reads_{public_reads}, workers_(workers) {}

bool hot_reads::may_read(const worker_state& x,
                         const request_head& head) const {
  if (public_reads_ && head.authorization.empty())
    return true;
  auto who =
      authenticate(head.authorization, *x.seen->data, log_clock(*x.seen));
  return who && (public_reads_ || permits(who->roles, role::reader));
}

/// Only targets of channels that exist are kept, so strangers cannot fill the
/// table.
const hot_reads::kept_answer* hot_reads::resolve(std::size_t worker,
                                                 std::string_view text) {
  auto& x = workers_[worker];
  if (auto i = x.answers.find(text); i != x.answers.end())
    return &i->second;
  if (!text.starts_with(prefix_) || !text.ends_with(config_piece))
    return nullptr;
  auto middle = text.substr(prefix_.size());
  middle.remove_suffix(config_piece.size());
  auto cut = middle.find(profiles_piece);
  if (cut == std::string_view::npos)
    return nullptr;
  auto client = middle.substr(0, cut);
  auto profile = middle.substr(cut + profiles_piece.size());
  if (!is_name(client) || !is_name(profile))
    return nullptr;
  auto& seen = *x.seen->data;
  auto* where = seen.documents->find_profile(client, profile);
  if (where == nullptr)
    return nullptr;
  auto channel = seen.find_channel(client, profile, where->row.default_major);
  auto answer = channel ? answers_.ready(seen, *channel) : nullptr;
  if (answer == nullptr || x.answers.size() >= max_kept)
    return nullptr;
  kept_answer kept{std::move(answer), &counters_.fetches_of(worker, client)};
  return &x.answers.emplace(text, std::move(kept)).first->second;
}

const prepared_response* hot_reads::find(std::size_t worker,
                                         const request_head& head) {
  auto& x = workers_[worker];
  if (auto now = view_.generation(); now != x.generation) {
    x.generation = now;
    x.seen = view_.load();
    x.answers.clear();
  }
  if (x.seen == nullptr)
    return nullptr;
  const auto* answer = resolve(worker, head.target);
  if (answer == nullptr || !may_read(x, head))
    return nullptr;
  const auto& config = *answer->config;
  const bool same = !head.if_none_match.empty() &&
                    matches_etag(head.if_none_match, config.etag);
  (same ? answer->fetches->not_modified : answer->fetches->ok).add();
  return same ? config.not_modified.get() : config.ok.get();
}

} // namespace signalbox
