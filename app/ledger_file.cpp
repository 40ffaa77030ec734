#include "app/ledger_file.hpp"

#include <boost/json/object.hpp>

#include "app/files.hpp"
#include "events/json.hpp"
#include "policy/names.hpp"

namespace signalbox {

std::filesystem::path ledger_file_path(const std::filesystem::path& data) {
  return data / "ledger.json";
}

result<void> write_ledger_file(const std::filesystem::path& data,
                               const ledger_file& x) {
  json::object out{{"ledger_id", x.ledger.hex()},
                   {"name", x.name},
                   {"node", x.node.hex()},
                   {"root_fingerprint", x.root_fingerprint.hex()}};
  return write_file(ledger_file_path(data), to_canonical(out) + '\n');
}

result<ledger_file> read_ledger_file(const std::filesystem::path& data) {
  const auto path = ledger_file_path(data);
  auto text = read_file(path);
  if (!text && text.error().code == errc::not_found)
    return failure{errc::not_found,
                   data.string() +
                       " holds no ledger; make one with `signalbox "
                       "ledger create --data " +
                       data.string() +
                       "`, or a node or replica of one on Kafka with "
                       "`signalbox ledger join`"};
  if (!text)
    return text.error();
  failure damaged{errc::bad_json,
                  path.string() + " is damaged: it must hold ledger_id, name, "
                                  "node and root_fingerprint"};
  auto document = parse_json(text->substr(0, text->find('\n')));
  if (!document || !document->is_object())
    return damaged;
  auto member = [&](std::string_view name) -> std::string {
    auto* x = document->get_object().if_contains(name);
    return x != nullptr && x->is_string() ? std::string{x->get_string()} : "";
  };
  auto ledger = ledger_id::from_hex(member("ledger_id"));
  auto fingerprint = digest::from_hex(member("root_fingerprint"));
  auto node = principal_id::from_hex(member("node"));
  auto name = member("name");
  if (!ledger || !fingerprint || !node || !is_name(name))
    return damaged;
  return ledger_file{*ledger, name, *fingerprint, *node};
}

} // namespace signalbox
