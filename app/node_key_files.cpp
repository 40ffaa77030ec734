#include "app/node_key_files.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "events/hash.hpp"
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

/// The ids of the keys that this node may use in the role.
std::vector<digest> active_ids(const principal_id& node,
                               const std::map<std::string, key_row>& keyset,
                               key_role role) {
  std::vector<digest> out;
  for (auto& [name, row] : keyset)
    if (row.node == node && row.role == role &&
        row.status == key_status::active)
      out.push_back(sha256(as_bytes(row.spki)));
  return out;
}

bool names_one_of(const fs::path& path, const std::vector<digest>& ids) {
  return std::any_of(ids.begin(), ids.end(), [&](const digest& id) {
    return path.filename().string().find(id.hex().substr(0, name_digits)) !=
           std::string::npos;
  });
}

/// What was found for one role.
struct role_files {
  std::optional<private_key> key;
  std::optional<failure> unreadable; ///< if there is no key
  bool any_opened = false;           ///< so the passphrase is right
};

failure with_remedy(failure why, const fs::path& folder) {
  if (why.code == errc::bad_key)
    why.message += ". Put the file back from a backup; without one, move it "
                   "away and run `signalbox keys rotate --online --data " +
                   folder.parent_path().string() +
                   "` while the node serves, with the root's key at hand";
  return why;
}

/// Files whose names fit come first: opening one costs 0.1 s.
result<role_files> load_active(const fs::path& folder,
                               const std::vector<digest>& wanted, key_role role,
                               std::string_view passphrase) {
  role_files out;
  if (wanted.empty())
    return out;
  auto files = key_files(folder, role);
  if (!files)
    return files.error();
  std::stable_partition(files->begin(), files->end(),
                        [&](auto& path) { return names_one_of(path, wanted); });
  for (auto& path : *files) {
    auto key = read_key_file(path, passphrase);
    out.any_opened = out.any_opened || key;
    if (!key) {
      out.unreadable = with_remedy(key.error(), folder);
    } else if (std::find(wanted.begin(), wanted.end(),
                         key->public_part().key_id()) != wanted.end()) {
      out.key = *key;
      out.unreadable.reset();
      break;
    }
  }
  return out;
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

result<std::optional<node_keys>> find_node_keys(const fs::path& folder,
                                                const principal_id& node,
                                                std::string_view passphrase) {
  std::vector<private_key> found;
  for (auto role : {key_role::seal, key_role::head}) {
    auto files = key_files(folder, role);
    if (!files)
      return files.error();
    if (files->size() != 1)
      return std::optional<node_keys>{};
    auto key = read_key_file(files->front(), passphrase);
    if (!key)
      return key.error();
    found.push_back(std::move(*key));
  }
  return std::optional{node_keys{node, found[0], found[1]}};
}

result<held_keys> load_node_keys(const fs::path& folder,
                                 const principal_id& node,
                                 const std::map<std::string, key_row>& keyset,
                                 std::string_view passphrase) {
  auto load = [&](key_role role) {
    return load_active(folder, active_ids(node, keyset, role), role,
                       passphrase);
  };
  auto seal = load(key_role::seal);
  if (!seal)
    return seal.error();
  auto head = load(key_role::head);
  if (!head)
    return head.error();
  auto unreadable = seal->unreadable ? seal->unreadable : head->unreadable;
  // Perhaps it is the passphrase that is wrong, and no file is damaged.
  if (unreadable && !seal->any_opened && !head->any_opened)
    return *unreadable;
  return held_keys{std::move(seal->key), std::move(head->key),
                   std::move(unreadable)};
}

} // namespace signalbox
