#include "app/commands.hpp"

#include <ostream>

#include "app/client_options.hpp"
#include "app/files.hpp"
#include "app/table.hpp"
#include "events/dsse.hpp"
#include "events/keyset.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

struct fetched_keyset {
  std::string text;
  keyset content;
};

result<fetched_keyset> fetch(const api_client& client,
                             const std::string& which) {
  auto answer = client.get("keysets/" + which);
  if (!answer)
    return answer.error();
  auto envelope = parse_dsse(answer->body);
  if (!envelope)
    return envelope.error();
  auto content = parse_keyset(as_text(envelope->payload));
  if (!content)
    return content.error();
  return fetched_keyset{std::move(answer->body), std::move(*content)};
}

enum class extent : std::uint8_t { current, chain };

/// From the first to the current one, or that alone.
result<std::vector<fetched_keyset>> fetch_some(const api_client& client,
                                               extent wanted) {
  auto last = fetch(client, "current");
  if (!last)
    return last.error();
  std::vector<fetched_keyset> out;
  const auto first = wanted == extent::chain ? 1 : last->content.version;
  for (std::uint64_t i = first; i < last->content.version; ++i) {
    auto next = fetch(client, std::to_string(i));
    if (!next)
      return next.error();
    out.push_back(std::move(*next));
  }
  out.push_back(std::move(*last));
  return out;
}

/// One envelope a line: what `verify --keyset` reads.
std::string to_lines(const std::vector<fetched_keyset>& chain) {
  std::string out;
  for (auto& x : chain)
    out += x.text + '\n';
  return out;
}

void print(std::ostream& out, const std::vector<fetched_keyset>& chain) {
  table rows{{"VERSION", "EXPIRES", "KEYS", "ROOTS", "ROOT FINGERPRINT"}};
  for (auto& [text, x] : chain)
    rows.add(
        {std::to_string(x.version), to_rfc3339(x.expires_at),
         std::to_string(x.keys.size()),
         std::to_string(x.threshold) + " of " + std::to_string(x.roots.size()),
         root_fingerprint(x.roots, x.threshold).hex()});
  rows.print(out);
}

} // namespace

exit_code run_keysets(const invocation& x) {
  command_options options{
      "keysets", "",
      "Fetches all keysets, from the first to the current one. With --json or "
      "--output\none envelope a line, as `verify --keyset` reads them."};
  options.add()("output,o", po::value<std::string>(),
                "write them to this file")(
      "current", "only the current one: enough unless the root changed");
  add_client_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto client = make_client(options);
  if (!client)
    return report(x, client.error());
  auto chain = fetch_some(*client, options.has("current") ? extent::current
                                                          : extent::chain);
  if (!chain)
    return report(x, *client, chain.error());
  if (options.has("output"))
    if (auto written = write_file(options.text("output"), to_lines(*chain));
        !written)
      return report(x, written.error());
  if (options.has("json"))
    x.out << to_lines(*chain);
  else
    print(x.out, *chain);
  if (options.has("output") && !options.has("json"))
    x.out << "written to " << options.text("output") << '\n';
  return exit_code::ok;
}

} // namespace signalbox
