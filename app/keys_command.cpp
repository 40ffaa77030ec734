#include "app/commands.hpp"

#include "app/command_line.hpp"
#include "app/keys_by_request.hpp"
#include "app/keys_options.hpp"
#include "app/keyset_change.hpp"
#include "app/keyset_plan.hpp"
#include "app/keyset_report.hpp"

namespace signalbox {

namespace {

exit_code list_keys(const invocation& x) {
  command_options options{
      "keys list", "",
      "Lists the keys of the keyset in force: from the server, or with --data "
      "offline."};
  add_place_options(options);
  if (auto done = options.parse(x))
    return *done;
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  auto keys = (*place)->current();
  if (!keys)
    return report(x, keys.error());
  return show_keyset(x, options, *keys);
}

/// Where the root lies unless it is named.
std::filesystem::path root_path(const command_options& options) {
  if (options.has("root"))
    return options.text("root");
  return std::filesystem::path{options.text("data")} / "keys" / "root.pem";
}

/// Request, signature and import in one step, where the root is at hand.
exit_code change_keyset(const invocation& x, const command_options& options,
                        const wanted_change& wanted) {
  if (!options.has("root") && !options.has("data"))
    return options.wrong(x, "name the root with --root FILE, or the ledger's "
                            "directory with --data DIR");
  auto root = read_root(options, root_path(options));
  if (!root)
    return report(x, root.error());
  auto place = open_place(options);
  if (!place)
    return report(x, place.error());
  auto next = plan_keyset(options, wanted, **place);
  if (!next)
    return report(x, next.error());
  auto envelope = sign_keyset(to_payload(*next), *root);
  if (!envelope)
    return report(x, envelope.error());
  if (auto put = (*place)->put(*envelope); !put)
    return report(x, put.error());
  return show_keyset(x, options, *next);
}

exit_code rotate_keys(const invocation& x) {
  command_options options{
      "keys rotate", "",
      "New keys for the node of --data; its present ones retire: they verify "
      "what they\nsigned and sign nothing new."};
  add_root_options(options);
  add_algorithm_option(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {true, {}, {}});
}

exit_code retire_key(const invocation& x) {
  command_options options{"keys retire", "KEY...",
                          "The keys sign nothing new any more."};
  options.need_many("KEY");
  add_root_options(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {false, options.list("KEY"), {}});
}

exit_code revoke_key(const invocation& x) {
  command_options options{
      "keys revoke", "KEY...",
      "The keys verify nothing any more, for ever: what they sealed must be "
      "resealed first."};
  options.need_many("KEY");
  options.add()("force", "also while current artifacts are sealed with them");
  add_root_options(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {false, {}, options.list("KEY")});
}

exit_code renew_keyset(const invocation& x) {
  command_options options{"keys renew", "", "The same keys for another year."};
  add_root_options(options);
  if (auto done = options.parse(x))
    return *done;
  return change_keyset(x, options, {});
}

} // namespace

exit_code run_keys(const invocation& x) {
  static const command_entry words[] = {
      {"list", "list the keys", list_keys},
      {"rotate", "new keys for a node", rotate_keys},
      {"retire", "end the use of keys", retire_key},
      {"revoke", "make keys worthless", revoke_key},
      {"renew", "extend the keyset for a year", renew_keyset},
      {"request", "write the next keyset, unsigned", request_keyset},
      {"sign", "sign it, where the root is", sign_request},
      {"import", "put the signed one into the ledger", import_keyset},
  };
  return run_subcommand(x, "keys", words);
}

} // namespace signalbox
