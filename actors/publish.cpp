#include "actors/publish.hpp"

#include "actors/schema_deprecation.hpp"
#include "events/aggregate.hpp"
#include "events/artifact.hpp"
#include "events/json.hpp"
#include "policy/secret_scanner.hpp"
#include "policy/semver.hpp"

#include <limits>

#include <boost/json/object.hpp>

namespace signalbox {

namespace {

constexpr std::string_view tooling_version = "signalbox/" SIGNALBOX_VERSION;
constexpr std::string_view first_version = "1.0.0";
constexpr std::size_t max_changelog_bytes = 4096;

/// Warnings, and changes, that an artifact lists.
constexpr std::size_t max_summary = 200;

/// What the artifact keeps of its report. Without changes by policy it has no
/// word of them, as in artifacts from before there were any.
std::string validation_summary(const validation_report& x) {
  json::array warnings;
  json::array changes;
  std::size_t change_count = 0;
  for (auto& y : x.findings) {
    const bool changed = y.level == severity::changed;
    change_count += changed;
    auto& list = changed ? changes : warnings;
    if (list.size() == max_summary)
      continue;
    json::object one{{"pointer", y.pointer}, {"rule", y.rule}};
    if (changed)
      one["action"] = to_string(y.done);
    list.emplace_back(std::move(one));
  }
  json::object out{{"valid", true}, {"warnings", std::move(warnings)}};
  if (change_count > 0) {
    out["change_count"] = change_count;
    out["changes"] = std::move(changes);
  }
  return to_canonical(out);
}

/// The version to release under: the caller's, or the next patch.
result<std::string> choose_version(const std::optional<std::string>& asked,
                                   const channel_view* channel) {
  auto highest = semver::parse(
      channel == nullptr ? "0.0.0" : channel->row.highest_version);
  if (!asked)
    return channel == nullptr ? std::string{first_version}
                              : to_string(next_patch(*highest));
  auto version = semver::parse(*asked);
  if (!version)
    return failure{errc::bad_request,
                   "version must be a semantic version such as 1.2.3",
                   "/version"};
  if (channel != nullptr && precedence(*version, *highest) <= 0)
    return failure{errc::version_not_greater,
                   "version must be greater than " +
                       channel->row.highest_version +
                       ", the highest released in this channel",
                   "/version"};
  return *asked;
}

class publication {
 public:
  publication(publish_request request, std::shared_ptr<const node_keys> keys,
              std::function<timestamp()> wall_clock)
      : request_{std::move(request)}, keys_{std::move(keys)},
        wall_clock_{std::move(wall_clock)} {}

  publish_result result;

  signalbox::result<preparation> prepare(const view& seen);

  /// Whether a lost race of the attempt that was prepared last may be followed
  /// by another.
  bool may_retry() const {
    return !request_.judged && (!request_.expected_version || sounded_);
  }

 private:
  signalbox::result<preparation> ask_again(const view& seen);
  std::optional<failure> check_assertions(const validation_report& report,
                                          const channel_view* channel) const;
  bool is_ahead(const channel_view* channel) const;
  artifact_content describe(const view& seen, checked_request& checked) const;
  proposal_draft make_event(const view& seen, const artifact_content& content,
                            const channel_view* channel);

  publish_request request_;
  std::shared_ptr<const node_keys> keys_;
  std::function<timestamp()> wall_clock_;
  /// The last attempt was made to learn whether the expectation holds.
  bool sounded_ = false;
};

std::uint64_t version_in(const channel_view* channel) {
  return channel == nullptr ? 0 : channel->row.version;
}

/// The fold meets the key before all else. Should it have forgotten the key
/// since, no channel has this version: the entry cannot be accepted.
signalbox::result<preparation> publication::ask_again(const view& seen) {
  auto under = find_grounds(seen, request_.draft);
  if (!under)
    return under.error();
  result.major = under->schema.major;
  proposal_draft out;
  event::artifact_published published;
  published.client_id = out.keep(request_.draft.client_id);
  published.profile = out.keep(request_.draft.profile);
  published.major = result.major;
  out.body = published;
  out.expected = {expectation::kind::exactly,
                  std::numeric_limits<std::uint64_t>::max()};
  return preparation{std::move(out)};
}

signalbox::result<preparation> publication::prepare(const view& seen) {
  if (request_.judged)
    return ask_again(seen);
  auto checked = check_request(seen, request_.draft);
  if (!checked)
    return checked.error();
  auto changelog = check_changelog(request_.changelog);
  checked->report.findings.insert(checked->report.findings.end(),
                                  changelog.begin(), changelog.end());
  if (auto leaving =
          check_deprecation(seen, request_.draft.client_id,
                            checked->report.schema_ref, wall_clock_()))
    checked->report.findings.push_back(std::move(*leaving));
  result.report = checked->report;
  result.major = checked->major;
  if (has_errors(checked->report.findings))
    return failure{errc::validation_failed,
                   "the draft was refused: see the report"};
  auto channel = seen.find_channel(request_.draft.client_id,
                                   request_.draft.profile, checked->major);
  if (auto wrong = check_assertions(checked->report, channel.get()))
    return *wrong;
  auto content = describe(seen, *checked);
  result.artifact = make_artifact_id(content);
  bool sound = is_ahead(channel.get());
  if (!sound && channel != nullptr && channel->row.artifact == result.artifact)
    return preparation{nothing_to_do{}};
  auto version = choose_version(request_.version, channel.get());
  if (!version)
    return version.error();
  content.version = std::move(*version);
  auto made = make_event(seen, content, channel.get());
  // A version that was counted from an older view than the caller's proves
  // nothing, so such an entry must not be judged by it: where the log has moved
  // on it is void by this, and is prepared again under what it has shown.
  sounded_ = sound && !request_.version;
  if (sounded_)
    made.preconditions.emplace_back(
        channel_aggregate(content.client_id, content.profile, result.major),
        version_in(channel.get()));
  return preparation{std::move(made)};
}

/// Whether the caller expects more than this node has folded.
bool publication::is_ahead(const channel_view* channel) const {
  return request_.expected_version &&
         *request_.expected_version > version_in(channel);
}

std::optional<failure>
publication::check_assertions(const validation_report& report,
                              const channel_view* channel) const {
  if (request_.policy_set_id && *request_.policy_set_id != report.policy_set_id)
    return failure{errc::validation_failed,
                   "policy_set_id is not the one bound to this profile, which "
                   "is " +
                       report.policy_set_id,
                   "/policy_set_id"};
  // An older expectation is hopeless. A newer one may be met by entries that
  // this node has not folded yet: but not after an entry of ours was folded.
  auto current = version_in(channel);
  if ((request_.expected_version && *request_.expected_version < current) ||
      (sounded_ && is_ahead(channel)))
    return failure{errc::conflict,
                   "the channel's version is " + std::to_string(current) +
                       ", not the expected one: read it and try again",
                   "/expected_version"};
  return std::nullopt;
}

artifact_content publication::describe(const view& seen,
                                       checked_request& checked) const {
  artifact_content x;
  x.ledger = seen.ledger.id;
  x.client_id = request_.draft.client_id;
  x.profile = request_.draft.profile;
  x.schema_ref = checked.report.schema_ref;
  x.canonical_payload = std::move(checked.draft.canonical_payload);
  x.rendered = std::move(checked.draft.rendered);
  x.inputs = checked.draft.inputs;
  x.policy_set_id = checked.report.policy_set_id;
  x.policy_version = checked.report.policy_version;
  x.issued_at = wall_clock_();
  x.publisher_id = request_.publisher_id;
  x.tooling_version = tooling_version;
  x.changelog = request_.changelog;
  x.canonical_validation = validation_summary(checked.report);
  x.canonical_template = checked.canonical_template;
  return x;
}

proposal_draft publication::make_event(const view& seen,
                                       const artifact_content& content,
                                       const channel_view* channel) {
  proposal_draft out;
  auto core = make_core(content, result.artifact);
  auto signature = seal(core, keys_->seal);
  result.sealed = {core, signature, content.changelog};
  event::artifact_published published;
  published.client_id = out.keep(content.client_id);
  published.profile = out.keep(content.profile);
  published.major = result.major;
  published.artifact = result.artifact;
  published.schema_ref = out.keep(content.schema_ref);
  published.version = out.keep(content.version);
  published.policy_set_id = out.keep(content.policy_set_id);
  published.policy_version = out.keep(content.policy_version);
  published.key = keys_->seal.public_part().key_id();
  out.body = published;
  auto version = request_.expected_version.value_or(version_in(channel));
  out.expected = {expectation::kind::exactly, version};
  auto& profile =
      *seen.documents->find_profile(content.client_id, content.profile);
  out.preconditions = {
      {family_aggregate(content.client_id),
       seen.documents->find_family(content.client_id)->version},
      {profile_aggregate(content.client_id, content.profile), profile.version},
      {binding_aggregate(content.client_id, content.profile),
       profile.binding_version}};
  if (request_.token)
    if (auto i = seen.access->tokens.find(*request_.token);
        i != seen.access->tokens.end())
      out.preconditions.emplace_back(token_aggregate(*request_.token),
                                     i->second.second);
  out.add_part(std::move(core));
  out.add_part(std::string{as_text(signature)});
  out.add_part(content.changelog);
  return out;
}

} // namespace

std::vector<finding> check_changelog(const std::string& text) {
  if (text.size() > max_changelog_bytes)
    return {{"changelog", "/changelog", severity::error,
             "the changelog is above 4096 bytes: shorten it"}};
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return {{"changelog", "/changelog", severity::error,
             "the changelog is empty: say what changes"}};
  return scan_text(text, "/changelog");
}

std::shared_ptr<command>
make_publish(publish_request request, command_context context,
             std::shared_ptr<const node_keys> keys,
             std::function<timestamp()> wall_clock,
             std::function<void(command::conclusion, publish_result)> done) {
  auto out = std::make_shared<command>();
  out->context = std::move(context);
  if (!request.expected_version && !request.judged)
    out->lane = request.draft.client_id + '/' + request.draft.profile;
  auto work = std::make_shared<publication>(std::move(request), std::move(keys),
                                            std::move(wall_clock));
  // The function lies in the command, which therefore lives when it is called.
  out->prepare = [work, self = out.get()](const view& seen) {
    auto made = work->prepare(seen);
    self->may_retry = work->may_retry();
    return made;
  };
  out->conclude = [work, done = std::move(done)](command::conclusion x) {
    done(std::move(x), std::move(work->result));
  };
  return out;
}

} // namespace signalbox
