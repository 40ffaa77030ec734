#pragma once

#include "api/operation.hpp"

/// The operations that read: everything comes from the view; what needs the
/// disk goes through the pool.
namespace signalbox::read_operations {

void list_clients(const operation_world&, std::shared_ptr<operation_call>,
                  operation_reply);
void get_client(const operation_world&, std::shared_ptr<operation_call>,
                operation_reply);
void get_schema(const operation_world&, std::shared_ptr<operation_call>,
                operation_reply);
void list_profiles(const operation_world&, std::shared_ptr<operation_call>,
                   operation_reply);
void list_templates(const operation_world&, std::shared_ptr<operation_call>,
                    operation_reply);
void get_template(const operation_world&, std::shared_ptr<operation_call>,
                  operation_reply);
void get_config(const operation_world&, std::shared_ptr<operation_call>,
                operation_reply);
void diff_config(const operation_world&, std::shared_ptr<operation_call>,
                 operation_reply);
void list_policy_sets(const operation_world&, std::shared_ptr<operation_call>,
                      operation_reply);
void get_policy_set(const operation_world&, std::shared_ptr<operation_call>,
                    operation_reply);
void get_keyset(const operation_world&, std::shared_ptr<operation_call>,
                operation_reply);
void get_command(const operation_world&, std::shared_ptr<operation_call>,
                 operation_reply);
void poll_changes(const operation_world&, std::shared_ptr<operation_call>,
                  operation_reply);
void subscribe(const operation_world&, std::shared_ptr<operation_call>,
               operation_reply);

/// The artifact of a channel as GetConfig and Publish answer it.
operation_answer answer_config(const prepared_config& x, unsigned status);

/// The artifact that was current in a channel after the entry `at`, with its
/// place in place of a head: this says nothing about what is current. Reads the
/// log.
operation_answer answer_past(const operation_world& world, const view& seen,
                             const channel_view& channel, log_index at);

/// The channel of a caller that names no versions of the schema: that of its
/// artifact, else the default. `choose_accepted` is for one that names some.
/// Errors: `not_found`, naming what is missing.
result<std::shared_ptr<const channel_view>>
choose_channel(const view& seen, std::string_view client_id,
               std::string_view profile, const std::optional<digest>& current);

} // namespace signalbox::read_operations
