#include "app/keys_options.hpp"

#include "app/client_options.hpp"
#include "app/passphrase.hpp"
#include "storage/key_file.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

bool is_offline(const command_options& options) {
  return options.has("data") && !options.has("online");
}

} // namespace

void add_place_options(command_options& options) {
  add_client_options(options);
  options.add()("data", po::value<std::string>(),
                "directory of the ledger; its server must be stopped")(
      "online", "go through the running server; --data then only says where "
                "the node's key files are");
}

void add_passphrase_option(command_options& options) {
  options.add()("passphrase-file", po::value<std::string>(),
                "passphrase of the node's keys; else SIGNALBOX_PASSPHRASE, "
                "else DIR/passphrase");
}

void add_algorithm_option(command_options& options) {
  options.add()(
      "algorithm", po::value<std::string>(),
      "of the new keys: ed25519 or ecdsa-p256-sha256; else as before");
}

result<std::unique_ptr<keyset_access>> open_place(const command_options& x) {
  if (is_offline(x))
    return open_keyset_access(x.text("data"));
  auto client = make_client(x);
  if (!client)
    return client.error();
  return make_keyset_access(std::move(*client));
}

void add_root_options(command_options& options) {
  add_place_options(options);
  add_passphrase_option(options);
  options.add()("root", po::value<std::string>(),
                "the root's private key; else DIR/keys/root.pem")(
      "root-passphrase-file", po::value<std::string>(),
      "its passphrase; else that of the node's keys");
}

result<private_key> read_root(const command_options& options,
                              const std::filesystem::path& path) {
  auto passphrase = read_passphrase(options.has("root-passphrase-file")
                                        ? options.maybe("root-passphrase-file")
                                        : options.maybe("passphrase-file"),
                                    options.maybe("data"));
  if (!passphrase)
    return passphrase.error();
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return failure{errc::not_found,
                   path.string() +
                       " is not there: name the root's file with --root FILE; "
                       "where the root is on another machine, use `keys "
                       "request` here, `keys sign` there and `keys import` "
                       "here"};
  return read_key_file(path, *passphrase);
}

} // namespace signalbox
