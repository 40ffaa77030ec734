#include "app/node_key_files.hpp"

#include <algorithm>
#include <vector>

#include "storage/key_file.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

/// Enough of a key id to tell a node's few keys apart.
constexpr std::size_t name_digits = 12;

std::string prefix_of(key_role role) {
  return "node-" + std::string{to_string(role)};
}

fs::path path_of(const fs::path& folder, key_role role,
                 const private_key& key) {
  return folder /
         (prefix_of(role) + '-' +
          key.public_part().key_id().hex().substr(0, name_digits) + ".pem");
}

result<std::vector<fs::path>> key_files(const fs::path& folder, key_role role) {
  std::vector<fs::path> out;
  std::error_code error;
  for (auto& x : fs::directory_iterator{folder, error})
    if (x.path().filename().string().starts_with(prefix_of(role)) &&
        x.path().extension() == ".pem")
      out.push_back(x.path());
  if (error)
    return failure{errc::io, folder.string() + ": " + error.message()};
  std::sort(out.begin(), out.end());
  return out;
}

result<private_key> load_active(const fs::path& folder,
                                const principal_id& node,
                                const std::map<std::string, key_row>& keyset,
                                key_role role, std::string_view passphrase) {
  auto files = key_files(folder, role);
  if (!files)
    return files.error();
  for (auto& path : *files) {
    auto key = read_key_file(path, passphrase);
    if (!key)
      return key.error();
    auto row = keyset.find(key_row_key(role, key->public_part().key_id()));
    if (row != keyset.end() && row->second.node == node &&
        row->second.status == key_status::active)
      return *key;
  }
  return failure{errc::unavailable,
                 folder.string() + " holds no key with the role " +
                     std::string{to_string(role)} +
                     " that is active in the ledger's keyset; import a keyset "
                     "that has it, or run `signalbox keys rotate`"};
}

} // namespace

result<node_keys> make_node_keys(const fs::path& folder,
                                 const principal_id& node,
                                 key_algorithm algorithm,
                                 std::string_view passphrase) {
  node_keys out{node, private_key::generate(algorithm),
                private_key::generate(algorithm)};
  if (auto written = write_key_file(path_of(folder, key_role::seal, out.seal),
                                    out.seal, passphrase);
      !written)
    return written.error();
  if (auto written = write_key_file(path_of(folder, key_role::head, out.head),
                                    out.head, passphrase);
      !written)
    return written.error();
  return out;
}

result<node_keys> load_node_keys(const fs::path& folder,
                                 const principal_id& node,
                                 const std::map<std::string, key_row>& keyset,
                                 std::string_view passphrase) {
  auto seal = load_active(folder, node, keyset, key_role::seal, passphrase);
  if (!seal)
    return seal.error();
  auto head = load_active(folder, node, keyset, key_role::head, passphrase);
  if (!head)
    return head.error();
  return node_keys{node, std::move(*seal), std::move(*head)};
}

} // namespace signalbox
