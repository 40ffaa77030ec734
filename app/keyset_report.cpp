#include "app/keyset_report.hpp"

#include <ostream>

#include "app/table.hpp"
#include "events/signature.hpp"

namespace signalbox {

namespace {

void print_keys(std::ostream& out, const keyset& x) {
  out << "keyset " << x.version << ", expires " << to_rfc3339(x.expires_at)
      << ", threshold " << x.threshold << " of " << x.roots.size()
      << " roots\n";
  table rows{{"ROLE", "STATUS", "ALGORITHM", "KEY", "NODE"}};
  for (auto& key : x.keys) {
    auto parsed = public_key::from_der(key.spki);
    rows.add({std::string{to_string(key.role)},
              std::string{to_string(key.status)},
              parsed ? std::string{to_string(parsed->algorithm())} : "",
              key.id.hex(), key.node.hex()});
  }
  rows.print(out);
}

} // namespace

exit_code show_keyset(const invocation& x, const command_options& options,
                      const keyset& keys) {
  if (options.has("json"))
    x.out << to_payload(keys) << '\n';
  else
    print_keys(x.out, keys);
  return exit_code::ok;
}

} // namespace signalbox
