#pragma once

#include <optional>
#include <string>

#include "app/ledger_topics.hpp"
#include "app/options.hpp"

/// The options of commands that make the topics of a ledger.
namespace signalbox {

/// --kafka FILE and how its topics are laid out. `what`: what becomes of them.
void add_topic_options(command_options& options, const std::string& what);

/// Nullopt without --kafka. Errors: those of read_kafka_settings, `bad_request`
/// naming the option.
result<std::optional<topic_plan>> read_topic_plan(const command_options& x);

} // namespace signalbox
