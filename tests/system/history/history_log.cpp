#include "tests/system/history/history_log.hpp"

#include <stdexcept>
#include <string>

#include "events/envelope.hpp"
#include "events/outcome.hpp"
#include "events/record.hpp"
#include "tests/system/folded_copy.hpp"

namespace signalbox::test {

namespace {

logged::expectation to_logged(expectation::kind x) {
  switch (x) {
  case expectation::kind::any:
    return logged::expectation::any;
  case expectation::kind::none:
    return logged::expectation::none;
  case expectation::kind::exactly:
    return logged::expectation::exactly;
  case expectation::kind::exists:
    return logged::expectation::exists;
  }
  throw std::runtime_error{"an expectation of a new kind"};
}

logged to_logged(const log_entry_view& entry, outcome judged) {
  logged out;
  out.index = to_integer(entry.index);
  out.outcome = to_string(judged);
  const auto x = decode_envelope(envelope_of(entry.record));
  if (!x) // a stranger's
    return out;
  out.command = x->id.hex();
  out.node = x->node.hex().substr(0, 4);
  out.attempt = x->attempt;
  out.aggregate = x->aggregate;
  out.expects = to_logged(x->expected.what);
  out.expected = x->expected.version;
  for (auto& condition : x->preconditions)
    out.preconditions.emplace_back(condition.aggregate, condition.version);
  if (auto* body = std::get_if<event::artifact_published>(&x->body)) {
    out.channel =
        std::string{body->client_id} + '/' + std::string{body->profile};
    out.artifact = to_content_id(body->artifact);
  } else if (auto* back = std::get_if<event::channel_reverted>(&x->body)) {
    out.channel =
        std::string{back->client_id} + '/' + std::string{back->profile};
    out.artifact = to_content_id(back->artifact);
    out.is_revert = true;
  }
  return out;
}

} // namespace

std::vector<logged> read_history_log(const std::filesystem::path& data) {
  std::vector<logged> out;
  read_folded(data, [&](const log_entry_view& entry, outcome judged) {
    out.push_back(to_logged(entry, judged));
  });
  return out;
}

} // namespace signalbox::test
