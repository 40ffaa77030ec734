#include "api/audit_operations.hpp"
#include "api/operation.hpp"
#include "api/read_operations.hpp"
#include "api/report_operations.hpp"
#include "api/write_operations.hpp"

#include <algorithm>

namespace signalbox {

namespace {

namespace r = read_operations;
namespace w = write_operations;

constexpr operation table[] = {
    {"ListClients", "", "", true, role::reader, false, r::list_clients},
    {"GetClient", "client_id", "descriptor", true, role::reader, false,
     r::get_client},
    {"GetSchema", "client_id,version", "", true, role::reader, false,
     r::get_schema},
    {"ListProfiles", "client_id", "", true, role::reader, false,
     r::list_profiles},
    {"GetConfig", "client_id,profile,inputs",
     "accept,current_artifact_id,at,token,consistency,form", true, role::reader,
     false, r::get_config},
    {"DiffConfig", "client_id,profile,current_artifact_id",
     "accept,token,consistency,patch", true, role::reader, false,
     r::diff_config},
    {"PollChanges", "since_token", "client_id,profile,wait,limit", true,
     role::reader, false, r::poll_changes},
    {"SubscribeConfigUpdates", "client_id,profile", "since_token", true,
     role::reader, false, r::subscribe},
    {"GetKeyset", "version", "", true, role::reader, false, r::get_keyset},
    {"GetCommand", "command_id", "", false, role::publisher, false,
     r::get_command},
    {"ValidateDraft", "draft_payload,client_id,profile",
     "schema_ref,changelog,template", false, role::publisher, false,
     w::validate_draft},
    {"Publish", "draft_payload,client_id,profile,policy_set_id,changelog",
     "schema_ref,version,expected_version,template", false, role::publisher,
     true, w::publish},
    {"Revert", "artifact_id,client_id,profile,changelog",
     "version,major,expected_version,force", false, role::operator_role, true,
     w::revert},
    {"PutFamily", "descriptor,schemas,samples",
     "client_id,expected_version,dry_run", false, role::operator_role, false,
     w::put_family},
    {"ListTemplates", "client_id", "", true, role::reader, false,
     r::list_templates},
    {"GetTemplate", "client_id,template_id,version", "", true, role::reader,
     false, r::get_template},
    {"PutTemplate", "client_id,template_id,version,payload,parameters",
     "description", false, role::publisher, false, w::put_template},
    {"ActivateFold", "fold_version", "", false, role::administrator, false,
     w::activate_fold},
    {"PutProfile", "client_id,profile,environment,default_major",
     "policy_set_id", false, role::operator_role, false, w::put_profile},
    {"ListPolicySets", "", "", true, role::reader, false, r::list_policy_sets},
    {"GetPolicySet", "policy_set_id,version", "", true, role::reader, false,
     r::get_policy_set},
    {"PutPolicySet", "document", "dry_run", false, role::operator_role, false,
     w::put_policy_set},
    {"BindPolicySet", "client_id,profile,policy_set_id,version", "dry_run",
     false, role::operator_role, false, w::bind_policy_set},
    {"Reseal", "client_id,profile,major", "", false, role::operator_role, true,
     w::reseal_artifact},
    {"ListTokens", "", "", false, role::administrator, false, w::list_tokens},
    {"IssueToken", "roles,description,expires_at", "", false,
     role::administrator, false, w::issue_token},
    {"RevokeToken", "token_id", "", false, role::administrator, false,
     w::revoke_token},
    {"ListNodes", "", "", false, role::administrator, false, w::list_nodes},
    {"PutNode", "node_id,active", "", false, role::administrator, false,
     w::put_node},
    {"GetAudit", "query",
     "from,to,client_id,profile,version,artifact_id,publisher,kind,order,"
     "cursor,limit,format",
     true, role::reader, false, audit_operations::get_audit},
    {"GetAuditRecord", "index", "", true, role::reader, false,
     audit_operations::get_audit_record},
    {"ReportClientState",
     "client_fingerprint,client_id,profile,artifact_id,result",
     "applied_at,detail", true, role::reader, false,
     report_operations::report_client_state},
    {"GetDeployments", "client_id,profile", "window", true, role::reader, false,
     report_operations::get_deployments},
    {"PutKeyset", "envelope", "", false, role::administrator, false,
     w::put_keyset},
};

bool lists(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    auto one = names.substr(0, names.find(','));
    if (one == name)
      return true;
    names.remove_prefix(std::min(names.size(), one.size() + 1));
  }
  return false;
}

} // namespace

std::span<const operation> all_operations() {
  return table;
}

std::optional<failure> check_names(const operation& x,
                                   const json::object& params) {
  for (auto& [name, value] : params) {
    if (lists(x.positional, name) || lists(x.named, name) ||
        name == "idempotency_key")
      continue;
    std::string known{x.positional};
    if (!known.empty() && !x.named.empty())
      known += ',';
    known += x.named;
    return failure{errc::bad_request,
                   "this parameter is unknown; " + std::string{x.name} +
                       (known.empty() ? " takes none" : " takes " + known),
                   append_pointer("", name)};
  }
  return std::nullopt;
}

const operation* find_operation(std::string_view name) {
  for (auto& x : table)
    if (x.name == name)
      return &x;
  return nullptr;
}

} // namespace signalbox
