#pragma once

#include <cstddef>

namespace signalbox {

/// Raises this process's limit of open files as far as it may; returns it.
std::size_t raise_open_files();

/// How many connections leave enough of these files for the database: at most
/// the server's default, at least one.
std::size_t connections_within(std::size_t open_files);

} // namespace signalbox
