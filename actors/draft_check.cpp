#include "actors/draft_check.hpp"

#include "events/json.hpp"

namespace signalbox {

namespace {

failure not_found(std::string what) {
  return {errc::not_found, std::move(what)};
}

failure unreadable(std::string_view what) {
  return {errc::unavailable,
          "this node cannot read " + std::string{what} +
              ": its log says why; another version of the document, or another "
              "node, may help"};
}

checked_draft check(const draft_grounds& under, const std::string& profile,
                    const std::string& draft) {
  return check_draft(*under.family.descriptor, *under.schema.validator,
                     under.schema.schema_ref, *under.policy.rules, draft,
                     {profile, under.profile.row.environment});
}

/// The template that a draft is made of, and its draft.
struct template_draft {
  const draft_template& from;
  filled_template filled;
};

result<template_draft> fill_template(const view& seen, const draft_request& x) {
  auto* found = seen.documents->find_template(x.client_id, x.from->template_id,
                                              x.from->version);
  if (found == nullptr)
    return failure{errc::not_found,
                   "this client has no template of this id and version; "
                   "ListTemplates names them",
                   "/template"};
  if (!found->content)
    return unreadable("the template");
  auto& from = *found->content;
  return template_draft{from, fill(from, x.profile, x.from->parameters)};
}

/// Checks a draft that a template makes. One whose parameters are wrong is no
/// draft.
result<void> check_filled(const view& seen, const draft_request& x,
                          const draft_grounds& under, checked_request& out) {
  auto made = fill_template(seen, x);
  if (!made)
    return made.error();
  auto& filled = made->filled;
  if (has_errors(filled.findings)) {
    out.draft.findings = std::move(filled.findings);
    return {};
  }
  out.draft = check(under, x.profile, to_canonical(filled.payload));
  out.canonical_template =
      to_canonical(describe_use(made->from, filled, out.draft.payload));
  return {};
}

} // namespace

result<draft_grounds> find_grounds(const view& seen, const draft_request& x,
                                   const catalog_policy_set* other) {
  auto* family = seen.documents->find_family(x.client_id);
  if (family == nullptr)
    return not_found("there is no client family of this client_id; "
                     "ListClients names them");
  auto* profile = seen.documents->find_profile(x.client_id, x.profile);
  if (profile == nullptr)
    return not_found("this client has no profile of this name; ListProfiles "
                     "names them");
  const catalog_schema* schema = nullptr;
  if (!x.schema_ref) {
    schema = family->newest(profile->row.default_major);
  } else if (auto i = family->schemas.find(*x.schema_ref);
             i != family->schemas.end()) {
    schema = i->second.get();
  }
  if (schema == nullptr && !family->complete)
    return unreadable("a schema of this client");
  if (schema == nullptr)
    return not_found("this client has no schema of this schema_ref; "
                     "ListClients names them");
  if (!family->descriptor)
    return unreadable("the client family's descriptor");
  auto* policy = other == nullptr ? profile->policy.get() : other;
  if (policy == nullptr)
    return failure{errc::unavailable,
                   "the profile has no policy set: bind one"};
  if (!policy->rules)
    return unreadable("the policy set of the profile");
  return draft_grounds{*family, *profile, *schema, *policy};
}

result<checked_request> check_request(const view& seen, const draft_request& x,
                                      const catalog_policy_set* other) {
  auto under = find_grounds(seen, x, other);
  if (!under)
    return under.error();
  checked_request out;
  if (!x.from)
    out.draft = check(*under, x.profile, x.draft);
  else if (auto done = check_filled(seen, x, *under, out); !done)
    return done.error();
  out.major = under->schema.major;
  out.report = {x.client_id,
                x.profile,
                under->schema.schema_ref,
                under->policy.policy_set_id,
                under->policy.version,
                out.draft.findings};
  return out;
}

} // namespace signalbox
