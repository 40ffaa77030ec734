#pragma once

#include "api/operation.hpp"

/// The operations that change the ledger: route, check, propose, answer.
namespace signalbox::write_operations {

void validate_draft(const operation_world&, std::shared_ptr<operation_call>,
                    operation_reply);
void publish(const operation_world&, std::shared_ptr<operation_call>,
             operation_reply);
void revert(const operation_world&, std::shared_ptr<operation_call>,
            operation_reply);
void put_family(const operation_world&, std::shared_ptr<operation_call>,
                operation_reply);
void put_template(const operation_world&, std::shared_ptr<operation_call>,
                  operation_reply);
void activate_fold(const operation_world&, std::shared_ptr<operation_call>,
                   operation_reply);
void put_profile(const operation_world&, std::shared_ptr<operation_call>,
                 operation_reply);
void put_policy_set(const operation_world&, std::shared_ptr<operation_call>,
                    operation_reply);
void bind_policy_set(const operation_world&, std::shared_ptr<operation_call>,
                     operation_reply);
void reseal_artifact(const operation_world&, std::shared_ptr<operation_call>,
                     operation_reply);
void list_tokens(const operation_world&, std::shared_ptr<operation_call>,
                 operation_reply);
void issue_token(const operation_world&, std::shared_ptr<operation_call>,
                 operation_reply);
void revoke_token(const operation_world&, std::shared_ptr<operation_call>,
                  operation_reply);
void list_nodes(const operation_world&, std::shared_ptr<operation_call>,
                operation_reply);
void put_node(const operation_world&, std::shared_ptr<operation_call>,
              operation_reply);
void put_keyset(const operation_world&, std::shared_ptr<operation_call>,
                operation_reply);

} // namespace signalbox::write_operations
