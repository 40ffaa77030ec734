#pragma once

#include <optional>
#include <utility>

#include "api/operation.hpp"

namespace signalbox {

/// Answers with what `work` returns on the pool; with `overloaded` if the pool
/// is full, and with `bug` if the work throws, which the pool counts too.
template <class F>
void answer_on(disk_pool& pool, const operation_reply& reply, F work) {
  auto task = [reply, work = std::move(work)] {
    std::optional<operation_answer> out;
    try {
      out = work();
    } catch (...) {
      reply(answer_failure({errc::bug, "the request could not be handled"}));
      throw;
    }
    reply(std::move(*out));
  };
  if (!pool.run(std::move(task)))
    reply(answer_failure({errc::overloaded,
                          "too many requests wait before this one: try "
                          "again"}));
}

} // namespace signalbox
